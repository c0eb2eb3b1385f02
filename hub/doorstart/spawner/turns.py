"""A turn for each server that starts: so many at a time, in the order in which they were asked for.

A start is a processor's work. Thirty that share two processors are all ready at the end, some not before the longest
wait is over; one after the other, half of a class works when the other half still waits, and nobody's start is slow.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

from doorstart.language.catalogue import Words
from doorstart.settings import settings

LONGEST_WAIT = 1800
"""Seconds after which the Hub gives up a start, the wait for a turn included. The start itself: ``start_timeout``."""


class Turns:
    """The line of those who wait for a turn."""

    def __init__(self, at_once: int) -> None:
        """An empty line.

        Args:
            at_once: How many have a turn at the same time.
        """
        self._free = asyncio.Semaphore(at_once)  # first come, first served
        self._line: list[object] = []

    @asynccontextmanager
    async def turn(self, who: object) -> AsyncIterator[None]:
        """Wait for a turn, and have it while the body runs.

        Args:
            who: Anything by which :meth:`told` knows who asks.
        """
        self._line.append(who)
        try:
            await self._free.acquire()
        finally:
            self._line.remove(who)
        try:
            yield
        finally:
            self._free.release()

    def told(self, who: object, words: Words) -> str:
        """What somebody who waits is told; ``""`` to who has a turn, or never asked for one.

        Args:
            who: As for :meth:`turn`.
            words: The person's language.
        """
        if who not in self._line:
            return ""
        before = self._line.index(who)
        if not before:
            return words.gettext("Many start at this moment. You are next.")
        return words.ngettext(
            "Many start at this moment. %(n)s person is before you.",
            "Many start at this moment. %(n)s people are before you.",
            before,
        )


@cache
def turns() -> Turns:
    """The line of this Hub, as the settings want it."""
    return Turns(settings().starts_at_once or (os.cpu_count() or 1) + 1)
