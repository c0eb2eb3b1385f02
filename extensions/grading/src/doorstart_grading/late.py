"""Late work: dates of single learners, what late work costs, and the points that are taken off for it.

A course has one rule, and learners may have a date of their own or be let off. All of it is in the gradebook, beside
nbgrader's own tables. nbgrader knows an *extension* of a submission, which is there only after the work was graded, and
a plugin for penalties, which is asked once, while a notebook is graded, and is told neither the unit nor the most
points. A person may give points, a date or a waiver later; so :func:`settle` works out both fields of nbgrader
(``extension``, ``late_submission_penalty``) anew whenever something may have changed them.

Lateness is what the exchange's receipt says against the learner's own date; no browser's or learner's clock has a part
in it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Base, Gradebook, MissingEntry, SubmittedAssignment
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy import Boolean, Column, DateTime, Float, Integer, String

from doorstart_grading import grader
from doorstart_grading.gradebook import now

DAY = 86_400
"""Seconds."""
KINDS = ("none", "points", "zero")


class LateRuleRow(Base):
    """The course's rule, in the only row; none: late work costs nothing."""

    __tablename__ = "doorstart_late_rule"

    id = Column(Integer, primary_key=True)
    kind = Column(String(8), nullable=False)
    points = Column(Float)
    days = Column(Integer)


class Agreement(Base):
    """What was agreed with one learner about one unit."""

    __tablename__ = "doorstart_agreement"

    student = Column(String(128), primary_key=True)
    assignment = Column(String(128), primary_key=True)
    due = Column(DateTime)
    """The learner's own date, UTC; None: the unit's."""
    waived = Column(Boolean, nullable=False, default=False)
    """Whether nothing is taken off, however late it is."""
    by = Column(String(256), nullable=False)
    at = Column(DateTime, nullable=False)


@dataclass(frozen=True)
class Rule:
    """What late work costs: ``none``; ``points`` for each day that was begun; all of it (``zero``) after ``days``."""

    kind: str = "none"
    points: float = 0.0
    days: int = 0


def penalty(rule: Rule, points: float, seconds: float, share: float = 1.0) -> float:
    """The points to take off.

    Args:
        rule: of the course.
        points: that the work has.
        seconds: that it is late; 0 or less: in time.
        share: of the unit, where it has several notebooks.
    """
    if seconds <= 0 or rule.kind == "none":
        return 0.0
    if rule.kind == "zero":
        return points if seconds > rule.days * DAY else 0.0
    return min(points, rule.points * math.ceil(seconds / DAY) * share)


def read_rule(gradebook: Gradebook) -> Rule:
    """The course's rule."""
    row = gradebook.db.get(LateRuleRow, 1)
    return Rule(row.kind, row.points or 0.0, row.days or 0) if row else Rule()


def set_rule(gradebook: Gradebook, rule: Rule) -> None:
    """Change the course's rule, and what it takes off everywhere.

    Raises:
        ValueError: the rule is none.
    """
    if rule.kind not in KINDS or rule.points < 0 or rule.days < 0:
        raise ValueError(f"{rule} is no rule for late work")
    gradebook.db.merge(
        LateRuleRow(
            id=1,
            kind=rule.kind,
            points=rule.points if rule.kind == "points" else None,
            days=rule.days if rule.kind == "zero" else None,
        )
    )
    gradebook.db.commit()
    settle(gradebook)


def agreements(gradebook: Gradebook, assignment: str | None = None) -> dict[tuple[str, str], Agreement]:
    """What was agreed, by unit and learner."""
    query = gradebook.db.query(Agreement)
    if assignment is not None:
        query = query.filter(Agreement.assignment == assignment)
    return {(str(row.assignment), str(row.student)): row for row in query}


def agree(gradebook: Gradebook, assignment: str, student: str, due: datetime | None, waived: bool) -> None:
    """Agree something with a learner about a unit; with no date and no waiver, what was agreed ends.

    Args:
        due: the learner's own date, in UTC without a zone, as nbgrader keeps dates.
        waived: whether nothing is taken off for being late.
    """
    row = gradebook.db.get(Agreement, (student, assignment))
    if due is None and not waived:
        if row is not None:
            gradebook.db.delete(row)
    else:
        said = {"due": due, "waived": waived, "by": grader.person(), "at": now()}
        gradebook.db.merge(Agreement(student=student, assignment=assignment, **said))
    gradebook.db.commit()
    settle(gradebook, assignment, student)


def seconds_late(submitted: datetime | None, due: datetime | None) -> float:
    """How late work is; 0 when it is in time, or when there is no date."""
    return max(0.0, (submitted - due).total_seconds()) if submitted and due else 0.0


def settle(gradebook: Gradebook, assignment: str | None = None, student: str | None = None) -> None:
    """Work out extensions and penalties of graded submissions anew, from their dates, points and the course's rule.

    Args:
        assignment: only of this unit.
        student: only of this learner.
    """
    rule, agreed = read_rule(gradebook), agreements(gradebook, assignment)
    gradebook.db.expire_all()
    for submission in _submissions(gradebook, assignment, student):
        one = agreed.get((submission.assignment.name, submission.student.id))
        unit_due = submission.assignment.duedate
        own: Any = one.due if one else None
        # nbgrader adds an extension to a date, so it can have none where the unit has no date.
        submission.extension = own - unit_due if own and unit_due else None
        costs = _costs(rule, submission, own)
        for notebook in submission.notebooks:
            notebook.late_submission_penalty = None if one and one.waived else costs[notebook.name] or None
    gradebook.db.commit()


def waived(gradebook: Gradebook, assignment: str, student: str, notebook: str) -> float:
    """The points of a notebook that the rule would take off, and that a waiver leaves to its learner.

    0 as well where a waiver makes no difference: the work was in time, or the rule takes nothing off.

    Raises:
        MissingEntry: there is no such submission.
    """
    one = gradebook.db.get(Agreement, (student, assignment))
    if one is None or not one.waived:
        return 0.0
    submission = gradebook.find_submission(assignment, student)
    return _costs(read_rule(gradebook), submission, one.due)[notebook]


def _costs(rule: Rule, submission: SubmittedAssignment, own_due: datetime | None) -> Mapping[str, float]:
    """The points that the rule takes off each notebook of a submission, by the notebook's name."""
    late = seconds_late(submission.timestamp, own_due or submission.assignment.duedate)
    most = sum(one.max_score for one in submission.notebooks)
    shares = {one.name: one.max_score / most if most else 1 / len(submission.notebooks) for one in submission.notebooks}
    return {one.name: penalty(rule, one.score, late, shares[one.name]) for one in submission.notebooks}


def _submissions(gradebook: Gradebook, assignment: str | None, student: str | None) -> list[SubmittedAssignment]:
    if assignment is not None and student is not None:
        try:
            return [gradebook.find_submission(assignment, student)]
        except MissingEntry:
            return []
    if assignment is not None:
        return list(gradebook.assignment_submissions(assignment))
    return list(gradebook.db.query(SubmittedAssignment))


class Late(AssignLatePenalties):
    """nbgrader's step that takes points off, by our rule; for ``Autograde.autograde_preprocessors``."""

    def preprocess(self, notebook: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Settle the submission of one notebook, which is not changed."""
        place = resources["nbgrader"]
        with Gradebook(place["db_url"]) as gradebook:
            settle(gradebook, place["assignment"], place["student"])
        return notebook, resources
