"""One examiner: how it begins, and one test cell, of which it asks the learner kernel what it needs to know.

It does not know what is asked and answered; it counts.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from doorstart.sandbox.grading import entries
from doorstart.sandbox.grading.frames import MAX_FRAME, FrameError, Frames
from doorstart.sandbox.grading.incidents import Incident, Lost, Reason
from doorstart.sandbox.grading.job import Job
from doorstart.sandbox.grading.limits import FILES_SECONDS, Limits
from doorstart.sandbox.grading.watched import Watched
from doorstart.sandbox.said import said

T = TypeVar("T")

_EXAMINER_GRACE = 10.0
"""Seconds for which an examiner that should have finished by itself is waited for."""
_EXAMINER_LATER = 2.0


async def begin(start: Callable[[], Coroutine[Any, Any, Frames]], job: Job, limits: Limits) -> Frames:
    """Start an examiner and tell it what it has to know of the notebook.

    Raises:
        Lost: it does not begin.
        StartError: it does not start.
    """
    examiner = await start()
    settings = {
        "imports": job.request.imports,
        "hidden": list(job.request.hidden),
        # So that the time of the learner's code is over first.
        "test_seconds": limits.cell_seconds + _EXAMINER_LATER,
    }
    deadline = asyncio.get_running_loop().time() + FILES_SECONDS
    try:
        if job.files:
            await _step(examiner.ask(b"F", job.files), deadline)
        await _step(examiner.ask(b"I", json.dumps(settings).encode()), deadline)
    except BaseException as error:
        examiner.close()
        if isinstance(error, TimeoutError):
            raise Lost("an examiner that did not begin") from error
        raise
    return examiner


async def examine(
    examiner: Frames, learner: Watched, source: str, limits: Limits, deadline: float
) -> tuple[dict[str, Any], Incident | None]:
    """Run one test cell.

    Args:
        examiner: begun, and with all earlier tests run.
        learner: the learner kernel, with all earlier cells run.
        source: of the test cell.
        limits: what it may use.
        deadline: when it is too late, by the event loop's clock.

    Returns:
        The answer's entry as the examiner gives it, and what the learner's code was stopped for; None if it was not.

    Raises:
        Lost: the examiner or the learner kernel ended without the learner's doing.
    """
    relay = _Relay(limits)
    gone: Incident | None = None
    try:
        await _step(examiner.send(b"T", json.dumps({"source": source}).encode()), deadline)
        while True:
            kind, payload = await _step(examiner.receive(), deadline)
            if kind == b"R":
                return entries.result(payload), gone
            if kind != b"K":
                raise Lost(f"an examiner sent {kind!r}")
            if gone is None:
                try:
                    relay.count(len(payload))
                    reply = await learner.ask(b"K", payload, min(relay.left, MAX_FRAME - 1), deadline)
                    relay.count(len(reply), operations=0)
                    await _step(examiner.send(b"K", reply), deadline)
                    continue
                except Incident as incident:
                    gone = incident
            report = {"reason": gone.reason, "message": str(gone)}
            await _step(examiner.send(b"D", json.dumps(report).encode()), deadline)
    except TimeoutError:
        text = said("The test did not end within %(seconds)s seconds.", seconds=f"{limits.cell_seconds:g}")
        late = Incident(Reason.CELL_TIME, text)
        result = {**entries.test(""), "status": "failed" if gone else "error"}
        return result, gone or late


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
            text = said("The test asked more of the learner's code than is allowed in one test.")
            raise Incident(Reason.OUTPUT, text)
        if self.left <= 0:
            text = said("The test and the learner's code exchanged more data than is allowed.")
            raise Incident(Reason.OUTPUT, text)


async def _step(step: Awaitable[T], deadline: float) -> T:
    """One step with the examiner, which ends a test by itself in time, or does not.

    Raises:
        TimeoutError: it did not.
        Lost: it has ended.
    """
    try:
        async with asyncio.timeout(max(0.0, deadline - asyncio.get_running_loop().time()) + _EXAMINER_GRACE):
            return await step
    except FrameError as error:
        raise Lost(f"an examiner: {error}") from error
