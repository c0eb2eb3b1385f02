"""Carries out one job: runs the cells in order, relays between examiner and learner kernel, and enforces the limits.

A learner's code that uses too much costs the cell in which it happens, and what depends on it. If it ended the learner
kernel, or stopped a test, a fresh learner kernel and a fresh examiner run all earlier cells again, without those in
which that happened, before the next cell is run; so another task of the notebook keeps its points. What fails without
the learner's doing is tried again.

It knows nothing of containers, and nothing of what examiner and learner kernel say to each other.
"""

from __future__ import annotations

import asyncio
import json
import logging
import signal
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from doorstart.sandbox.grading import outputs
from doorstart.sandbox.grading.frames import MAX_FRAME, FrameError, Frames, TooLongError
from doorstart.sandbox.grading.job import Cell, Job
from doorstart.sandbox.grading.kernels import Ended, LearnerKernel, StartError, Usage
from doorstart.settings import MIB, Settings

_GRACE = 2.0
"""Seconds that interrupted code has to give up."""
_EXAMINER_GRACE = 10.0
"""Seconds for which an examiner that should have finished by itself is waited for."""
_LOOK_EVERY = 1.0
"""Seconds between two looks at the processor time used."""
_END_KNOWN = 3.0
"""Seconds for which to wait for how a kernel ended that has closed its channel."""
_FILES_SECONDS = 30.0
_EXAMINER_LATER = 2.0
_LAST_WORDS = 0.1
"""Seconds for which a reply may still come from a kernel that has ended."""
_REPLY_OVERHEAD = 256 * 1024
_TRIES = 3
"""How often something is tried that fails without the learner's doing."""

T = TypeVar("T")
log = logging.getLogger("doorstart.sandbox")


class Reason(StrEnum):
    """Why a learner kernel was ended, or stopped in the middle of a cell."""

    OUT_OF_MEMORY = "out-of-memory"
    CELL_TIME = "cell-time"
    NOTEBOOK_TIME = "notebook-time"
    CPU_TIME = "cpu-time"
    OUTPUT = "output"
    EXITED = "exited"


