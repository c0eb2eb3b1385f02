"""The conductor with a scripted learner kernel and examiner: what costs which cell, and what is run again."""

from __future__ import annotations

import asyncio
import itertools
import json
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from doorstart.sandbox.grading import examining, watched
from doorstart.sandbox.grading.conductor import Conductor
from doorstart.sandbox.grading.frames import FrameError, Frames
from doorstart.sandbox.grading.incidents import Failed
from doorstart.sandbox.grading.job import Cell, Job, Request
from doorstart.sandbox.grading.kernels import Ended, StartError, Usage
from doorstart.sandbox.grading.limits import Limits

LIMITS = Limits(
    cell_seconds=0.4,
    notebook_seconds=20,
    cpu_seconds=100,
    cell_output=1000,
    output=1500,
    operations=5,
    transfer=10_000,
    restarts=2,
    memory=1024**2,
)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short waits."""
    monkeypatch.setattr(watched, "_GRACE", 0.2)
    monkeypatch.setattr(examining, "_EXAMINER_GRACE", 0.5)
    monkeypatch.setattr(watched, "_LOOK_EVERY", 0.05)
    monkeypatch.setattr(watched, "_END_KNOWN", 0.2)


@dataclass
class FakeKernel:
    """Executes sources that are words for what happens."""

    frames: Frames
    own: Frames
    ended: asyncio.Future[Ended]
    ran: list[str] = field(default_factory=list)
    closed: bool = False
    stubborn: bool = False
    cpu: float = 1.0
    hungry: int = 0
    interrupted: asyncio.Event = field(default_factory=asyncio.Event)

    async def interrupt(self) -> None:
        self.interrupted.set()

    async def usage(self) -> Usage:
        return Usage(self.cpu, 1000, self.hungry)

    def close(self) -> None:
        self.closed = True
        self.frames.close()
        self.own.close()
        if not self.ended.done():
            self.ended.set_result(Ended(signal=9))

    def end(self, how: Ended) -> None:
        self.own.close()
        self.ended.set_result(how)

    async def serve(self) -> None:
        """Answer until the channel closes."""
        while True:
            try:
                kind, payload = await self.own.receive()
            except FrameError:
                return
            word = "files" if kind == b"F" else json.loads(payload)["source"]
            self.ran.append(word)
            if not await self._do(kind, word):
                return

    async def _do(self, kind: bytes, word: str) -> bool:
        if word == "die":
            self.end(Ended(code=3))
        elif word == "hungry":
            self.hungry = 1
            self.end(Ended(signal=9))
        elif word == "lost":
            self.end(Ended(lost=True))
        elif word == "close":
            self.own.close()
        elif word == "huge":
            self.own._writer.write(struct.pack(">I", 2**31))
        elif word == "forged":
            await self.own.send(b"K" if kind == b"X" else b"X", b"{}")
        elif word == "stubborn":
            await asyncio.sleep(60)
        else:
            if word == "loop":
                await self.interrupted.wait()
                self.interrupted.clear()
            if word == "burn":
                self.cpu = 1000
                await asyncio.sleep(1)
            await self.own.send(kind, REPLIES.get(word, reply(word)))
            return True
        return False


def reply(text: str = "", **changes: Any) -> bytes:
    """A learner kernel's reply to a cell."""
    outputs = [{"output_type": "stream", "name": "stdout", "text": text}]
    return json.dumps(
        {"status": "ok", "outputs": outputs, "execution_count": 1, "truncated": False, **changes}
    ).encode()


REPLIES = {
    "no json": b"{",
    "no reply": b"[]",
    "status": reply(status="passed"),
    "output type": reply(outputs=[{"output_type": "html", "text": "x"}]),
    "count": reply(execution_count=-1),
    "text": reply(outputs=[{"output_type": "stream", "name": "stdout", "text": {"x": 1}}]),
    "halves": reply("\ud800x"),
    "nan": reply(outputs=[]).replace(
        b'"outputs": []', b'"outputs": [{"output_type":"display_data","data":{"a/json":[NaN, 1e999]}}]'
    ),
}


