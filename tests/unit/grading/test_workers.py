"""Processes that work through a list."""

from __future__ import annotations

import os
import signal
import time

import pytest

from doorstart_grading import workers
from doorstart_grading.workers import Lost

pytestmark = pytest.mark.timeout(60)


def test_each_item_is_done_once_by_several_processes() -> None:
    items = [str(number) for number in range(30)]

    def work(item: str) -> tuple[str, int]:
        time.sleep(0.01)
        return item, os.getpid()

    found = list(workers.run(items, work, 3))
    assert sorted(item for item, _ in found) == sorted(items)
    assert all(result[0] == item for item, result in found)
    assert len({result[1] for _, result in found}) == 3


def test_a_killed_worker_costs_its_item_only() -> None:
    def work(item: str) -> str:
        if item == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if item == "exit":
            os._exit(3)
        return item.upper()

    found = dict(workers.run(["a", "kill", "b", "exit", "c"], work, 1))
    assert found == {"a": "A", "kill": Lost(9), "b": "B", "exit": Lost(0), "c": "C"}


def test_no_more_processes_than_items_and_none_for_nothing() -> None:
    assert list(workers.run([], lambda item: item, 4)) == []
    assert len({result for _, result in workers.run(["a"], lambda _: os.getpid(), 4)}) == 1


def test_when_the_caller_stops_workers_are_interrupted_and_gone(tmp_path) -> None:
    def work(item: str) -> str:
        if item == "fast":
            while not (tmp_path / "started").exists():
                time.sleep(0.01)
            return item
        (tmp_path / "started").write_text(str(os.getpid()))
        try:
            time.sleep(60)
        except KeyboardInterrupt:
            (tmp_path / "cleared").touch()
            raise
        return item

    results = workers.run(["slow", "fast"], work, 2)
    assert next(results) == ("fast", "fast")
    started = time.monotonic()
    results.close()
    assert time.monotonic() - started < 10
    assert (tmp_path / "cleared").exists()
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "started").read_text()), 0)
