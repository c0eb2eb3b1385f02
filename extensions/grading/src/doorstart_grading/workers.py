"""Several processes that work through a list; what the work is, is not known here.

A worker that is killed costs the item that it was at, and nothing else: another takes its place. When the run is
interrupted, so is what workers are at, by a ``KeyboardInterrupt``. When the process that started them is gone, they
end after what they are at.
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from typing import Any

_PATIENCE = 30
"""Seconds that a worker has to clear up after an interruption."""


@dataclass
class Lost:
    """Stands for the result of an item whose worker was killed."""

    signal: int
    """The signal; 0 if the worker ended by itself."""


@dataclass(eq=False)
class _Worker:
    process: ForkProcess
    connection: Connection
    item: str | None = None


def run(items: Sequence[str], work: Callable[[str], Any], count: int) -> Iterator[tuple[str, Any]]:
    """Do some work for each item, and yield each item and its result, or :class:`Lost`, as they are ready.

    Args:
        items: what to do.
        work: is called in a forked process, so it finds all that is imported and read already.
        count: most processes at once.

    Raises:
        KeyboardInterrupt: was raised here or sent to this process; all workers have ended.
    """
    waiting = deque(items)
    workers: list[_Worker] = []
    try:
        while waiting or any(worker.item for worker in workers):
            while waiting and len(workers) < min(count, len(items)):
                workers.append(_start(work, workers))
            for worker in workers:
                if waiting and worker.item is None:
                    worker.item = waiting.popleft()
                    with contextlib.suppress(BrokenPipeError):  # Seen below, as its end.
                        worker.connection.send(worker.item)
            ready = wait([worker.connection for worker in workers if worker.item])
            for worker in [worker for worker in workers if worker.connection in ready]:
                item, result = worker.item, _result(worker)
                worker.item = None
                if isinstance(result, Lost):
                    workers.remove(worker)
                yield str(item), result
    finally:
        _stop(workers)


def _result(worker: _Worker) -> Any:
    try:
        return worker.connection.recv()
    except (EOFError, OSError):
        worker.process.join(_PATIENCE)
        worker.connection.close()
        return Lost(max(0, -(worker.process.exitcode or 0)))


def _start(work: Callable[[str], Any], others: list[_Worker]) -> _Worker:
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe()
    inherited = [here, *(other.connection for other in others)]
    process = context.Process(target=_serve, args=(there, inherited, work), daemon=True)
    process.start()
    there.close()
    return _Worker(process, here)


def _serve(connection: Connection, inherited: list[Connection], work: Callable[[str], Any]) -> None:
    for other in inherited:
        # Or it would not be noticed that the other end is gone.
        other.close()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, _interrupt_once)
    with contextlib.suppress(KeyboardInterrupt, EOFError, BrokenPipeError):
        while True:
            connection.send(work(connection.recv()))


def _interrupt_once(*_: Any) -> None:
    # A terminal interrupts the whole group, and the first process then tells each worker: the second time, the worker
    # is clearing up.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What libraries would say of connections that are cut off, and Python of a callback in which this happens to be
    # raised. From there it goes no further: the worker ends its submission first, and then.
    logging.disable()
    sys.unraisablehook = lambda _: None
    raise KeyboardInterrupt


def _stop(workers: list[_Worker]) -> None:
    for worker in workers:
        if worker.item and worker.process.pid and worker.process.is_alive():
            os.kill(worker.process.pid, signal.SIGINT)
        else:
            worker.connection.close()
    for worker in workers:
        worker.process.join(_PATIENCE)
        if worker.process.is_alive():
            worker.process.kill()
            worker.process.join()
