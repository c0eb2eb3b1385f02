"""Who is calling: the scope, the cache, and what happens when the Hub refuses or does not answer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from doorstart import identity, names
from doorstart.identity import Caller, HubIdentity, HubUnavailable, NotIdentified, ScopeMissing

from .exchange.running import FakeHub


@pytest.fixture
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeHub]:
    hub = FakeHub(tmp_path_factory.mktemp("h") / "h.sock")
    yield hub
    hub.close()


def ask(hub: FakeHub, now: list[float] | None = None, scope: str = names.SANDBOX_SCOPE) -> HubIdentity:
    return HubIdentity(scope, str(hub.path), lambda: (now or [0.0])[0])


async def test_caller(hub: FakeHub) -> None:
    scopes = (names.SANDBOX_SCOPE, "access:servers!server=ann/accounting.en", "access:servers!server=bob/other")
    token = hub.add("ann", "course:accounting.en:instructor", "wing-c", scopes=scopes)
    caller = await ask(hub).identify(f"token {token}")
    assert caller == Caller(
        "ann", "user", ("course:accounting.en:instructor", "wing-c"), frozenset(scopes), "accounting.en"
    )
    assert caller.courses("instructor") == ["accounting.en"]
    assert caller.courses("learner") == []
    assert await ask(hub).identify(f"Bearer {token}") == caller


@pytest.mark.parametrize(
    ("scopes", "server"),
    [
        ((), None),
        (("access:servers!server=ann/",), ""),
        (("access:servers!user=ann",), None),
        (("access:servers!server=ann/a", "access:servers!server=ann/b"), None),
        (("access:servers!server=annette/a",), None),
    ],
)
async def test_server_of_a_token(hub: FakeHub, scopes: tuple[str, ...], server: str | None) -> None:
    token = hub.add("ann", scopes=(names.SANDBOX_SCOPE, *scopes))
    assert (await ask(hub).identify(f"token {token}")).server == server


@pytest.mark.parametrize(
    "scopes", [(), (names.EXCHANGE_SCOPE,), ("access:services!service=sandbox2",), ("access:servers",), ("self",)]
)
async def test_scope_is_required_whoever_asks(hub: FakeHub, scopes: tuple[str, ...]) -> None:
    token = hub.add("ann", "course:accounting.en:instructor", scopes=scopes)
    with pytest.raises(ScopeMissing) as refused:
        await ask(hub).identify(f"token {token}")
    assert refused.value.status == 403


@pytest.mark.parametrize("header", [None, "", "token", "token ", "Basic x", "token a b", "token a\r\nX: y", "token é"])
async def test_header_that_is_no_token_never_reaches_the_hub(hub: FakeHub, header: str | None) -> None:
    with pytest.raises(NotIdentified):
        await ask(hub).identify(header)
    assert hub.requests == 0


async def test_revoked_token_is_believed_for_ten_seconds_at_most(hub: FakeHub) -> None:
    now = [100.0]
    who = ask(hub, now)
    token = hub.add("ann", scopes=(names.SANDBOX_SCOPE,))
    await who.identify(f"token {token}")
    del hub.users[token]
    now[0] += 9.9
    await who.identify(f"token {token}")
    assert hub.requests == 1
    now[0] += 0.2
    with pytest.raises(NotIdentified):
        await who.identify(f"token {token}")


async def test_cache_is_bounded_and_holds_no_token(hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "CACHE_SIZE", 3)
    who = ask(hub)
    tokens = [hub.add(f"user{number}", scopes=(names.SANDBOX_SCOPE,)) for number in range(10)]
    for token in tokens:
        await who.identify(f"token {token}")
    assert len(who._cache) == 3
    assert not set(tokens) & set(who._cache)


async def test_hub_that_fails_or_is_not_there(hub: FakeHub) -> None:
    token = hub.add("ann", scopes=(names.SANDBOX_SCOPE,))
    hub.status = 500
    with pytest.raises(HubUnavailable) as failed:
        await ask(hub).identify(f"token {token}")
    assert failed.value.status == 503
    with pytest.raises(HubUnavailable, match="try again"):
        await HubIdentity(names.SANDBOX_SCOPE, str(hub.path) + "x").identify(f"token {token}")


@pytest.mark.parametrize("model", [{}, {"name": "", "kind": "user", "scopes": []}, {"name": "a", "kind": "robot"}, []])
async def test_strange_answers_of_the_hub(hub: FakeHub, model: object) -> None:
    hub.users["t"] = model or {"x": 1}  # type: ignore[assignment]
    with pytest.raises(HubUnavailable):
        await ask(hub).identify("token t")