class Stage:
    """Starts scripted kernels and examiners."""

    def __init__(self, *, kernels: int = 100, examiner: Callable[[Frames, str], Awaitable[None]] | None = None) -> None:
        self.kernels: list[FakeKernel] = []
        self.examiners: list[Frames] = []
        self.told: list[dict[str, Any]] = []
        self._left = kernels
        self._examine = examiner or self.examine
        self._tasks: set[asyncio.Task[None]] = set()

    def _spawn(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)

    async def start_kernel(self) -> FakeKernel:
        if len(self.kernels) >= self._left:
            raise StartError("no more")
        ours, theirs = await pair()
        kernel = FakeKernel(ours, theirs, asyncio.get_running_loop().create_future())
        self.kernels.append(kernel)
        self._spawn(kernel.serve())
        return kernel

    async def start_examiner(self) -> Frames:
        ours, theirs = await pair()
        self.examiners.append(ours)
        self._spawn(self._serve(theirs))
        return ours

    async def _serve(self, own: Frames) -> None:
        with_ = json.loads
        while True:
            try:
                kind, payload = await own.receive()
                if kind in b"FI":
                    await own.send(kind, b"{}")
                else:
                    await self._examine(own, with_(payload)["source"])
            except FrameError:
                return

    async def examine(self, own: Frames, word: str) -> None:
        """A test whose source is what it asks of the kernel; ``word*3`` asks three times."""
        if word == "hang":
            await asyncio.sleep(60)
        word, _, times = word.partition("*")
        for _ in range(int(times or 1)):
            await own.send(b"K", json.dumps({"source": word}).encode())
            kind, payload = await own.receive()
            if kind == b"D":
                self.told.append(json.loads(payload))
        await own.send(b"R", json.dumps({"status": "passed", "value": None, "printed": "", "check": None}).encode())

    async def run(self, *cells: str, files: bytes = b"", **limits: Any) -> dict[str, Any]:
        """Carry out a job; a test cell begins with a question mark."""
        request = Request(
            version=1,
            cells=[Cell(kind="test" if c[0] == "?" else "learner", source=c.removeprefix("?")) for c in cells],
        )
        made = Limits(**{**LIMITS.__dict__, **limits})
        try:
            return await Conductor(Job(request, files), made, self.start_kernel, self.start_examiner).run()
        finally:
            assert all(kernel.closed for kernel in self.kernels)
            assert all(examiner.closed for examiner in self.examiners)
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)


async def pair() -> tuple[Frames, Frames]:
    """Two ends of one connection."""
    one, other = socket.socketpair()
    return await Frames.over(one), await Frames.over(other)


def statuses(answer: dict[str, Any]) -> list[str]:
    """How the cells ended."""
    return [cell["status"] for cell in answer["cells"]]


async def test_cells_in_order_with_their_files() -> None:
    stage = Stage()
    answer = await stage.run("a", "?b", "c", files=b"tar")
    assert statuses(answer) == ["ok", "passed", "ok"]
    assert [kernel.ran for kernel in stage.kernels] == [["files", "a", "b", "c"]]
    assert answer["cells"][0]["outputs"][0]["text"] == "a"
    assert answer["kernel"] == {"ended": None, "message": "", "restarts": 0}
    assert answer["usage"]["cpu_seconds"] == 1.0 and answer["usage"]["memory_bytes"] == 1000


async def test_no_examiner_is_started_for_a_notebook_without_tests() -> None:
    stage = Stage()
    await stage.run("a")
    assert stage.examiners == []


