"""Starts of the forker and of houses that are broken off or fail, with an engine that only pretends."""
# ruff: noqa: ASYNC110 (nothing else runs in these event loops)

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from docker.errors import DockerException
from requests.exceptions import ReadTimeout

from doorstart import sealing
from doorstart.sandbox.engine import ContainerState, Engine
from doorstart.sandbox.folders import Folders
from doorstart.sandbox.grading import confinement, gradings, houses, named
from doorstart.sandbox.grading.forker import Forker
from doorstart.sandbox.grading.gradings import Gradings
from doorstart.sandbox.grading.houses import Houses
from doorstart.sandbox.grading.kernels import StartError
from doorstart.settings import Settings

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="socket folders are given to another user")

SERVER, IMAGE = "a" * 16, f"sha256:{'1' * 64}"
SITE = Settings(_env_file=None, site="t", grading_pool=0, start_timeout=5, examiner_idle=60)


class PretendEngine(Engine):
    """Containers are dictionary entries, of names and ids; those with a folder listen there."""

    def __init__(self) -> None:
        self.containers: dict[str, str] = {}
        self.sockets: list[socket.socket] = []
        self.gate = threading.Event()
        self.gate.set()
        self.asked = 0
        self.error: Exception | None = None
        """What each call ends with."""
        self.listens = True
        self._ids = itertools.count()

    def _fail(self) -> None:
        if self.error:
            raise self.error

    def start(self, options: dict[str, Any]) -> str:
        self.asked += 1
        self._fail()
        self.gate.wait(10)
        if options["name"] in self.containers:
            raise DockerException("the name is in use")
        self.containers[options["name"]] = container = f"c{next(self._ids)}"
        for mount in options.get("mounts", [])[: int(self.listens)]:
            kind = socket.SOCK_SEQPACKET if "forker" in options["name"] else socket.SOCK_STREAM
            listener = socket.socket(socket.AF_UNIX, kind)
            self.sockets.append(listener)
            listener.bind(str(Path(mount["Source"]) / confinement.SOCKET))
            listener.listen()
        return container

    def first_process(self, container_id: str) -> int:
        raise ReadTimeout("no answer")

    def state(self, container_id: str) -> ContainerState:
        return ContainerState(running=container_id in self.containers.values())

    def log(self, container_id: str) -> str:
        return ""

    def server(self, server_id: str) -> str | None:
        self._fail()
        return "s1"

    def of_role(self, role: str) -> list[str]:
        return []

    def remove(self, container_id: str) -> None:
        self._fail()
        self.containers = {k: v for k, v in self.containers.items() if container_id not in (k, v)}


@pytest.fixture
def engine() -> Iterator[PretendEngine]:
    engine = PretendEngine()
    yield engine
    for opened in engine.sockets:
        opened.close()


@pytest.fixture
def folders() -> Iterator[Folders]:
    root = Path(tempfile.mkdtemp(prefix="grd-"))
    yield Folders(here=root, engine=root)
    shutil.rmtree(root)


async def until(done: Any) -> None:
    async with asyncio.timeout(5):
        while not done():
            await asyncio.sleep(0.01)


async def broken_off(starting: asyncio.Task[Any], engine: PretendEngine) -> None:
    """Cancel a start while its thread is with the engine."""
    await until(lambda: engine.asked)
    starting.cancel()
    await asyncio.sleep(0.05)
    engine.gate.set()
    with pytest.raises(asyncio.CancelledError):
        await starting
    await asyncio.sleep(0.05)  # A thread that nobody waits for would come to its end now.


async def test_a_start_that_is_broken_off_leaves_nothing(engine: PretendEngine) -> None:
    engine.gate.clear()
    await broken_off(asyncio.create_task(named.start(engine, {"name": "x"})), engine)
    assert engine.containers == {}


async def test_what_has_the_name_makes_way(engine: PretendEngine) -> None:
    engine.containers["x"] = "earlier"
    container = await named.start(engine, {"name": "x"})
    assert container != "earlier" and engine.containers == {"x": container}


async def test_the_forker_starts_after_a_start_that_was_broken_off(engine: PretendEngine, folders: Folders) -> None:
    forker = Forker(SITE, IMAGE, engine, folders)
    engine.gate.clear()
    await broken_off(asyncio.create_task(forker._ensure()), engine)
    await forker._ensure()
    assert list(engine.containers.values()) == [forker._container]
    await forker.close()
    assert engine.containers == {}


async def test_a_house_starts_after_a_start_that_was_broken_off(engine: PretendEngine, folders: Folders) -> None:
    kept = Houses(SITE, IMAGE, engine, folders)
    engine.gate.clear()
    await broken_off(asyncio.create_task(kept.examiner(SERVER)), engine)
    (await kept.examiner(SERVER)).close()
    await kept.close()
    assert engine.containers == {}


@pytest.mark.parametrize("removable", [True, False])
async def test_nobody_connects_to_a_house_that_was_not_sealed(
    engine: PretendEngine, folders: Folders, removable: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed, really, forever = [], sealing.seal, asyncio.Event()

    async def seal(*args: Any, **options: Any) -> None:
        sealed.append(args)
        if len(sealed) == 1:
            await forever.wait()
        await really(*args, **options)

    monkeypatch.setattr(houses.sealing, "seal", seal)
    kept = Houses(SITE, IMAGE, engine, folders)
    starting = asyncio.create_task(kept.examiner(SERVER))
    await until(lambda: sealed)
    engine.error = None if removable else ReadTimeout("no answer")
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert bool(engine.containers) is not removable
    engine.error = None
    (await kept.examiner(SERVER)).close()
    assert len(sealed) == 2 and len(engine.containers) == 1
    await kept.close()


@pytest.mark.parametrize("error", [DockerException("no"), ReadTimeout("no answer")])
async def test_an_engine_that_does_not_answer_is_a_start_that_can_be_tried_again(
    engine: PretendEngine, folders: Folders, error: Exception
) -> None:
    forker, kept = Forker(SITE, IMAGE, engine, folders), Houses(SITE, IMAGE, engine, folders)
    engine.error = error
    for start in (forker.start, lambda: kept.examiner(SERVER)):
        with pytest.raises(StartError):
            await start()
    await forker._pool.close()


async def test_a_container_whose_process_is_not_known_is_removed(engine: PretendEngine, folders: Folders) -> None:
    forker = Forker(SITE, IMAGE, engine, folders)
    with pytest.raises(StartError):
        await forker.start()
    await forker.close()
    assert engine.containers == {}


async def test_trouble_with_one_image_holds_up_no_other(
    engine: PretendEngine, folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails() -> None:
        raise ReadTimeout("no answer")

    monkeypatch.setattr(gradings, "_REST_EVERY", 0.02)
    all_of_them = Gradings(SITE, engine, folders)
    first, second = all_of_them._grader(IMAGE), all_of_them._grader(f"sha256:{'2' * 64}")
    first.used = second.used = -1e9
    monkeypatch.setattr(first.kernels, "rest", fails)
    monkeypatch.setattr(second.kernels, "close", fails)
    await all_of_them.open()
    await until(lambda: list(all_of_them._graders.values()) == [first])
    await all_of_them.close()
