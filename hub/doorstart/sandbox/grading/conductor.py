"""Carries out one job: runs the cells in order, the learner's in learner kernels and the tests in an examiner.

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
from collections.abc import Callable, Coroutine
from typing import Any

from doorstart.sandbox.grading import entries, outputs
from doorstart.sandbox.grading.examining import begin, examine
from doorstart.sandbox.grading.frames import MAX_FRAME, Frames
from doorstart.sandbox.grading.incidents import Failed, Incident, Lost, Reason, message
from doorstart.sandbox.grading.job import Cell, Job
from doorstart.sandbox.grading.kernels import LearnerKernel, StartError
from doorstart.sandbox.grading.limits import FILES_SECONDS, Limits
from doorstart.sandbox.grading.watched import Watched
from doorstart.sandbox.said import said

_REPLY_OVERHEAD = 256 * 1024
_TRIES = 3
"""How often something is tried that fails without the learner's doing."""
log = logging.getLogger("doorstart.sandbox")


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
        self._learner = Watched(limits, self._over)
        self._examiner: Frames | None = None
        self._guilty: set[int] = set()
        """The cells in which a learner kernel was ended, or had to be interrupted: they are not run again."""
        self._first: Incident | None = None
        self._finished = ""
        """Why no further cell is run."""
        self._output_left = limits.output

    async def run(self) -> dict[str, Any]:
        """The answer.

        Raises:
            Failed: what it needs does not start, or goes again and again.
        """
        try:
            cells = [await self._cell(index, cell) for index, cell in enumerate(self._cells)]
            await self._learner.account()
        finally:
            self._end_both()
        first = self._first
        return {
            "version": 1,
            "cells": cells,
            "kernel": {
                "ended": first.reason if first else None,
                "message": str(first) if first else "",
                "restarts": max(0, self._learner.started - 1),
            },
            "usage": {
                "cpu_seconds": round(self._learner.used.cpu_seconds, 3),
                "wall_seconds": round(self._clock() - self._begun, 3),
                "memory_bytes": self._learner.used.memory_bytes,
            },
        }

    async def _cell(self, index: int, cell: Cell) -> dict[str, Any]:
        tries = 0
        while True:
            if not self._finished and self._clock() >= self._over:
                self._note(Incident(Reason.NOTEBOOK_TIME, message(Reason.NOTEBOOK_TIME, self._limits)))
            if self._finished:
                if cell.kind == "test":
                    return entries.test(self._finished)
                return entries.learner("not-run", self._finished)
            try:
                if await self._ready(index):
                    return await self._run(index, cell)
            except (Lost, StartError) as error:
                tries += 1
                log.warning("Something went, or did not start, while a notebook was graded: %s", error)
                self._end_both()
                if tries == _TRIES:
                    raise Failed(
                        said(
                            "What grading needs did not start, or ended. Try again in a minute, then ask the admin: "
                            "the sandbox's log says more."
                        )
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
                shown = self._outcome(outputs.read(incident.reply)) if incident.reply else entries.learner(status, "")
                return {**shown, "status": status, "message": str(incident)}
        except outputs.ReplyError:
            # The learner's code has taken over the channel: this kernel is of no more use.
            disturbed = Incident(Reason.EXITED, said("The cell disturbed the kernel's program, which had to be ended."))
            self._guilty.add(index)
            await self._learner.stop()
            self._note(disturbed)
            return entries.learner("ended", str(disturbed))

    def _outcome(self, reply: outputs.Reply) -> dict[str, Any]:
        shown = reply.as_json()
        self._output_left = max(0, self._output_left - len(json.dumps(shown)))
        return {
            "kind": "learner",
            "status": reply.status,
            "outputs": shown,
            "execution_count": reply.execution_count,
            "message": said("The cell's output was longer than is kept, and was cut.") if reply.truncated else "",
        }

    async def _test_cell(self, index: int, cell: Cell) -> dict[str, Any]:
        examiner = self._examiner
        assert examiner is not None  # noqa: S101  made ready before
        result, gone = await examine(examiner, self._learner, cell.source, self._limits, self._deadline())
        return await self._judge(index, result, gone)

    async def _judge(self, index: int, result: dict[str, Any], gone: Incident | None) -> dict[str, Any]:
        """The result of a test. One in which the learner's code was stopped is not passed, and its examiner is done."""
        useless = result.pop("gone", None)
        if gone is None and useless:
            text = said("The learner's code gave back something that cannot be checked. Its program was ended.")
            gone = Incident(Reason.EXITED, text)
        if gone is not None:
            self._guilty.add(index)
            self._note(gone)
            await self._learner.stop()
            self._end_both()
            result["message"] = result["message"] or str(gone)
            if result["status"] == "passed":
                result |= {"status": "failed", "value": None, "message": str(gone)}
        return result

    async def _execute(self, cell: Cell, deadline: float) -> bytes:
        most = min(self._limits.cell_output, self._output_left)
        request = json.dumps({"source": cell.source, "output_bytes": most}).encode()
        # In JSON one byte of text may take six.
        return await self._learner.ask(b"X", request, min(6 * most + _REPLY_OVERHEAD, MAX_FRAME - 1), deadline)

    async def _ready(self, upto: int) -> bool:
        """See that there are a learner kernel and an examiner that have run the cells before this one.

        Returns:
            Whether there are; if not, no further cell can be run.
        """
        while not self._finished and (not self._learner.there or (self._examiner is None and self._examines)):
            self._end_both()
            if self._learner.ended > self._limits.restarts:
                self._finished = said(
                    "Not run: the learner's code had ended %(n)s kernels before. %(why)s",
                    n=self._learner.ended,
                    why=self._first,
                )
                break
            try:
                await self._start_both()
                if self._job.files:
                    await self._learner.ask(b"F", self._job.files, _REPLY_OVERHEAD, self._clock() + FILES_SECONDS)
                await self._replay(upto)
            except Incident as incident:
                self._note(incident)
                await self._learner.stop()
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
            starting.append(asyncio.create_task(begin(self._start_examiner, self._job, self._limits)))
        try:
            await asyncio.wait(starting)
        finally:
            for task in starting:
                task.cancel()
            started = await asyncio.gather(*starting, return_exceptions=True)
            if not isinstance(started[0], BaseException):
                self._learner.take(started[0])
            if self._examines and not isinstance(started[1], BaseException):
                self._examiner = started[1]
        for outcome in started:
            if isinstance(outcome, BaseException):
                raise outcome

    def _deadline(self) -> float:
        return min(self._clock() + self._limits.cell_seconds, self._over)

    def _note(self, incident: Incident) -> None:
        self._first = self._first or incident
        if incident.reason in (Reason.NOTEBOOK_TIME, Reason.CPU_TIME):
            self._finished = said("Not run: %(why)s", why=incident)

    def _end_both(self) -> None:
        self._learner.close()
        if self._examiner is not None:
            self._examiner.close()
            self._examiner = None
