"""What a site keeps of bundles, and that it changes in one step."""

from __future__ import annotations

from pathlib import Path

import pytest

from doorstart.bundle import trust, verify
from doorstart.bundle.errors import BundleError, RefusedError
from doorstart.bundle.store import Store

from .conftest import Team


@pytest.fixture
def store(team: Team, tmp_path: Path) -> Store:
    made = Store(tmp_path / "bundle")
    made.trust(team.roots[0])
    return made


def everything(store: Store) -> dict[str, bytes]:
    current = (store.folder / "current").resolve()
    return {str(path.relative_to(current)): path.read_bytes() for path in current.rglob("*") if path.is_file()}


def test_a_site_that_trusts_nobody_says_so(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="trusts nobody yet") as caught:
        _ = Store(tmp_path / "bundle").trusted
    assert caught.value.reason == "no-trust"


def test_a_root_that_too_few_signed_is_not_taken(team: Team, tmp_path: Path) -> None:
    root = trust.first([team.key("ann"), team.key("bea")], 2)
    trust.sign(root, None, [team.signer("ann")])
    with pytest.raises(BundleError, match="still missing: 1"):
        Store(tmp_path / "bundle").trust(root)


def test_a_change_that_fails_leaves_everything_as_it_was(store: Store) -> None:
    before = everything(store)
    with pytest.raises(RuntimeError), store.next_release() as fresh:
        (fresh / "contents.json").write_text("half")
        (fresh / "root.json").unlink()
        raise RuntimeError
    assert everything(store) == before
    assert len(list((store.folder / "releases").iterdir())) == 1


def test_what_a_killed_change_left_is_gone_after_the_next(store: Store) -> None:
    (store.folder / "releases" / "left-behind").mkdir()
    with store.next_release() as fresh:
        (fresh / "note").write_text("x")
    assert [path.name for path in (store.folder / "releases").iterdir()] == [fresh.name]
    assert {"note", "root.json"} == everything(store).keys()


def test_a_second_root_is_taken_only_in_place_of_the_first(store: Store, team: Team) -> None:
    another = trust.first([team.key("dan"), team.key("eve")], 2)
    trust.sign(another, None, [team.signer("dan"), team.signer("eve")])
    with store.next_release() as fresh:
        (fresh / "timestamp.json").write_text("of the bundle that came last")
        (fresh / "courses").mkdir()
    with pytest.raises(BundleError, match="already"):
        store.trust(another)
    store.trust(another, replace=True)
    assert everything(store).keys() == {"root.json"}
    assert store.courses is not None


def test_one_change_at_a_time(store: Store) -> None:
    with store.alone(), pytest.raises(BundleError, match="Another import"), store.alone():
        pass


def test_the_bundle_that_came_last_is_remembered(store: Store, team: Team, tmp_path: Path) -> None:
    verified = verify.authenticate(team.bundle(tmp_path / "stick"), store.trusted)
    with store.next_release() as fresh:
        for name, content in verified.metadata.items():
            (fresh / name).unlink(missing_ok=True)
            (fresh / name).write_bytes(content)
    with pytest.raises(RefusedError, match="older"):
        verify.authenticate(team.bundle(tmp_path / "older", number=999), store.trusted)