class Incident(Exception):  # noqa: N818  (it is an outcome of a learner's code, not a fault)
    """The learner's code was stopped in a cell. ``reply``: what the kernel, which is still there, said after that."""

    def __init__(self, reason: Reason, message: str, reply: bytes | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.reply = reply


class Lost(Exception):  # noqa: N818
    """A learner kernel or an examiner has gone without the learner's doing."""


class Failed(Exception):  # noqa: N818
    """The job cannot be carried out at this time; the message is for an instructor."""


@dataclass(frozen=True)
class Limits:
    """What one notebook may use. Times in seconds, sizes in bytes."""

    cell_seconds: float
    notebook_seconds: float
    cpu_seconds: float
    cell_output: int
    output: int
    operations: int
    transfer: int
    restarts: int
    memory: int

    @classmethod
    def of(cls, settings: Settings, asked: dict[str, float]) -> Limits:
        """The site's limits; a job may ask for shorter times."""

        def shorter(name: str, most: float) -> float:
            return min(most, max(asked.get(name, most), 0.1))

        return cls(
            cell_seconds=shorter("cell_seconds", settings.grading_cell_seconds),
            notebook_seconds=shorter("notebook_seconds", settings.grading_notebook_seconds),
            cpu_seconds=settings.grading_cpu_seconds,
            cell_output=settings.grading_cell_output,
            output=settings.grading_output,
            operations=settings.grading_operations,
            transfer=settings.grading_transfer,
            restarts=settings.grading_restarts,
            memory=settings.kernel_memory_limit,
        )


class Conductor:
    """Carries out one job.

    Args:
        job: what to do.
        limits: what it may use.
        start_kernel: starts a learner kernel.
        start_examiner: starts an examiner.
    """

    def __init__(
        self,
        job: Job,
        limits: Limits,
        start_kernel: Callable[[], Coroutine[Any, Any, LearnerKernel]],
        start_examiner: Callable[[], Coroutine[Any, Any, Frames]],
    ) -> None:
        self._job = job
        self._cells = job.request.cells
        self._examines = any(cell.kind == "test" for cell in self._cells)
        self._limits = limits
        self._start_kernel = start_kernel
        self._start_examiner = start_examiner
        self._clock = asyncio.get_running_loop().time
        self._begun = self._clock()
        self._over = self._begun + limits.notebook_seconds
        self._look_at = self._begun + _LOOK_EVERY
        self._kernel: LearnerKernel | None = None
        self._examiner: Frames | None = None
        self._started = 0
        self._ended = 0
        """How many learner kernels were started, and how many had to be ended because of the learner's code."""
        self._guilty: set[int] = set()
        """The cells in which that was, or in which it had to be interrupted: they are not run again."""
        self._first: Incident | None = None
        self._finished = ""
        """Why no further cell is run."""
        self._output_left = limits.output
        self._used = Usage()
        """By learner kernels that are no more."""

    async def run(self) -> dict[str, Any]:
        """The answer.

        Raises:
            Failed: what it needs does not start, or goes again and again.
        """
        try:
            cells = [await self._cell(index, cell) for index, cell in enumerate(self._cells)]
            await self._account()
        finally:
            self._end_both()
        first = self._first
        return {
            "version": 1,
            "cells": cells,
            "kernel": {
                "ended": first.reason if first else None,
                "message": str(first) if first else "",
                "restarts": max(0, self._started - 1),
            },
            "usage": {
                "cpu_seconds": round(self._used.cpu_seconds, 3),
                "wall_seconds": round(self._clock() - self._begun, 3),
                "memory_bytes": self._used.memory_bytes,
            },
        }

    async def _cell(self, index: int, cell: Cell) -> dict[str, Any]:
        tries = 0
        while True:
            if not self._finished and self._clock() >= self._over:
                self._note(Incident(Reason.NOTEBOOK_TIME, self._message(Reason.NOTEBOOK_TIME)))
            if self._finished:
                return _learner("not-run", self._finished) if cell.kind == "learner" else _test(self._finished)
            try:
                if await self._ready(index):
                    return await self._run(index, cell)
            except (Lost, StartError) as error:
                tries += 1
                log.warning("Something went, or did not start, while a notebook was graded: %s", error)
                self._end_both()
                if tries == _TRIES:
                    raise Failed(
                        "What grading needs did not start, or ended. Try again in a minute, then ask the admin: the "
                        "sandbox's log says more."
                    ) from error

    async def _run(self, index: int, cell: Cell) -> dict[str, Any]:
        return await (self._learner_cell(index, cell) if cell.kind == "learner" else self._test_cell(index, cell))

    async def _learner_cell(self, index: int, cell: Cell) -> dict[str, Any]:
        try:
            try:
                return self._outcome(outputs.read(await self._execute(cell, self._deadline())))
            except Incident as incident:
                self._guilty.add(index)
                self._note(incident)
                status = "timeout" if incident.reason in (Reason.CELL_TIME, Reason.NOTEBOOK_TIME) else "ended"
                shown = self._outcome(outputs.read(incident.reply)) if incident.reply else _learner(status, "")
                return {**shown, "status": status, "message": str(incident)}
        except outputs.ReplyError:
            # The learner's code has taken over the channel: this kernel is of no more use.
            disturbed = Incident(Reason.EXITED, "The cell disturbed the kernel's program, which had to be ended.")
            self._guilty.add(index)
            await self._stop()
            self._note(disturbed)
            return _learner("ended", str(disturbed))

    def _outcome(self, reply: outputs.Reply) -> dict[str, Any]:
        shown = reply.as_json()
        self._output_left = max(0, self._output_left - len(json.dumps(shown)))
        return {
            "kind": "learner",
            "status": reply.status,
            "outputs": shown,
            "execution_count": reply.execution_count,
            "message": "The cell's output was longer than is kept, and was cut." if reply.truncated else "",
        }

    async def _test_cell(self, index: int, cell: Cell) -> dict[str, Any]:
        examiner = self._examiner
        assert examiner is not None  # noqa: S101  made ready before
        deadline = self._deadline()
        relay = _Relay(self._limits)
        gone: Incident | None = None
        try:
            await self._with_examiner(examiner.send(b"T", json.dumps({"source": cell.source}).encode()), deadline)
            while True:
                kind, payload = await self._with_examiner(examiner.receive(), deadline)
                if kind == b"R":
                    return await self._judge(index, _result(payload), gone)
                if kind != b"K":
                    raise Lost(f"an examiner sent {kind!r}")
                if gone is None:
                    try:
                        relay.count(len(payload))
                        reply = await self._ask(b"K", payload, min(relay.left, MAX_FRAME - 1), deadline)
                        relay.count(len(reply), operations=0)
                        await self._with_examiner(examiner.send(b"K", reply), deadline)
                        continue
                    except Incident as incident:
                        gone = incident
                report = {"reason": gone.reason, "message": str(gone)}
                await self._with_examiner(examiner.send(b"D", json.dumps(report).encode()), deadline)
        except TimeoutError:
            late = Incident(Reason.CELL_TIME, f"The test did not end within {self._limits.cell_seconds:g} seconds.")
            result = {**_test(""), "status": "failed" if gone else "error"}
            return await self._judge(index, result, gone or late)

    async def _judge(self, index: int, result: dict[str, Any], gone: Incident | None) -> dict[str, Any]:
        """The result of a test. One in which the learner's code was stopped is not passed, and its examiner is done."""
        useless = result.pop("gone", None)
        if gone is None and useless:
            text = "The learner's code gave back something that cannot be checked. Its program was ended."
            gone = Incident(Reason.EXITED, text)
        if gone is not None:
            self._guilty.add(index)
            self._note(gone)
            await self._stop()
            self._end_both()
            result["message"] = result["message"] or str(gone)
            if result["status"] == "passed":
                result |= {"status": "failed", "value": None, "message": str(gone)}
        return result

    async def _with_examiner(self, step: Awaitable[T], deadline: float) -> T:
        """One step with the examiner, which ends a test by itself in time, or does not.

        Raises:
            TimeoutError: it did not.
            Lost: it has ended.
        """
        try:
            async with asyncio.timeout(max(0.0, deadline - self._clock()) + _EXAMINER_GRACE):
                return await step
        except FrameError as error:
            raise Lost(f"an examiner: {error}") from error

    async def _execute(self, cell: Cell, deadline: float) -> bytes:
        most = min(self._limits.cell_output, self._output_left)
        request = json.dumps({"source": cell.source, "output_bytes": most}).encode()
        # In JSON one byte of text may take six.
        return await self._ask(b"X", request, min(6 * most + _REPLY_OVERHEAD, MAX_FRAME - 1), deadline)

    async def _ask(self, kind: bytes, payload: bytes, most: int, deadline: float) -> bytes:
        """Ask the learner kernel, and watch it while it works.

        Raises:
            Incident: it was stopped, or ended.
            Lost: it ended without the learner's doing.
        """
        kernel = self._kernel
        if kernel is None:  # Something else of the same cell ended it.
            raise Incident(Reason.EXITED, self._message(Reason.EXITED))
        asking = asyncio.create_task(kernel.frames.ask(kind, payload, most))
        try:
            while not asking.done():
                now = self._clock()
                if now >= self._look_at:
                    self._look_at = now + _LOOK_EVERY
                    used = await kernel.usage()
                    if self._used.cpu_seconds + used.cpu_seconds > self._limits.cpu_seconds:
                        raise await self._stopped(Reason.CPU_TIME)
                if now >= deadline:
                    return await self._interrupt(kernel, asking, deadline)
                await _either(asking, kernel.ended, min(self._look_at, deadline) - now)
                if kernel.ended.done() and not asking.done():
                    await asyncio.wait({asking}, timeout=_LAST_WORDS)
                    if not asking.done():
                        raise await self._find_end(kernel)
            return asking.result()
        except TooLongError as error:
            raise await self._stopped(Reason.OUTPUT) from error
        except FrameError as error:
            raise await self._find_end(kernel) from error
        finally:
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)

    async def _interrupt(self, kernel: LearnerKernel, asking: asyncio.Task[bytes], deadline: float) -> bytes:
        """The time is over: let the learner's code give up, and end it if it does not."""
        reason = Reason.NOTEBOOK_TIME if deadline >= self._over else Reason.CELL_TIME
        await kernel.interrupt()
        await _either(asking, kernel.ended, _GRACE)
        if asking.done() and not asking.cancelled() and asking.exception() is None:
            raise Incident(reason, self._message(reason), asking.result())
        raise await self._stopped(reason)

    async def _stopped(self, reason: Reason) -> Incident:
        await self._stop()
        return Incident(reason, self._message(reason))

    async def _find_end(self, kernel: LearnerKernel) -> Exception:
        """Why a kernel closed its channel: it has ended, and if it has not, it is ended now."""
        await asyncio.wait({kernel.ended}, timeout=_END_KNOWN)
        ended = kernel.ended.result() if kernel.ended.done() else Ended()
        if ended.lost:
            return Lost("what had started a learner kernel")
        used = await self._stop()
        hungry = used.out_of_memory and ended.signal == signal.SIGKILL
        reason = Reason.OUT_OF_MEMORY if hungry else Reason.EXITED
        return Incident(reason, self._message(reason))

    async def _ready(self, upto: int) -> bool:
        """See that there are a learner kernel and an examiner that have run the cells before this one.

        Returns:
            Whether there are; if not, no further cell can be run.
        """
        while not self._finished and (self._kernel is None or (self._examiner is None and self._examines)):
            self._end_both()
            if self._ended > self._limits.restarts:
                self._finished = f"Not run: the learner's code had ended {self._ended} kernels before. {self._first}"
                break
            try:
                await self._start_both()
                if self._job.files:
                    await self._ask(b"F", self._job.files, _REPLY_OVERHEAD, self._clock() + _FILES_SECONDS)
                await self._replay(upto)
            except Incident as incident:
                self._note(incident)
                await self._stop()
        return not self._finished

    async def _replay(self, upto: int) -> None:
        """Run the cells before this one again; if one of them stops the kernel, the kernel is gone afterwards.

        Raises:
            Incident: a learner's cell stopped it, and is left out the next time.
        """
        for index, cell in enumerate(self._cells[:upto]):
            if index in self._guilty:
                continue
            if cell.kind == "test":
                await self._test_cell(index, cell)
                if self._examiner is None:
                    return
                continue
            try:
                await self._execute(cell, self._deadline())
            except Incident:
                self._guilty.add(index)
                raise

    async def _start_both(self) -> None:
        starting: list[asyncio.Task[Any]] = [asyncio.create_task(self._start_kernel())]
        if self._examines:
            starting.append(asyncio.create_task(self._begin_examiner()))
        try:
            await asyncio.wait(starting)
        finally:
            for task in starting:
                task.cancel()
            started = await asyncio.gather(*starting, return_exceptions=True)
            if not isinstance(started[0], BaseException):
                self._kernel = started[0]
                self._started += 1
            if self._examines and not isinstance(started[1], BaseException):
                self._examiner = started[1]
        for outcome in started:
            if isinstance(outcome, BaseException):
                raise outcome

    async def _begin_examiner(self) -> Frames:
        examiner = await self._start_examiner()
        request = self._job.request
        settings = {
            "imports": request.imports,
            "hidden": list(request.hidden),
            # So that the time of the learner's code is over first.
            "test_seconds": self._limits.cell_seconds + _EXAMINER_LATER,
        }
        deadline = self._clock() + _FILES_SECONDS
        try:
            if self._job.files:
                await self._with_examiner(examiner.ask(b"F", self._job.files), deadline)
            await self._with_examiner(examiner.ask(b"I", json.dumps(settings).encode()), deadline)
        except BaseException as error:
            examiner.close()
            if isinstance(error, TimeoutError):
                raise Lost("an examiner that did not begin") from error
            raise
        return examiner

    def _deadline(self) -> float:
        return min(self._clock() + self._limits.cell_seconds, self._over)

    def _note(self, incident: Incident) -> None:
        self._first = self._first or incident
        if incident.reason in (Reason.NOTEBOOK_TIME, Reason.CPU_TIME):
            self._finished = f"Not run: {incident}"

    async def _account(self) -> Usage:
        """Add what the present learner kernel has used; what that was."""
        used = await self._kernel.usage() if self._kernel is not None else Usage()
        before = self._used
        self._used = Usage(before.cpu_seconds + used.cpu_seconds, max(before.memory_bytes, used.memory_bytes))
        return used

    async def _stop(self) -> Usage:
        """End a learner kernel because of what the learner's code did; what it had used."""
        used = await self._account()
        if self._kernel is not None:
            self._ended += 1
        self._end_kernel()
        return used

    def _end_kernel(self) -> None:
        if self._kernel is not None:
            self._kernel.close()
            self._kernel = None

    def _end_both(self) -> None:
        self._end_kernel()
        if self._examiner is not None:
            self._examiner.close()
            self._examiner = None

    def _message(self, reason: Reason) -> str:
        limits = self._limits
        return {
            Reason.OUT_OF_MEMORY: f"The learner's code used more than {limits.memory // MIB} MB of memory.",
            Reason.CELL_TIME: f"The learner's code ran longer than {limits.cell_seconds:g} seconds in this cell.",
            Reason.NOTEBOOK_TIME: f"The notebook ran longer than {limits.notebook_seconds:g} seconds.",
            Reason.CPU_TIME: f"The learner's code used more than {limits.cpu_seconds:g} seconds of processor time.",
            Reason.OUTPUT: "The learner's code gave back more data than is taken.",
            Reason.EXITED: "The learner's code ended the kernel's program.",
        }[reason]


