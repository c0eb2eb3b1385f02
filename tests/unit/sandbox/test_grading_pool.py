"""The pool of unused containers, with a fake engine."""

from __future__ import annotations

import asyncio
import itertools
import threading
import time
from typing import Any

import pytest
from docker.errors import DockerException
from requests.exceptions import ReadTimeout

from doorstart.sandbox.grading import pool as module
from doorstart.sandbox.grading.pool import Container, Pool
from doorstart.settings import Settings


class FakeEngine:
    """Counts containers."""

    def __init__(self) -> None:
        self.here: set[str] = set()
        self.started: list[str] = []
        self.broken = False
        self._numbers = itertools.count()
        self._lock = threading.Lock()

    def start(self) -> Container:
        time.sleep(0.02)
        with self._lock:
            if self.broken:
                raise DockerException("broken")
            container = f"c{next(self._numbers)}"
            self.here.add(container)
            self.started.append(container)
        return Container(container, 1)

    def remove(self, container: Container) -> None:
        self.here.discard(container.id)


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


def make(engine: FakeEngine, **settings: Any) -> Pool:
    """A pool of two."""
    chosen = Settings(_env_file=None, **{"grading_pool": 2, **settings})
    return Pool(chosen, engine.start, engine.remove)


async def settle(pool: Pool) -> None:
    """Wait for what goes on in the background."""
    while pool._tasks:
        await asyncio.gather(*pool._tasks)


async def test_each_is_given_once_and_the_next_are_ready(engine: FakeEngine) -> None:
    pool = make(engine)
    taken = [(await pool.take()).id for _ in range(6)]
    assert len(set(taken)) == 6
    await settle(pool)
    assert len(engine.here - set(taken)) == 2
    await pool.close()


async def test_many_at_once_and_nothing_is_left_at_the_end(engine: FakeEngine) -> None:
    pool = make(engine)
    taken = await asyncio.gather(*(pool.take() for _ in range(9)))
    assert len({one.id for one in taken}) == 9
    for one in taken:
        pool.discard(one)
    await pool.close()
    assert engine.here == set()


async def test_who_gives_up_waiting_loses_none(engine: FakeEngine) -> None:
    pool = make(engine, grading_pool=0)
    waiting = [asyncio.create_task(pool.take()) for _ in range(4)]
    await asyncio.sleep(0.03)
    for one in waiting[:3]:
        one.cancel()
    last = await waiting[3]
    pool.discard(last)
    for one in waiting[:3]:
        if not one.cancelled() and one.done():
            pool.discard(one.result())
    await settle(pool)
    await pool.close()
    assert engine.here == set()


async def test_what_was_started_for_who_left_is_not_kept(engine: FakeEngine) -> None:
    pool = make(engine, grading_pool=0)
    waiting = asyncio.create_task(pool.take())
    await asyncio.sleep(0.005)
    waiting.cancel()
    await settle(pool)
    assert len(engine.started) == 1
    assert engine.here == set()


async def test_an_engine_that_refuses_is_told_and_asked_again(engine: FakeEngine) -> None:
    pool = make(engine)
    engine.broken = True
    with pytest.raises(DockerException):
        await pool.take()
    await settle(pool)
    engine.broken = False
    assert (await pool.take()).id in engine.here
    await pool.close()


async def test_a_quiet_pool_empties(engine: FakeEngine) -> None:
    pool = make(engine, grading_pool_idle=1)
    taken = await pool.take()
    await settle(pool)
    await pool.rest()
    assert len(engine.here) == 3
    pool._used -= 2
    await pool.rest()
    await settle(pool)
    assert engine.here == {taken.id}


@pytest.mark.parametrize("error", [DockerException("not now"), ReadTimeout("no answer")])
async def test_a_removal_that_fails_is_tried_again(
    engine: FakeEngine, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def at_once(_: float) -> None:
        return

    pool = make(engine, grading_pool=0)
    taken = await pool.take()
    errors, remove = [error], pool._remove_one

    def fails_once(container: Container) -> None:
        if errors:
            raise errors.pop()
        remove(container)

    monkeypatch.setattr(pool, "_remove_one", fails_once)
    monkeypatch.setattr(module.asyncio, "sleep", at_once)
    pool.discard(taken)
    await settle(pool)
    assert engine.here == set()
