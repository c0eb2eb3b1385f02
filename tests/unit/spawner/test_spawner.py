"""The spawner in the Hub's own hands, with an engine that is told what to say."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import socket
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import docker
import pytest
from jupyterhub import orm
from jupyterhub.app import JupyterHub
from jupyterhub.spawner import SpawnException
from jupyterhub.user import User, UserDict

from doorstart import names, sealing
from doorstart.spawner import spawner as spawners
from doorstart.spawner.turns import Turns

LEARNER, INSTRUCTOR = "course:accounting.en:learner", "course:accounting.en:instructor"
RUNS = {"Running": True, "ExitCode": 0, "Error": "", "FinishedAt": ""}
ENDED = {"Running": False, "ExitCode": 137, "Error": "", "FinishedAt": "2026-12-01T09:00:00Z"}

root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give folders away")


class Spawner(spawners.DoorstartSpawner):
    """A spawner whose engine has at most one container: `state`, which is ``None`` when there is none."""

    state: dict[str, Any] | None = None
    starts = 0

    async def docker(self, method: str, *args: Any, **more: Any) -> Any:
        """What the engine answers."""
        kind = type(self)
        match method:
            case "inspect_container" if kind.state is None:
                raise docker.errors.NotFound("gone", SimpleNamespace(status_code=404))
            case "inspect_container":
                return {"Id": "c0ffee", "State": kind.state}
            case "logs":
                return b"MemoryError"
            case "stop":
                kind.state = ENDED
            case "remove_container":
                kind.state = None
            case _:
                raise AssertionError(method)
        return None

    async def _start_in_turn(self) -> str:
        self._granted()
        type(self).starts += 1
        return "http+unix://socket"


@pytest.fixture
def spawner_class(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Spawner]]:
    # pytest's own temporary folders are closed to other users, and their paths are long.
    folder = Path(tempfile.mkdtemp(prefix="hub-"))
    folder.chmod(0o711)
    monkeypatch.setattr(names, "SERVERS", folder)
    monkeypatch.setattr(Spawner, "state", None)
    monkeypatch.setattr(Spawner, "starts", 0)
    yield Spawner
    shutil.rmtree(folder)


@pytest.fixture
def users(spawner_class: type[Spawner]) -> Iterator[UserDict]:
    """The Hub's people, of whom Ann and her server were left by a Hub before."""
    db = orm.new_session_factory("sqlite:///:memory:")()
    ann = orm.User(name="ann", groups=[orm.Group(name=LEARNER)])
    db.add(ann)
    db.add(orm.Spawner(user=ann, name="", server=orm.Server(base_url="/user/ann/")))
    db.commit()
    yield UserDict(lambda: db, {"spawner_class": spawner_class})
    db.close()


@pytest.fixture
def user(users: UserDict) -> User:
    """Ann."""
    return users["ann"]


@pytest.fixture
def adopt(users: UserDict, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Awaitable[None]]:
    """What the Hub does with servers when it starts. Each answers: the Hub is root and reaches all."""

    async def answers(*_: Any) -> None:
        """At once."""

    monkeypatch.setattr(User, "_wait_up", answers)
    hub = SimpleNamespace(
        db=users.db,
        users=users,
        log=logging.getLogger("hub"),
        log_level=logging.INFO,
        authenticator=SimpleNamespace(blocked_users=set()),
    )

    async def adopt() -> None:
        await JupyterHub.init_spawners(hub)

    return adopt


@pytest.fixture
def listening(users: UserDict) -> Iterator[Callable[[], Path]]:
    """Ann's server listens in its prepared folder, and runs."""
    server = socket.socket(socket.AF_UNIX)

    def listen() -> Path:
        spawner = users["ann"].spawners[""]
        sealing.prepare(spawner.folder, uid=names.SERVER_UID)
        server.bind(str(spawner.socket))
        server.listen()
        Spawner.state = RUNS
        return Path(spawner.folder)

    yield listen
    server.close()


@root
async def test_a_server_that_no_hub_has_sealed_is_stopped_by_the_next_one(
    adopt: Callable[[], Awaitable[None]], user: User, listening: Callable[[], Path], caplog: pytest.LogCaptureFixture
) -> None:
    folder = listening()
    await adopt()
    assert Spawner.state is None
    assert not folder.exists()
    assert user.spawners[""].server is None
    assert "was not sealed" in caplog.text


@root
async def test_a_sealed_server_outlives_its_hub(
    adopt: Callable[[], Awaitable[None]], user: User, listening: Callable[[], Path]
) -> None:
    folder = listening()
    await sealing.seal(folder, ["server.sock"], uid=0, gid=names.PROXY_UID, mode=0o660)
    await adopt()
    assert Spawner.state is RUNS
    assert user.spawners[""].ready
    user.spawners[""].stop_polling()


@root
async def test_only_a_new_hub_asks_whether_a_server_is_sealed(user: User, listening: Callable[[], Path]) -> None:
    """While a server starts, its folder is not sealed yet, and it is polled all the same."""
    listening()
    assert await user.spawners[""].poll() is None
    assert Spawner.state is RUNS


async def test_a_server_that_ended_by_itself_leaves_no_container_and_no_folder(
    user: User, caplog: pytest.LogCaptureFixture
) -> None:
    Spawner.state = ENDED
    folder = user.spawners[""].folder
    folder.mkdir()
    await user.stop("")
    assert Spawner.state is None
    assert not folder.exists()
    assert "ExitCode=137" in caplog.text and "MemoryError" in caplog.text
    assert user.orm_user.orm_spawners[""].state == {}


async def test_a_server_that_the_engine_could_not_stop_keeps_its_folder(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    Spawner.state = RUNS
    folder = user.spawners[""].folder
    folder.mkdir()

    async def stop(self: Spawner, now: bool = False) -> None:
        raise docker.errors.APIError("busy")

    monkeypatch.setattr(Spawner, "stop", stop)
    with pytest.raises(docker.errors.APIError):
        await user.stop("")
    assert Spawner.state is RUNS
    assert folder.exists()


@pytest.fixture
def one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> Turns:
    """The line of those who start."""
    line = Turns(1)
    monkeypatch.setattr(spawners, "turns", lambda: line)
    return line


async def test_who_has_no_such_server_does_not_wait_in_the_line(user: User, one_at_a_time: Turns) -> None:
    spawner = user.get_or_create_spawner("no-such-server", "")
    async with one_at_a_time.turn("somebody else"), asyncio.timeout(5):
        with pytest.raises(SpawnException, match="no such server"):
            await spawner.start()


async def test_who_left_the_course_while_waiting_starts_nothing(user: User, one_at_a_time: Turns) -> None:
    async with one_at_a_time.turn("somebody else"):
        start = asyncio.create_task(user.spawners[""].start())
        await asyncio.sleep(0)
        assert not start.done()
        user.orm_user.groups = []
    with pytest.raises(SpawnException, match="not in a course"):
        await start
    assert Spawner.starts == 0


async def test_who_left_the_course_while_the_server_started_does_not_get_it(
    user: User, one_at_a_time: Turns, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def leave(self: Spawner) -> str:
        self.user.orm_user.groups = []
        return "http+unix://socket"

    monkeypatch.setattr(Spawner, "_start_in_turn", leave)
    with pytest.raises(SpawnException, match="not in a course"):
        await user.spawners[""].start()
