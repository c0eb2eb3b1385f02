"""What the exchange is told from a course's gradebook: due dates and scores."""

# nbgrader has no type information, so its classes are Any to mypy.
from __future__ import annotations

from datetime import datetime

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory


def due_date(course: CourseDirectory, assignment: str) -> datetime | None:
    """When the assignment is due, in UTC without a zone, as nbgrader keeps it; None: no date.

    Raises:
        MissingEntry: the gradebook does not know the assignment.
    """
    with Gradebook(course.db_url, course.course_id) as gradebook:
        due: datetime | None = gradebook.find_assignment(assignment).duedate
    return due


def points_of(course: CourseDirectory, assignment: str, learner: str, time: datetime) -> tuple[float, float] | None:
    """The score of a submission and the most points; None when the gradebook has not graded this one.

    What being late took off is not in the score.

    Args:
        time: when it was handed in, in UTC without a zone: scores of another submission are not this one's.
    """
    with Gradebook(course.db_url, course.course_id) as gradebook:
        try:
            submission = gradebook.find_submission(assignment, learner)
        except MissingEntry:
            return None
        if submission.timestamp != time:
            return None
        return float(submission.score - submission.late_submission_penalty), float(submission.max_score)