class _Relay:
    """Counts what one test cell asks of the learner kernel.

    Raises (:meth:`count`):
        Incident: it was too much. The kernel is still there.
    """

    def __init__(self, limits: Limits) -> None:
        self._operations = limits.operations
        self.left = limits.transfer

    def count(self, size: int, *, operations: int = 1) -> None:
        self._operations -= operations
        self.left -= size
        if self._operations < 0:
            raise Incident(Reason.OUTPUT, "The test asked more of the learner's code than is allowed in one test.")
        if self.left <= 0:
            raise Incident(Reason.OUTPUT, "The test and the learner's code exchanged more data than is allowed.")


async def _either(one: asyncio.Future[Any], other: asyncio.Future[Any], seconds: float) -> None:
    await asyncio.wait({one, other}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)


def _learner(status: str, message: str) -> dict[str, Any]:
    return {"kind": "learner", "status": status, "outputs": [], "execution_count": None, "message": message}


def _test(message: str) -> dict[str, Any]:
    return {"kind": "test", "status": "not-run", "value": None, "printed": "", "check": None, "message": message}


def _result(payload: bytes) -> dict[str, Any]:
    """What an examiner says of a test."""
    try:
        return {**_test(""), **outputs.loads(payload), "kind": "test"}
    except (ValueError, TypeError, RecursionError) as error:
        raise Lost("an examiner whose result cannot be read") from error
