"""The rules about which kernels run, on an engine that only pretends: what needs an odd moment to happen."""
# ruff: noqa: ASYNC110, ASYNC240 (nothing else runs in these event loops)

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import socket
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from docker.errors import DockerException

from doorstart import names
from doorstart.identity import Caller
from doorstart.images import acts, arrivals, registry_file
from doorstart.images.registry import Known, Registry
from doorstart.sandbox import kernels as module
from doorstart.sandbox.app import create_app
from doorstart.sandbox.engine import ContainerState, Engine, Running
from doorstart.sandbox.folders import Folders
from doorstart.sandbox.grading.gradings import Gradings
from doorstart.sandbox.images import image_for
from doorstart.sandbox.kernels import Kernels, Reason, Refused
from doorstart.settings import Settings

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="socket folders are given to another user")

SERVER, OTHER = "a" * 16, "b" * 16
ID, KEY = "1" * 16, "k" * 32
IMAGE, CANDIDATE = f"sha256:{'1' * 64}", f"sha256:{'2' * 64}"


class PretendEngine(Engine):
    """Containers are dictionary entries; starting one makes listening sockets, as the launcher does."""

    def __init__(self) -> None:
        self.ids = itertools.count()
        self.containers: dict[str, str] = {}
        self.sockets: list[socket.socket] = []
        self.servers = {SERVER: "s1", OTHER: "s2"}
        self.states: dict[str, ContainerState] = {}
        self.gate = threading.Event()
        self.gate.set()
        self.refuse_removal = False
        self.stuck: set[str] = set()
        """Containers that cannot be removed."""
        self.makes_sockets = True
        self.images: list[str] = []

    def start(self, options: dict[str, Any]) -> str:
        self.images.append(options["image"])
        if options["name"] in self.containers:
            raise DockerException("the name is in use")
        self.containers[options["name"]] = container = f"c{next(self.ids)}"
        self.states[container] = ContainerState(running=True)
        self.gate.wait(10)
        folder = Path(options["mounts"][0]["Source"])
        for port in range(1, 6) if self.makes_sockets and folder.exists() else ():
            listener = socket.socket(socket.AF_UNIX)
            self.sockets.append(listener)
            listener.bind(str(folder / f"kernel-{port}"))
            listener.listen()
        return container

    def state(self, container_id: str) -> ContainerState:
        return self.states[container_id]

    def log(self, container_id: str) -> str:
        return ""

    def remove(self, container_id: str) -> None:
        if self.refuse_removal or container_id in self.stuck:
            raise DockerException("not now")
        self.containers = {name: known for name, known in self.containers.items() if known != container_id}

    def server(self, server_id: str) -> str | None:
        return self.servers.get(server_id)

    def running(self) -> Running:
        return Running(frozenset(self.servers.values()), dict(self.containers))


@pytest.fixture
def engine() -> Iterator[PretendEngine]:
    engine = PretendEngine()
    yield engine
    for opened in engine.sockets:
        opened.close()


@pytest.fixture
def root() -> Iterator[Path]:
    root = Path(tempfile.mkdtemp(prefix="sbx-"))
    yield root
    shutil.rmtree(root)


@pytest.fixture
async def kernels(engine: PretendEngine, root: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Kernels]:
    monkeypatch.setattr(module, "_REAP_EVERY", 0.05)
    site = Settings(_env_file=None, site="t", kernel_limit=2, start_timeout=5)
    kernels = Kernels(site, engine, Folders(here=root, engine=root))
    await kernels.open()
    yield kernels
    engine.refuse_removal = False
    await kernels.close()
    assert engine.containers == {}
    assert list(root.glob("*/*")) == []


async def nothing() -> AsyncIterator[bytes]:
    return
    yield b""


async def until(done: Any) -> None:
    async with asyncio.timeout(5):
        while not done():
            await asyncio.sleep(0.01)


async def test_what_an_earlier_process_left_is_removed(engine: PretendEngine, root: Path) -> None:
    engine.containers["t-kernel-old"] = "c-old"
    (root / SERVER / ID).mkdir(parents=True)
    (root / "files" / "x").mkdir(parents=True)
    kernels = Kernels(Settings(_env_file=None, site="t"), engine, Folders(here=root, engine=root))
    await kernels.open()
    assert engine.containers == {}
    assert sorted(root.rglob("*")) == [root / SERVER, root / "files"]  # Servers have their own folder mounted.
    await kernels.close()


