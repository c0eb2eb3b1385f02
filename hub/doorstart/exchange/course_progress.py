"""Who is where in a course: what its instructors see. Rows in, wire models out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from doorstart.exchange import wire
from doorstart.exchange.store import models

Key = tuple[int, str]
"""The row id of an assignment, and a learner."""


def unit_progress(
    assignments: Sequence[models.Assignment],
    fetched: Mapping[Key, datetime],
    own_dues: Mapping[Key, datetime],
    submissions: Mapping[Key, Sequence[wire.Submission]],
) -> list[wire.UnitProgress]:
    """The assignments, each with the learners who have begun something with it, by name.

    Args:
        assignments: all of the course, by name.
        fetched: when each learner first fetched each.
        own_dues: dates of single learners.
        submissions: of each learner to each, oldest first.
    """
    found = []
    for row in assignments:
        names = {name for rows in (fetched, own_dues, submissions) for identity, name in rows if identity == row.id}
        keys = [(row.id, name) for name in sorted(names)]
        learners = [_learner(key[1], fetched.get(key), own_dues.get(key), submissions.get(key, ())) for key in keys]
        found.append(
            wire.UnitProgress(
                assignment=row.name,
                title=row.title or row.name,
                minutes=row.minutes,
                due=_said(row.due_at),
                open=row.offered is not None,
                learners=learners,
            )
        )
    return found


def _learner(
    name: str, fetched: datetime | None, own_due: datetime | None, submissions: Sequence[wire.Submission]
) -> wire.LearnerProgress:
    latest = submissions[-1] if submissions else None
    feedback = latest.feedback if latest else None
    return wire.LearnerProgress(
        learner=name,
        fetched=_said(fetched),
        due=_said(own_due),
        submissions=len(submissions),
        submitted=latest.receipt.time if latest else None,
        submission=latest.receipt.id if latest else None,
        returned=feedback is not None,
        score=feedback.score if feedback else None,
        max_score=feedback.max_score if feedback else None,
    )


def _said(time: datetime | None) -> str | None:
    return wire.format_time(time) if time else None
