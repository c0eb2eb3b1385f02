"""Which servers are started now, and which are kept: plain values in, plain values out.

Servers of a class start one after the other over the first part of the time before the bell, so that each has the
machine nearly to itself, and the last is ready when the learners come. None is started twice in a lesson: somebody who
ends the own server, or whose server does not start, is not in the way of the others; and a server that the learner
started counts as one that was started here. None is started for which the machine has no memory left.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from doorstart.timetable.lessons import Lesson, Timetable, moments, near

SPREAD = 0.8
"""Part of the time before the bell in which the starts are spread; the rest is for the last ones to come up."""
AT_ONCE = 2
"""Servers that may be starting at a time: a start uses about one processor."""


@dataclass(frozen=True)
class Learner:
    """Somebody who is in courses: ``state`` of the own server is ``stopped``, ``starting`` or ``running``."""

    username: str
    courses: frozenset[str]
    state: str = "stopped"


@dataclass(frozen=True)
class Room:
    """What the machine has left: bytes ``available``, what one server is expected to use, what stays free."""

    available: int
    server: int
    reserve: int

    def servers(self) -> int:
        """How many more servers it holds."""
        return max(0, (self.available - self.reserve) // self.server)


@dataclass(frozen=True)
class Plan:
    """What to do now.

    Attributes:
        start: Whose server is started, in this order, with the lesson's key for :func:`plan`'s ``begun``.
        keep: Whose running server counts as used.
        refused: Who would get a server now, had the machine room for it.
        had: Who has a server in a lesson that is going on, whoever asked for it; with the lesson's key, as ``start``.
    """

    start: tuple[tuple[str, str], ...]
    keep: tuple[str, ...]
    refused: tuple[str, ...]
    had: tuple[tuple[str, str], ...]


def key(lesson: Lesson, day: date) -> str:
    """What names one lesson on one day."""
    return f"{day.isoformat()} {lesson.begins.isoformat('minutes')} {lesson.course}"


def due(lesson: Lesson, day: date, now: datetime, ahead: timedelta, zone: ZoneInfo, learners: int) -> int:
    """How many of a class's servers should have been asked for by now."""
    begins, _ = moments(lesson, day, zone)
    gone = now.timestamp() - (begins.timestamp() - ahead.total_seconds())
    window = SPREAD * ahead.total_seconds()
    return learners if gone >= window else int(learners * gone / window) + 1


def plan(
    table: Timetable,
    people: Collection[Learner],
    begun: Mapping[str, Collection[str]],
    now: datetime,
    ahead: timedelta,
    zone: ZoneInfo,
    room: Room,
) -> Plan:
    """Decide once.

    Args:
        table: The timetable.
        people: All active learners.
        begun: Usernames for whom a server was asked before, or who had one, by the :func:`key` of the lesson.
        now: The time, with a zone.
        ahead: How long before the bell the first server starts.
        zone: The site's.
        room: The machine's memory.
    """
    starting = sum(one.state == "starting" for one in people)
    places = AT_ONCE - starting
    left = room.servers() - starting  # those that are starting have not taken their memory yet
    start: dict[str, str] = {}
    keep: dict[str, None] = {}
    refused: dict[str, None] = {}
    had: list[tuple[str, str]] = []
    for lesson, day in near(table, now, ahead, zone):
        name = key(lesson, day)
        members = sorted(_class(lesson, people), key=lambda one: one.username)
        keep |= {one.username: None for one in members if one.state == "running"}
        # Not before it begins: a server that is ended then may be one of the lesson before.
        if moments(lesson, day, zone)[0].timestamp() <= now.timestamp():
            had += [(one.username, name) for one in members if one.state != "stopped"]
        for one in members[: due(lesson, day, now, ahead, zone, len(members))]:
            if one.state != "stopped" or one.username in begun.get(name, ()) or one.username in start:
                continue
            if len(start) >= left:
                refused[one.username] = None
            elif len(start) < places:
                start[one.username] = name
    return Plan(tuple(start.items()), tuple(keep), tuple(refused), tuple(had))


def _class(lesson: Lesson, people: Collection[Learner]) -> list[Learner]:
    members = [one for one in people if lesson.course in one.courses]
    return [one for one in members if one.username in lesson.who] if lesson.who else members
