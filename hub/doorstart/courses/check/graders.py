"""Several notebooks graded at once, on all processors of this machine."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from queue import SimpleQueue
from typing import Any, Self

from doorstart_examiner.local import Nursery


class Graders:
    """As many nurseries as there are processors. A context manager.

    Args:
        count: how many; by default one for each processor.
        tick: told after each notebook.
    """

    def __init__(self, count: int = 0, tick: Callable[[], None] = lambda: None) -> None:
        self._count = count or len(os.sched_getaffinity(0))
        self._tick = tick
        self._free: SimpleQueue[Nursery] = SimpleQueue()
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        for _ in range(self._count):
            self._free.put(self._stack.enter_context(Nursery()))
        self._threads = self._stack.enter_context(ThreadPoolExecutor(self._count))
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def __call__(self, jobs: Sequence[tuple[dict[str, Any], Mapping[str, bytes]]]) -> list[dict[str, Any]]:
        """The answers to these jobs, in their order."""
        return list(self._threads.map(self._grade, jobs))

    def _grade(self, job: tuple[dict[str, Any], Mapping[str, bytes]]) -> dict[str, Any]:
        nursery = self._free.get()
        try:
            return nursery.grade(*job)
        finally:
            self._free.put(nursery)
            self._tick()