@pytest.mark.parametrize(
    ("word", "status", "reason"),
    [
        ("die", "ended", "exited"),
        ("hungry", "ended", "out-of-memory"),
        ("close", "ended", "exited"),
        ("stubborn", "timeout", "cell-time"),
        ("huge", "ended", "output"),
        ("forged", "ended", "exited"),
        *((word, "ended", "exited") for word in REPLIES if word not in ("halves", "nan")),
    ],
)
async def test_a_guilty_cell_is_left_out_of_the_next_kernel(word: str, status: str, reason: str) -> None:
    stage = Stage()
    answer = await stage.run("a", word, "b", "?c")
    assert statuses(answer) == ["ok", status, "ok", "passed"]
    assert answer["cells"][1]["message"] and answer["cells"][1]["outputs"] == []
    assert [kernel.ran for kernel in stage.kernels] == [["a", word], ["a", "b", "c"]]
    assert answer["kernel"]["ended"] == reason and answer["kernel"]["restarts"] == 1


@pytest.mark.parametrize("word", ["die", "hungry", "stubborn", "huge"])
async def test_a_guilty_test_costs_only_itself(word: str) -> None:
    stage = Stage()
    answer = await stage.run("a", f"?{word}", "?b")
    assert statuses(answer) == ["ok", "failed", "passed"], "even if the test says that it passed"
    assert [kernel.ran for kernel in stage.kernels] == [["a", word], ["a", "b"]]
    assert stage.told[0]["reason"] == answer["kernel"]["ended"]
    assert len(stage.examiners) == 2


async def test_interrupted_code_leaves_the_kernel_as_it_is() -> None:
    stage = Stage()
    answer = await stage.run("a", "loop", "?loop", "?b")
    assert statuses(answer) == ["ok", "timeout", "failed", "passed"]
    assert answer["cells"][1]["outputs"][0]["text"] == "loop"
    assert [kernel.ran for kernel in stage.kernels] == [["a", "loop", "loop"], ["a", "b"]], "the test's state is lost"


async def test_earlier_tests_are_run_again_too() -> None:
    stage = Stage()
    answer = await stage.run("a", "?b", "c", "?die", "d", "?e")
    assert statuses(answer) == ["ok", "passed", "ok", "failed", "ok", "passed"]
    assert [kernel.ran for kernel in stage.kernels] == [["a", "b", "c", "die"], ["a", "b", "c", "d", "e"]]


async def test_an_examiner_can_say_that_the_kernel_is_of_no_more_use() -> None:
    stage = Stage()

    async def examine(own: Frames, word: str) -> None:
        said = {
            "status": "failed",
            "message": "",
            **({"gone": "refused"} if word == "forged" else {"status": "passed"}),
        }
        await own.send(b"R", json.dumps(said).encode())

    stage._examine = examine
    answer = await stage.run("a", "?forged", "?b")
    assert statuses(answer) == ["ok", "failed", "passed"] and "gone" not in answer["cells"][1]
    assert [kernel.ran for kernel in stage.kernels] == [["a"], ["a"]]


async def test_kernels_are_not_restarted_for_ever() -> None:
    stage = Stage()
    answer = await stage.run(*["die"] * 4, "?a")
    assert statuses(answer) == ["ended", "ended", "ended", "not-run", "not-run"]
    assert len(stage.kernels) == 3


async def test_a_cell_that_ends_the_kernel_only_when_run_again_is_left_out_too() -> None:
    stage = Stage()
    real = stage.start_kernel

    async def start() -> FakeKernel:
        kernel = await real()
        do = kernel._do

        async def second_time(kind: bytes, word: str) -> bool:
            return await do(kind, "die" if word == "later" and len(stage.kernels) > 1 else word)

        kernel._do = second_time  # type: ignore[method-assign]
        return kernel

    stage.start_kernel = start  # type: ignore[method-assign]
    answer = await stage.run("a", "later", "die", "b")
    assert statuses(answer) == ["ok", "ok", "ended", "ok"]
    assert [kernel.ran for kernel in stage.kernels] == [["a", "later", "die"], ["a", "later"], ["a", "b"]]