async def test_the_connection_file_is_the_kernels_alone(kernels: Kernels, root: Path) -> None:
    await kernels.start(SERVER, IMAGE, nothing(), ID, KEY)
    entry = (root / "files" / f"{SERVER}-{ID}" / "connection.json").stat()
    assert (entry.st_uid, entry.st_mode & 0o777) == (names.KERNEL_UID, 0o400)
    assert (root / "files").stat().st_mode & 0o777 == 0o700


async def test_the_limit_counts_kernels_that_still_start(kernels: Kernels, engine: PretendEngine) -> None:
    engine.gate.clear()
    starting = [asyncio.create_task(kernels.start(SERVER, IMAGE, nothing())) for _ in range(2)]
    await until(lambda: len(engine.containers) == 2)
    with pytest.raises(Refused, match="All 2 kernels"):
        await kernels.start(OTHER, IMAGE, nothing())
    engine.gate.set()
    first, _ = await asyncio.gather(*starting)
    await kernels.stop(SERVER, first.id)
    await kernels.start(OTHER, IMAGE, nothing())


async def test_ids_are_each_servers_own(kernels: Kernels) -> None:
    await kernels.start(SERVER, IMAGE, nothing(), ID)
    await kernels.start(OTHER, IMAGE, nothing(), ID)
    await kernels.stop(OTHER, ID)
    assert (await kernels.find(SERVER, ID)).ended is None
    with pytest.raises(Refused):
        await kernels.find(OTHER, ID)


async def test_an_id_can_be_used_again_only_after_its_kernel_ended(kernels: Kernels, engine: PretendEngine) -> None:
    await kernels.start(SERVER, IMAGE, nothing(), ID)
    with pytest.raises(Refused, match="still running"):
        await kernels.start(SERVER, IMAGE, nothing(), ID)
    engine.states["c0"] = ContainerState(running=False, exit_code=3)
    assert (await kernels.find(SERVER, ID)).exit_code == 3
    await kernels.start(SERVER, IMAGE, nothing(), ID)


async def test_stopped_while_it_starts(kernels: Kernels, engine: PretendEngine) -> None:
    engine.gate.clear()
    starting = asyncio.create_task(kernels.start(SERVER, IMAGE, nothing(), ID))
    await until(lambda: engine.containers)
    await kernels.stop(SERVER, ID)
    engine.gate.set()
    with pytest.raises(Refused):
        await starting
    await until(lambda: not engine.containers)


async def test_a_kernel_that_makes_no_sockets_is_removed(kernels: Kernels, engine: PretendEngine) -> None:
    engine.makes_sockets = False
    starting = asyncio.create_task(kernels.start(SERVER, IMAGE, nothing(), ID))
    await until(lambda: engine.containers)
    engine.states["c0"] = ContainerState(running=False, exit_code=1)
    with pytest.raises(Refused, match="did not start"):
        await starting
    assert engine.containers == {}


async def test_a_request_that_is_broken_off_leaves_nothing(kernels: Kernels, engine: PretendEngine) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"x"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await kernels.start(SERVER, IMAGE, broken(), ID)
    engine.gate.clear()
    starting = asyncio.create_task(kernels.start(SERVER, IMAGE, nothing(), ID))
    await until(lambda: engine.containers)
    starting.cancel()
    engine.gate.set()
    with pytest.raises(asyncio.CancelledError):
        await starting
    await until(lambda: not engine.containers)  # By the reaper, if the engine was asked already.


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (ContainerState(False, 137, True), Reason.OUT_OF_MEMORY),
        (ContainerState(False, 137, False), Reason.EXITED),
        (ContainerState(False, 0, True), Reason.EXITED),
    ],
)
async def test_how_it_ended(kernels: Kernels, engine: PretendEngine, state: ContainerState, reason: Reason) -> None:
    await kernels.start(SERVER, IMAGE, nothing(), ID)
    engine.states["c0"] = state
    assert (await kernels.find(SERVER, ID)).reason is reason


async def test_a_server_started_again_does_not_keep_old_kernels(kernels: Kernels, engine: PretendEngine) -> None:
    await kernels.start(SERVER, IMAGE, nothing(), ID)
    engine.servers[SERVER] = "s1-new"
    await until(lambda: not engine.containers)
    assert (await kernels.find(SERVER, ID)).reason is Reason.SERVER_GONE


async def test_an_engine_that_fails_for_a_while(kernels: Kernels, engine: PretendEngine) -> None:
    await kernels.start(SERVER, IMAGE, nothing(), ID)
    engine.refuse_removal = True
    with pytest.raises(DockerException):
        await kernels.stop(SERVER, ID)
    await asyncio.sleep(0.2)
    assert engine.containers
    engine.refuse_removal = False
    await until(lambda: not engine.containers)


