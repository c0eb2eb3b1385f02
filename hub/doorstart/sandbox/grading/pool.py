"""Containers for learner kernels: started ahead while grading goes on, used once, removed in the background."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass

from docker.errors import DockerException

from doorstart.settings import Settings

_STARTING_AT_ONCE = 2
"""More only make each other slower: starting one is all processor time."""

log = logging.getLogger("doorstart.sandbox")


@dataclass(frozen=True)
class Container:
    """A running container in which nothing has run yet."""

    id: str
    process: int
    """The process id of its first process, on the machine."""
    sockets: str = ""
    """The name of its socket folder, if it has one."""


class Pool:
    """Unused containers of a site.

    Args:
        settings: the site's settings.
        start: starts a container; called in a thread, as the next one.
        remove: removes a container.
    """

    def __init__(self, settings: Settings, start: Callable[[], Container], remove: Callable[[Container], None]) -> None:
        self._settings = settings
        self._start = start
        self._remove_one = remove
        self._ready: deque[Container] = deque()
        self._waiting: deque[asyncio.Future[Container]] = deque()
        self._making = 0
        self._starts = asyncio.Semaphore(_STARTING_AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self._used = 0.0

    async def take(self) -> Container:
        """A container in which nothing has run. Whoever takes it gives it back with :meth:`discard`.

        Raises:
            docker.errors.DockerException: the engine does not start one.
            OSError: it does not answer.
        """
        if self._ready:
            container = self._ready.popleft()
            self.fill()
            return container
        waiting: asyncio.Future[Container] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        self.fill()
        try:
            return await waiting
        except asyncio.CancelledError:
            if waiting.done() and not waiting.cancelled() and waiting.exception() is None:
                self.discard(waiting.result())
            raise

    def fill(self) -> None:
        """Begin to start what is missing: a container is going to be taken, or has been."""
        self._used = time.monotonic()
        wanted = self._settings.grading_pool + sum(not waiting.done() for waiting in self._waiting)
        while self._making + len(self._ready) < wanted:
            self._making += 1
            self._begin(self._make())

    def discard(self, container: Container) -> None:
        """Remove a container, in the background."""
        self._begin(self._remove(container))

    async def rest(self) -> None:
        """Remove the containers that are kept ready if none was asked for in a while; called now and then."""
        if time.monotonic() - self._used > self._settings.grading_pool_idle:
            while self._ready:
                self.discard(self._ready.popleft())

    async def close(self) -> None:
        """Remove all that are ready, and wait until all that were used are removed."""
        self._used = 0.0
        while self._ready:
            self.discard(self._ready.popleft())
        for waiting in self._waiting:
            waiting.cancel()
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _make(self) -> None:
        try:
            async with self._starts:
                container = await asyncio.to_thread(self._start)
        except Exception as error:
            log.error("A container for a learner kernel did not start: %s", error)
            waiting = next((one for one in self._waiting if not one.done()), None)
            if waiting is not None:
                waiting.set_exception(error)
            return
        finally:
            self._making -= 1
        while self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.done():
                waiting.set_result(container)
                return
        unused = time.monotonic() - self._used > self._settings.grading_pool_idle
        if unused or len(self._ready) >= self._settings.grading_pool:  # Who waited for it may have left.
            self.discard(container)
        else:
            self._ready.append(container)

    async def _remove(self, container: Container) -> None:
        for _ in range(3):
            with contextlib.suppress(DockerException, OSError):
                await asyncio.to_thread(self._remove_one, container)
                return
            await asyncio.sleep(1)
        log.error("The container %s of a learner kernel could not be removed", container.id)

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