async def test_what_is_nobodys_doing_is_tried_again() -> None:
    stage = Stage()
    seen = itertools.count()

    async def examine(own: Frames, word: str) -> None:
        await stage.examine(own, "lost" if next(seen) == 0 else word)

    stage._examine = examine
    answer = await stage.run("a", "?b")
    assert statuses(answer) == ["ok", "passed"]
    assert answer["kernel"]["ended"] is None and len(stage.kernels) == 2


async def test_what_goes_again_and_again_fails_the_job() -> None:
    stage = Stage()
    with pytest.raises(Failed, match="ask the admin"):
        await stage.run("a", "lost")
    assert len(stage.kernels) == 3
    with pytest.raises(Failed):
        await Stage(kernels=0).run("a", "?b")


async def test_a_test_that_hangs_by_itself_is_the_authors() -> None:
    stage = Stage()
    answer = await stage.run("?hang", "?b")
    assert statuses(answer) == ["error", "passed"]
    assert len(stage.examiners) == len(stage.kernels) == 2


async def test_a_test_may_not_ask_or_carry_too_much() -> None:
    stage = Stage()
    answer = await stage.run("?a*6", "?a*5")
    assert statuses(answer) == ["failed", "passed"] and stage.told[0]["reason"] == "output"
    answer = await Stage().run(f"?{'x' * 3000}*2", "?a")
    assert statuses(answer) == ["failed", "passed"]


async def test_output_is_limited_for_all_cells_together() -> None:
    stage = Stage()
    asked: list[int] = []
    real = stage.start_kernel

    async def start() -> FakeKernel:
        kernel = await real()
        ask = kernel.frames.ask

        async def noted(kind: bytes, payload: bytes, most: int = 0) -> bytes:
            asked.append(json.loads(payload)["output_bytes"])
            return await ask(kind, payload, most)

        kernel.frames.ask = noted  # type: ignore[method-assign]
        return kernel

    stage.start_kernel = start  # type: ignore[method-assign]
    await stage.run("x" * 900, "y" * 300, "z")
    assert asked[0] == 1000 and 400 < asked[1] < 600 and asked[2] < 300


async def test_the_notebooks_time_and_processor_time() -> None:
    answer = await Stage().run("a", "stubborn", "b", "?c", notebook_seconds=0.3)
    assert statuses(answer) == ["ok", "timeout", "not-run", "not-run"]
    assert answer["kernel"]["ended"] == "notebook-time"
    answer = await Stage().run("a", "burn", "b", "?c")
    assert statuses(answer) == ["ok", "ended", "not-run", "not-run"]
    assert answer["kernel"]["ended"] == "cpu-time"


async def test_what_cannot_stand_in_a_notebook_is_replaced() -> None:
    answer = await Stage().run("halves", "nan")
    assert answer["cells"][0]["outputs"][0]["text"] == "?x"
    assert answer["cells"][1]["outputs"][0]["data"] == {"a/json": [None, None]}
    json.dumps(answer, ensure_ascii=False, allow_nan=False).encode()


async def test_a_cancelled_job_leaves_nothing() -> None:
    stage = Stage()
    running = asyncio.create_task(stage.run("a", "?stubborn"))
    await asyncio.sleep(0.1)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert stage.kernels and stage.kernels[0].closed


def test_a_job_can_only_ask_for_shorter_times() -> None:
    from doorstart.settings import Settings

    settings = Settings(_env_file=None)
    asked = {"cell_seconds": 1e9, "notebook_seconds": 5.0}
    limits = Limits.of(settings, asked)
    assert (limits.cell_seconds, limits.notebook_seconds) == (settings.grading_cell_seconds, 5.0)
    assert Limits.of(settings, {"cell_seconds": float("nan")}).cell_seconds == settings.grading_cell_seconds