async def test_a_container_that_cannot_be_removed_holds_up_no_other(kernels: Kernels, engine: PretendEngine) -> None:
    await kernels.start(SERVER, IMAGE, nothing(), ID)
    await kernels.start(OTHER, IMAGE, nothing(), ID)
    engine.containers |= {"t-kernel-stray": "stray", "t-kernel-stray-too": "stray-too"}
    engine.stuck = {"c0", "stray"}
    engine.servers.clear()
    await until(lambda: set(engine.containers.values()) == engine.stuck)
    engine.stuck = set()
    await until(lambda: not engine.containers)


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    """A registry in which one image of kernels is promoted and another is on trial with Bea's course."""
    path, now = tmp_path / "registry.json", datetime.now(UTC)
    known = [Known(name="kernel", id=one) for one in (CANDIDATE, IMAGE)]
    learned = arrivals.learn(Registry(), known, who="test", now=now)
    promoted = arrivals.first(learned, who="test", now=now)
    registry_file.update(
        lambda _: acts.trial(promoted, CANDIDATE, "course:stock.nl:instructor", who="test", now=now), path
    )
    return path


def test_a_caller_gets_the_promoted_image_or_the_one_on_trial_in_a_group(registry: Path, tmp_path: Path) -> None:
    ann = Caller("ann", "user", ("course:accounting.nl:instructor",), frozenset(), "")
    bea = Caller("bea", "user", (*ann.groups, "course:stock.nl:instructor"), frozenset(), "")
    assert (image_for(ann, registry=registry), image_for(bea, registry=registry)) == (IMAGE, CANDIDATE)
    with pytest.raises(Refused, match="No image for kernels has been promoted"):
        image_for(ann, registry=tmp_path / "none.json")
    registry.write_text("{")
    with pytest.raises(Refused, match="damaged"):
        image_for(ann, registry=registry)


async def test_no_request_chooses_the_image_of_a_kernel(
    kernels: Kernels, engine: PretendEngine, root: Path, registry: Path
) -> None:
    async def identify() -> Caller:
        return Caller("ann", "user", ("course:accounting.nl:instructor",), frozenset(), "")

    server = names.server_id("ann", "")
    engine.servers[server] = "s3"
    gradings = Gradings(Settings(_env_file=None), engine, Folders(here=root, engine=root))
    transport = httpx.ASGITransport(create_app(kernels, gradings, partial(image_for, registry=registry), identify))
    asked = {"image": CANDIDATE, "kernel_name": CANDIDATE, "groups": "course:stock.nl:instructor"}
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
        for headers in ({}, asked, {"Kernel-Name": CANDIDATE, "X-Image": CANDIDATE}):
            answer = await client.post("/kernels", params=asked, headers=headers)
            assert answer.status_code == 201, answer.text
            await client.post(f"/kernels/{answer.json()['id']}/kill")
        assert (await client.get("/gradings", params=asked)).json() == {"image": IMAGE}
    assert engine.images == [IMAGE] * 3


async def test_who_may_and_in_which_words_others_may_not(
    kernels: Kernels, engine: PretendEngine, root: Path, registry: Path
) -> None:
    caller = Caller("ann", "user", (), frozenset(), None)

    async def identify() -> Caller:
        return caller

    gradings = Gradings(Settings(_env_file=None), engine, Folders(here=root, engine=root))
    transport = httpx.ASGITransport(create_app(kernels, gradings, partial(image_for, registry=registry), identify))
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
        assert (await client.get("/health")).status_code == 200
        answer = await client.post("/kernels")
        assert (answer.status_code, answer.json()["error"]) == (403, "forbidden")
        caller = Caller("ann", "user", ("course:accounting.nl:learner",), frozenset(), "")
        assert "not an instructor" in (await client.post("/kernels")).json()["message"]
        assert "not an instructor" in (await client.post("/gradings")).json()["message"]
        assert (await client.get("/gradings")).status_code == 403
        caller = Caller("ann", "user", ("course:accounting.nl:instructor",), frozenset(), "")
        assert "not running" in (await client.post("/kernels")).json()["message"]
        assert (await client.get("/gradings")).json() == {"image": IMAGE}
        answer = await client.get("/kernels/..%2f..%2fetc")
        assert answer.status_code in (404, 422)
        answer = await client.post("/kernels", params={"id": "../x"}, headers={"Kernel-Key": "short"})
        assert answer.status_code == 422
        assert answer.json()["message"] == "The request is not in the form that the sandbox expects: id, kernel-key."
        answer = await client.post("/gradings", content=b"no job")
        assert (answer.status_code, answer.json()["error"]) == (422, "unprocessable_entity")
    (root / "grading").rmdir()
