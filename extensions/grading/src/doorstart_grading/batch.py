"""Many submissions of one assignment, several at once: what ``doorstart grade`` and *My course* both do."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

from doorstart_grading import workers
from doorstart_grading.course import Course, Failure
from doorstart_grading.sentence import sentence


def cores() -> int:
    """How many submissions are worked on at once if nobody says it."""
    return max(2, len(os.sched_getaffinity(0)))


def grade(course: Course, assignment: str, students: list[str], count: int) -> Iterator[tuple[str, Failure | None]]:
    """Grade submissions, and yield each learner and why it failed (None: it did not), as they are ready.

    Args:
        course: in which nobody else grades: :meth:`Course.alone`.
        assignment: after :meth:`Course.prepare`.
        students: whose.
        count: most at once.

    Raises:
        KeyboardInterrupt: all workers have ended, and nothing is half done.
    """
    return _each(students, lambda student: course.grade(assignment, student), count)


def feedback(course: Course, assignment: str, students: list[str], count: int) -> Iterator[tuple[str, Failure | None]]:
    """As :func:`grade`: make the feedback on graded submissions."""
    return _each(students, lambda student: course.feedback(assignment, student), count)


def _each(
    students: list[str], work: Callable[[str], Failure | None], count: int
) -> Iterator[tuple[str, Failure | None]]:
    for student, result in workers.run(students, work, count):
        yield student, _failure(result)


def _failure(result: Any) -> Failure | None:
    if isinstance(result, workers.Lost):
        if result.signal:
            return Failure(
                sentence(
                    "The process that graded it was killed by signal %(signal)s. It was not scored; "
                    "run the command again.",
                    signal=result.signal,
                )
            )
        return Failure(sentence("The process that graded it was ended. It was not scored; run the command again."))
    return result if isinstance(result, Failure) else None
