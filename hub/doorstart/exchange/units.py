"""A learner's list of courses and units: the state of each, and what to do first. Rows in, wire models out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from doorstart import names
from doorstart.exchange import wire
from doorstart.exchange.store import models

NEVER = datetime.max.replace(tzinfo=UTC)


def learner_courses(
    courses: Sequence[str],
    titles: Mapping[str, str],
    assignments: Sequence[models.Assignment],
    fetched: Mapping[int, datetime],
    submissions: Mapping[int, list[wire.Submission]],
    own_dues: Mapping[int, datetime],
    late: Mapping[str, wire.LatePolicy],
) -> list[wire.Course]:
    """The courses in the order of their ids, each with its units in the order of their names.

    Args:
        courses: the ids of the learner's courses.
        titles: of courses, where they are known.
        assignments: all assignments of these courses, by name.
        fetched: when the learner first fetched an assignment, by its row id.
        submissions: the learner's, by the assignment's row id, oldest first.
        own_dues: the learner's own dates, by the assignment's row id.
        late: what late work costs, by course; nothing where a course is not in it.
    """
    return [
        wire.Course(
            course=course,
            title=titles.get(course) or names.readable_course(course),
            language=course.partition(".")[2] or None,
            late=late.get(course, wire.LatePolicy()),
            units=[
                _unit(row, fetched.get(row.id), submissions.get(row.id, []), own_dues.get(row.id) or row.due_at)
                for row in assignments
                if row.course == course and (row.offered is not None or row.id in submissions)
            ],
        )
        for course in sorted(courses)
    ]


def _unit(
    row: models.Assignment, fetched: datetime | None, submissions: list[wire.Submission], due: datetime | None
) -> wire.Unit:
    latest_first = submissions[::-1]
    graded = next((one.feedback for one in latest_first if one.feedback and one.feedback.score is not None), None)
    return wire.Unit(
        assignment=row.name,
        title=row.title or row.name,
        minutes=row.minutes,
        due=wire.format_time(due) if due else None,
        open=row.offered is not None,
        state=_state(fetched, latest_first),
        fetched=wire.format_time(fetched) if fetched else None,
        score=graded.score if graded else None,
        max_score=graded.max_score if graded else None,
        submissions=latest_first,
    )


def _state(fetched: datetime | None, latest_first: list[wire.Submission]) -> wire.State:
    if latest_first:
        return "returned" if latest_first[0].feedback else "submitted"
    return "started" if fetched else "new"


def first_to_do(courses: Sequence[wire.Course]) -> wire.Next | None:
    """What was not handed in and is due first; without dates, what was begun before what is new, then in order.

    A date that is over comes first too: late work is still work to do.
    """
    waiting = [
        (wire.parse_time(unit.due) if unit.due else NEVER, unit.state == "new", course.course, unit.assignment)
        for course in courses
        for unit in course.units
        if unit.open and unit.state in ("new", "started")
    ]
    if not waiting:
        return None
    *_, course_id, assignment = min(waiting)
    return wire.Next(course=course_id, assignment=assignment)
