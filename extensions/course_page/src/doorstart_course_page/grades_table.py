"""The grades of a course as a table, learners by units, out of the gradebook. How they are shown is not its business.

A unit counts for a learner when it has a grade, or when nothing was handed in and the learner's time is over: then with
0 points. What waits for a grade, or may still be handed in, does not count yet, so a total never falls by waiting.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from nbgrader.api import Assignment, Gradebook, Student, SubmittedAssignment, SubmittedNotebook
from sqlalchemy.orm import selectinload

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


def read_grades(
    gradebook: Gradebook,
    names: Mapping[str, str],
    collected: Mapping[str, Collection[str]],
    now: datetime | None = None,
) -> Grades:
    """The grades as they are.

    Args:
        gradebook: of the course.
        names: display names by username, of all who are in the course now; who is only in the gradebook comes along.
        collected: of each unit, who has a submission in the course's folder, graded or not.
        now: with its zone; by default, the time.
    """
    moment = (now or datetime.now(UTC)).astimezone(UTC).replace(tzinfo=None)
    assignments = sorted(gradebook.db.query(Assignment), key=lambda one: str(one.name))
    units = tuple(Unit(str(one.name), float(one.max_score or 0)) for one in assignments)
    submissions = {(str(one.student_id), str(one.name)): one for one in _submissions(gradebook)}
    learners = {str(one.id) for one in gradebook.db.query(Student)} | names.keys()
    rows = []
    for learner in sorted(learners, key=lambda one: (names.get(one, one).casefold(), one)):
        marks = tuple(
            _mark(one, submissions.get((learner, str(one.name))), learner in collected.get(str(one.name), ()), moment)
            for one in assignments
        )
        rows.append(_row(learner, names.get(learner, learner), marks, units))
    return Grades(units, tuple(rows))


def _submissions(gradebook: Gradebook) -> Any:
    grades = selectinload(SubmittedAssignment.notebooks).selectinload(SubmittedNotebook.grades)
    return gradebook.db.query(SubmittedAssignment).options(grades)


def _mark(assignment: Any, submission: Any, collected: bool, now: datetime) -> Mark:
    # An entry in the gradebook may be there for an extension only.
    if not (collected or (submission is not None and (submission.timestamp or _scored(submission)))):
        due = _due(assignment, submission)
        return Mark("missing", 0.0) if due and due < now else Mark("open")
    if submission is None:
        return Mark("waiting")
    handed_in, due = submission.timestamp, _due(assignment, submission)
    late = max(timedelta(), handed_in - due) if handed_in and due else timedelta()
    at = handed_in.replace(tzinfo=UTC) if handed_in else None
    grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
    if all(grade.auto_score is None and grade.manual_score is None for grade in grades):
        return Mark("waiting", None, 0.0, at, late)
    taken_off = float(submission.late_submission_penalty or 0.0)
    points = max(0.0, float(submission.score or 0.0) - taken_off)
    state: State = "to check" if any(grade.needs_manual_grade for grade in grades) else "graded"
    return Mark(state, points, taken_off, at, late)


def _due(assignment: Any, submission: Any) -> datetime | None:
    """The learner's own due date. nbgrader's property fails where there is an extension and nothing to extend."""
    due: datetime | None = assignment.duedate
    extension = None if submission is None else submission.extension
    return due + extension if due and extension else due


def _scored(submission: Any) -> bool:
    """Whether a person gave points, say for work on paper."""
    return any(grade.manual_score is not None for notebook in submission.notebooks for grade in notebook.grades)


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
