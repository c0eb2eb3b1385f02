"""Turns: so many at a time, first come first served, and what who waits is told."""

from __future__ import annotations

import asyncio

import pytest

from doorstart.language.catalogue import of
from doorstart.spawner.turns import Turns

ENGLISH = of("en")


class Class:
    """People who ask for a turn and keep it until they are let go."""

    def __init__(self, turns: Turns) -> None:
        self.turns = turns
        self.began: list[str] = []
        self.go: dict[str, asyncio.Event] = {}

    async def start(self, who: str) -> None:
        """A start that takes until it is let go."""
        self.go[who] = asyncio.Event()
        async with self.turns.turn(who):
            self.began.append(who)
            await self.go[who].wait()


async def settle() -> None:
    """Let everything run that can."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_so_many_have_a_turn_and_the_others_come_in_their_order() -> None:
    school = Class(Turns(2))
    tasks = [asyncio.create_task(school.start(who)) for who in "abcde"]
    await settle()
    assert school.began == ["a", "b"]
    school.go["b"].set()
    await settle()
    assert school.began == ["a", "b", "c"]
    for who in "acde":
        school.go[who].set()
        await settle()
    await asyncio.gather(*tasks)
    assert school.began == ["a", "b", "c", "d", "e"]


async def test_who_waits_is_told_how_many_are_before() -> None:
    turns = Turns(1)
    school = Class(turns)
    tasks = [asyncio.create_task(school.start(who)) for who in "abcd"]
    await settle()
    told = [turns.told(who, ENGLISH) for who in "abcd"]
    assert told == [
        "",
        "Many start at this moment. You are next.",
        "Many start at this moment. 1 person is before you.",
        "Many start at this moment. 2 people are before you.",
    ]
    for who in "abcd":
        school.go[who].set()
        await settle()
    await asyncio.gather(*tasks)
    assert [turns.told(who, ENGLISH) for who in "abcd"] == [""] * 4


async def test_a_start_that_fails_gives_its_turn_on() -> None:
    turns = Turns(1)
    with pytest.raises(RuntimeError):
        async with turns.turn("a"):
            raise RuntimeError
    async with asyncio.timeout(1), turns.turn("b"):
        pass


async def test_who_goes_away_while_waiting_leaves_the_line() -> None:
    turns = Turns(1)
    school = Class(turns)
    tasks = [asyncio.create_task(school.start(who)) for who in "abc"]
    await settle()
    tasks[1].cancel()
    await settle()
    assert turns.told("c", ENGLISH) == "Many start at this moment. You are next."
    school.go["a"].set()
    await settle()
    assert school.began == ["a", "c"]
    school.go["c"].set()
    await asyncio.gather(tasks[0], tasks[2])
