"""The learner kernels of one notebook, one after the other: asked, watched while they work, and ended.

It enforces the limits of time, processor time and size. Which cell an incident costs is for the conductor.
"""

from __future__ import annotations

import asyncio
import signal
from typing import Any

from doorstart.sandbox.grading.frames import FrameError, TooLongError
from doorstart.sandbox.grading.incidents import Incident, Lost, Reason, message
from doorstart.sandbox.grading.kernels import Ended, LearnerKernel, Usage
from doorstart.sandbox.grading.limits import Limits

_GRACE = 2.0
"""Seconds that interrupted code has to give up."""
_LOOK_EVERY = 1.0
"""Seconds between two looks at the processor time used."""
_END_KNOWN = 3.0
"""Seconds for which to wait for how a kernel ended that has closed its channel."""
_LAST_WORDS = 0.1
"""Seconds for which a reply may still come from a kernel that has ended."""


class Watched:
    """The learner kernels of one notebook, of which there is one at a time, or none.

    Args:
        limits: what they may use together.
        over: when the notebook's time is over, by the event loop's clock.
    """

    def __init__(self, limits: Limits, over: float) -> None:
        self._limits = limits
        self._over = over
        self._clock = asyncio.get_running_loop().time
        self._look_at = self._clock() + _LOOK_EVERY
        self._kernel: LearnerKernel | None = None
        self.started = 0
        """How many there were."""
        self.ended = 0
        """How many had to be ended because of the learner's code."""
        self.used = Usage()
        """By those that are no more, and by the present one when :meth:`account` was called."""

    @property
    def there(self) -> bool:
        """Whether there is one."""
        return self._kernel is not None

    def take(self, kernel: LearnerKernel) -> None:
        """Have a new one, in place of the last, which has been closed."""
        self._kernel = kernel
        self.started += 1

    async def ask(self, kind: bytes, payload: bytes, most: int, deadline: float) -> bytes:
        """Ask the learner kernel, and watch it while it works.

        Args:
            kind: of the frame.
            payload: of the frame.
            most: bytes of the longest reply that is taken.
            deadline: when it is interrupted, by the event loop's clock.

        Raises:
            Incident: it was stopped, or ended.
            Lost: it ended without the learner's doing.
        """
        kernel = self._kernel
        if kernel is None:  # Something else of the same cell ended it.
            raise Incident(Reason.EXITED, message(Reason.EXITED, self._limits))
        asking = asyncio.create_task(kernel.frames.ask(kind, payload, most))
        try:
            while not asking.done():
                now = self._clock()
                if now >= self._look_at:
                    self._look_at = now + _LOOK_EVERY
                    used = await kernel.usage()
                    if self.used.cpu_seconds + used.cpu_seconds > self._limits.cpu_seconds:
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
            raise Incident(reason, message(reason, self._limits), asking.result())
        raise await self._stopped(reason)

    async def _stopped(self, reason: Reason) -> Incident:
        await self.stop()
        return Incident(reason, message(reason, self._limits))

    async def _find_end(self, kernel: LearnerKernel) -> Exception:
        """Why a kernel closed its channel: it has ended, and if it has not, it is ended now."""
        await asyncio.wait({kernel.ended}, timeout=_END_KNOWN)
        ended = kernel.ended.result() if kernel.ended.done() else Ended()
        if ended.lost:
            return Lost("what had started a learner kernel")
        used = await self.stop()
        hungry = used.out_of_memory and ended.signal == signal.SIGKILL
        reason = Reason.OUT_OF_MEMORY if hungry else Reason.EXITED
        return Incident(reason, message(reason, self._limits))

    async def account(self) -> Usage:
        """Add what the present learner kernel has used; what that was."""
        used = await self._kernel.usage() if self._kernel is not None else Usage()
        before = self.used
        self.used = Usage(before.cpu_seconds + used.cpu_seconds, max(before.memory_bytes, used.memory_bytes))
        return used

    async def stop(self) -> Usage:
        """End a learner kernel because of what the learner's code did; what it had used."""
        used = await self.account()
        if self._kernel is not None:
            self.ended += 1
        self.close()
        return used

    def close(self) -> None:
        """End the present one, if there is one. What it has used and is not accounted for is forgotten."""
        if self._kernel is not None:
            self._kernel.close()
            self._kernel = None


async def _either(one: asyncio.Future[Any], other: asyncio.Future[Any], seconds: float) -> None:
    await asyncio.wait({one, other}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
