"""Who is where: the exchange's list and the course's own facts, put together. Plain values in and out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from nbgrader.utils import parse_utc

from doorstart_course_page.facts import Agreed, Facts, Grade, Key, aware

State = Literal["new", "started", "submitted", "graded", "returned"]
Step = Literal["release", "collect", "grade", "by_hand", "look", "return"]
_NUMBER = re.compile(r"0*(\d+)[-_]")


@dataclass(frozen=True)
class Standing:
    """One learner and one unit; about the work that was handed in last."""

    learner: str
    name: str
    state: State
    due: datetime | None
    """The learner's own date, or else the unit's."""
    own_due: bool
    waived: bool
    submitted: datetime | None
    late: bool
    """Handed in after the date."""
    overdue: bool
    """The date is over, and nothing was handed in."""
    collected: bool
    grade: Grade | None
    """Of what was handed in last; None: not graded yet."""
    to_return: bool
    """Graded to the end, and the learner does not see it yet, or sees another score."""

    @property
    def to_look(self) -> bool:
        """Whether a person has to look at it, and then returns it alone: the Return of the unit leaves it out."""
        return self.to_return and self.grade is not None and self.grade.needs_person


@dataclass(frozen=True)
class Unit:
    """A unit and its learners."""

    assignment: str
    number: str
    """What learners call it by: the number at the beginning of its name, or else the name."""
    title: str
    minutes: int | None
    due: datetime | None
    open: bool
    """Whether learners can fetch it now."""
    standings: Sequence[Standing]

    def of(self, learner: str) -> Standing | None:
        """One learner's place in it."""
        return next((one for one in self.standings if one.learner == learner), None)

    @property
    def handed_in(self) -> int:
        """How many have handed it in."""
        return sum(one.submitted is not None for one in self.standings)

    @property
    def started(self) -> int:
        """How many have fetched it and handed nothing in."""
        return sum(one.state == "started" for one in self.standings)

    @property
    def late(self) -> int:
        """How many handed it in late."""
        return sum(one.late for one in self.standings)

    @property
    def to_collect(self) -> int:
        """How much work is in the exchange and not in the course."""
        return sum(one.submitted is not None and not one.collected for one in self.standings)

    @property
    def to_grade(self) -> int:
        """How much work was collected and waits for a grade."""
        return sum(one.collected and one.grade is None for one in self.standings)

    @property
    def by_hand(self) -> int:
        """How many wait for points of a person."""
        return sum(one.grade is not None and one.grade.by_hand for one in self.standings)

    @property
    def to_look(self) -> int:
        """How many could be told their score once a person has looked at the work."""
        return sum(one.to_look for one in self.standings)

    @property
    def to_return(self) -> int:
        """How many could be told their score."""
        return sum(one.to_return and not one.to_look for one in self.standings)

    @property
    def returned(self) -> int:
        """How many know their score."""
        return sum(one.state == "returned" for one in self.standings)

    @property
    def next(self) -> Step | None:
        """The next sensible step; None: nothing waits."""
        if not self.open and not self.handed_in:
            return "release"
        if self.to_collect:
            return "collect"
        if self.to_grade:
            return "grade"
        if self.to_return:
            return "return"
        if self.by_hand:
            return "by_hand"
        return "look" if self.to_look else None


@dataclass(frozen=True)
class Class:
    """A course as its instructor sees it."""

    title: str
    language: str
    """The course's own; empty: not known."""
    now: datetime
    learners: Mapping[str, str]
    """Names by username, in the order of the names."""
    units: Sequence[Unit]

    def unit(self, assignment: str) -> Unit | None:
        """One unit."""
        return next((one for one in self.units if one.assignment == assignment), None)


def put_together(progress: Mapping[str, Any], facts: Facts, names: Mapping[str, str]) -> Class:
    """The course.

    Args:
        progress: what the exchange says of it (``docs/exchange.md``).
        facts: what the course itself knows.
        names: display names of the learners who are enrolled, by username. Others are listed once they do something.
    """
    listed = {str(unit["assignment"]): unit for unit in progress["units"]}
    everybody = {**{str(one["learner"]): "" for unit in listed.values() for one in unit["learners"]}, **names}
    shown = {name: everybody[name] or name for name in everybody}
    learners = dict(sorted(shown.items(), key=lambda one: (one[1].casefold(), one[0])))
    now = _time(progress["now"])
    assert now is not None  # noqa: S101  # the exchange always says it
    units = []
    for assignment in sorted({*listed, *facts.titles}):
        unit = listed.get(assignment, {"learners": [], "open": False, "minutes": None, "title": "", "due": None})
        # The gradebook's date is the one that counts; where it knows nothing, the exchange's is all there is.
        due = facts.dues[assignment] if assignment in facts.dues else _time(unit["due"])
        rows = {str(one["learner"]): one for one in unit["learners"]}
        standings = [
            _standing(name, learners[name], (assignment, name), rows.get(name, {}), due, facts, now)
            for name in learners
        ]
        title = (
            str(unit["title"]) if unit["title"] not in ("", assignment) else facts.titles.get(assignment, assignment)
        )
        units.append(Unit(assignment, number_of(assignment), title, unit["minutes"], due, unit["open"], standings))
    language = str(progress["course"]).partition(".")[2]
    return Class(str(progress["title"]), language, now, learners, units)


def handed_in(progress: Mapping[str, Any]) -> dict[Key, datetime]:
    """When each learner handed in last, by what the exchange says of the course: also what was not collected yet."""
    rows = [(str(unit["assignment"]), one) for unit in progress["units"] for one in unit["learners"]]
    times = {(assignment, str(one["learner"])): _time(one["submitted"]) for assignment, one in rows}
    return {key: time for key, time in times.items() if time is not None}


def number_of(assignment: str) -> str:
    """``1`` of ``01-first-steps``; the name itself if it has no number."""
    match = _NUMBER.match(assignment)
    return match[1] if match else assignment


def _standing(
    learner: str,
    name: str,
    key: Key,
    row: Mapping[str, Any],
    unit_due: datetime | None,
    facts: Facts,
    now: datetime,
) -> Standing:
    agreed = facts.agreed.get(key, Agreed(None, False))
    due = agreed.due or unit_due
    submitted = _time(row.get("submitted"))
    collected = submitted is not None and facts.collected.get(key) == submitted
    found = facts.grades.get(key)
    grade = found if found is not None and submitted is not None and found.submitted == submitted else None
    returned = bool(row.get("returned"))
    told = row.get("score")
    changed = returned and grade is not None and told is not None and abs(grade.points - told) > 1e-6
    return Standing(
        learner=learner,
        name=name,
        state=_state(row, submitted, grade, returned),
        due=due,
        own_due=agreed.due is not None,
        waived=agreed.waived,
        submitted=submitted,
        late=bool(submitted and due and submitted > due),
        overdue=bool(submitted is None and due and now > due),
        collected=collected,
        grade=grade,
        to_return=bool(grade and not grade.by_hand and (not returned or changed)),
    )


def _state(row: Mapping[str, Any], submitted: datetime | None, grade: Grade | None, returned: bool) -> State:
    if submitted is None:
        return "started" if row.get("fetched") else "new"
    if returned:
        return "returned"
    return "graded" if grade is not None else "submitted"


def _time(text: str | None) -> datetime | None:
    return aware(parse_utc(text)) if text else None
