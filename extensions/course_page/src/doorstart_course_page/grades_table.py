"""The grades of a course as a table, learners by units. How it is shown is not its business.

A unit counts for a learner when it has a grade, or when nothing was handed in and the learner's time is over: then with
0 points. What waits for a grade, collected or not, or may still be handed in, does not count yet: no total falls by
waiting.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from doorstart_course_page.facts import Facts, Key

State = Literal["graded", "to check", "waiting", "open", "missing"]
"""``to check``: a part of the points is a person's to give. ``open``: not handed in, and there is time."""


@dataclass(frozen=True)
class Unit:
    """A column."""

    name: str
    maximum: float


@dataclass(frozen=True)
class Mark:
    """What one learner has for one unit."""

    state: State
    points: float | None = None
    """After what was taken off for being late; None without a grade."""
    taken_off: float = 0.0
    """Points that being late cost."""
    handed_in: datetime | None = None
    late: timedelta = timedelta()

    @property
    def counts(self) -> bool:
        """Whether it is a part of the total."""
        return self.state in ("graded", "missing")

    @property
    def days_late(self) -> int:
        """Days that were begun after the due date; 0 for in time."""
        return math.ceil(self.late / timedelta(days=1))


@dataclass(frozen=True)
class Row:
    """One learner."""

    learner: str
    name: str
    marks: tuple[Mark, ...]
    """In the order of the units."""
    points: float
    """Of all units that count."""
    maximum: float
    """Of the same units."""
    average: float | None
    """Mean of the shares of the points, each unit weighing the same, from 0 to 1; None if no unit counts."""

    @property
    def share(self) -> float | None:
        """Points by maximum, from 0 to 1; None if no unit counts."""
        return self.points / self.maximum if self.maximum else None


@dataclass(frozen=True)
class Grades:
    """The whole table."""

    units: tuple[Unit, ...]
    rows: tuple[Row, ...]

    @property
    def newest(self) -> datetime | None:
        """When the last of the work in it was handed in."""
        return max((mark.handed_in for row in self.rows for mark in row.marks if mark.handed_in), default=None)


def table_of(
    facts: Facts,
    handed_in: Mapping[Key, datetime],
    maxima: Mapping[str, float],
    names: Mapping[str, str],
    now: datetime,
) -> Grades:
    """The grades as they are.

    Args:
        facts: of the course.
        handed_in: when each learner handed in last, as the exchange knows it.
        maxima: the most points of each unit that the gradebook has.
        names: display names by username, of all who are in the course; who handed something in comes along.
        now: with its zone.
    """
    units = tuple(Unit(name, maximum) for name, maximum in sorted(maxima.items()))
    known = {*facts.grades, *facts.collected, *handed_in}
    learners = {learner for unit, learner in known if unit in maxima} | names.keys()
    rows = []
    for learner in sorted(learners, key=lambda one: (names.get(one, one).casefold(), one)):
        marks = tuple(_mark(facts, handed_in, (unit.name, learner), now) for unit in units)
        rows.append(_row(learner, names.get(learner, learner), marks, units))
    return Grades(units, tuple(rows))


def _mark(facts: Facts, handed_in: Mapping[Key, datetime], key: Key, now: datetime) -> Mark:
    agreed = facts.agreed.get(key)
    due = (agreed.due if agreed else None) or facts.dues.get(key[0])
    grade = facts.grades.get(key)
    last = max((time for time in (handed_in.get(key), facts.collected.get(key)) if time), default=None)
    at = last or (grade.submitted if grade else None)
    late = max(timedelta(), at - due) if at and due else timedelta()
    if grade is None or (last and grade.submitted != last):
        if last or key in facts.collected:
            return Mark("waiting", handed_in=at, late=late)
        return Mark("missing", 0.0) if due and due < now else Mark("open")
    state: State = "to check" if grade.by_hand else "graded"
    return Mark(state, max(0.0, grade.points), grade.penalty, at, late)


def _row(learner: str, name: str, marks: tuple[Mark, ...], units: tuple[Unit, ...]) -> Row:
    counted = [(mark.points or 0.0, unit.maximum) for mark, unit in zip(marks, units, strict=True) if mark.counts]
    shares = [points / maximum for points, maximum in counted if maximum]
    return Row(
        learner,
        name,
        marks,
        math.fsum(points for points, _ in counted),
        math.fsum(maximum for _, maximum in counted),
        math.fsum(shares) / len(shares) if shares else None,
    )
