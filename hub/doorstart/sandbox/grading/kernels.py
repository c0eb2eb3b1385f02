"""A learner kernel as the conductor knows it, however it was started."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Protocol

from doorstart.sandbox.grading.frames import Frames


class StartError(RuntimeError):
    """A learner kernel could not be started, which is not the learner's doing; the message is for the log."""


@dataclass(frozen=True)
class Usage:
    """What the container of a learner kernel has used."""

    cpu_seconds: float = 0.0
    memory_bytes: int = 0
    """The most at any time."""
    out_of_memory: int = 0
    """How many of its processes were killed for want of memory."""


@dataclass(frozen=True)
class Ended:
    """How a learner kernel's process ended."""

    signal: int | None = None
    code: int | None = None
    lost: bool = False
    """It is not known, because what it was started by has ended: not the learner's doing."""


class LearnerKernel(Protocol):
    """A process in a container of its own, which serves a channel."""

    frames: Frames
    ended: asyncio.Future[Ended]

    async def interrupt(self) -> None:
        """Interrupt what it executes, as Ctrl+C does; nothing happens if it has ended."""

    async def usage(self) -> Usage:
        """What it has used until now; what was known last if it has ended."""

    def close(self) -> None:
        """End it and all that it has started, and remove its container in the background."""
