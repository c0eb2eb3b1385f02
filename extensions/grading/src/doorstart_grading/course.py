"""This server's course, as nbgrader is configured for it, and the grading of one of its submissions."""

from __future__ import annotations

import fcntl
import logging
import os
import re
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from glob import glob
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps import NbGrader
from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback
from nbgrader.converters.base import BaseConverter, NbGraderException
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import OperationalError

from doorstart_grading import fingerprint, language, late, submission
from doorstart_grading.examine import Examine, NotGradedError
from doorstart_grading.gradebook import GradedSubmission, for_grading
from doorstart_grading.sentence import Sentence, SentenceError, sentence
from doorstart_grading.translation import Language

_ATTEMPTS = 3
_LOCK = ".doorstart-grading"


class CourseError(SentenceError):
    """What was asked for is not there, or not now; the message is for an instructor."""


@dataclass(frozen=True)
class Failure:
    """Why a submission was not graded."""

    sentence: Sentence
    details: str = ""
    """For whoever looks after the site."""

    @property
    def reason(self) -> str:
        """The sentence in English, for programs."""
        return str(self.sentence)


class Course:
    """The course that this server's nbgrader is configured for."""

    def __init__(self, verbose: bool = False) -> None:
        """
        Args:
            verbose: whether nbgrader's own messages are shown, on stderr.
        """
        self.app = NbGrader()
        self.app.log_level = logging.INFO if verbose else logging.CRITICAL
        self.app.initialize([])

    @property
    def coursedir(self) -> CourseDirectory:
        """Where everything is."""
        return self.app.coursedir

    @property
    def id(self) -> str:
        """The course's id."""
        return str(self.coursedir.course_id)

    @property
    def language(self) -> Language:
        """The language of the course."""
        return language.of_course(self.id)

    def require(self, course: str) -> None:
        """
        Raises:
            CourseError: this is another course.
        """
        if course != self.id:
            raise CourseError(
                sentence(
                    "This server is for the course %(here)s, and has nothing of %(other)s. "
                    "Each course has a server of its own: open that one, and run the command there.",
                    here=repr(self.id),
                    other=repr(course),
                )
            )

    def gradebook(self) -> Gradebook:
        """The course's gradebook, to be closed."""
        return Gradebook(self.coursedir.db_url, self.coursedir.course_id)

    def prepare(self, assignment: str) -> None:
        """Everything that is better done once, before several processes open the gradebook.

        Raises:
            CourseError: there is no such assignment.
            SandboxError: the sandbox does not answer.
        """
        with Gradebook(self.coursedir.db_url):  # nbgrader's preprocessors open it without a course's name.
            pass
        with self.gradebook() as gradebook:
            try:
                gradebook.find_assignment(assignment)
            except MissingEntry:
                names = ", ".join(sorted(one.name for one in gradebook.assignments))
                raise CourseError(
                    sentence(
                        "The course has no assignment %(assignment)s that was generated. "
                        "Its assignments are: %(names)s.",
                        assignment=repr(assignment),
                        names=names or sentence("none yet"),
                    )
                ) from None
            # A date may have been changed in formgrader; that alone lets nothing be graded again.
            late.settle(gradebook, assignment)
        Examine(parent=self.app).look()

    def submissions(self, assignment: str) -> list[str]:
        """Who handed in this assignment, in alphabetical order."""
        step = self.coursedir.submitted_directory
        pattern = re.compile(self.coursedir.format_path(step, "(?P<student>[^/]+)", assignment, escape=True))
        found = (pattern.fullmatch(path) for path in glob(self.coursedir.format_path(step, "*", assignment)))  # noqa: PTH207
        return sorted(match["student"] for match in found if match and Path(match.group()).is_dir())

    def changed(self, assignment: str, students: list[str]) -> list[str]:
        """Those of them whose submission would not be graded from the same, with the same, as the last time."""
        found = []
        with self.gradebook() as gradebook:
            version = fingerprint.of_assignment(self.coursedir, assignment, gradebook)
            rows = gradebook.db.query(GradedSubmission).filter(GradedSubmission.assignment == assignment)
            known = {row.student: row for row in rows}
            for student in students:
                last = known.get(student)
                args = (self.coursedir, assignment, student)
                if (
                    last is None
                    or last.inputs != fingerprint.of_submission(*args, version)
                    or last.outputs != fingerprint.of_autograded(*args)
                ):
                    found.append(student)
        return found

    def grade(self, assignment: str, student: str) -> Failure | None:
        """Grade one submission with nbgrader's own Autograde; None if that came to its end."""
        folder = Path(self.coursedir.format_path(self.coursedir.submitted_directory, student, assignment))
        if not submission.locate(folder, submission.notebooks_of(self.coursedir, assignment)):
            return Failure(sentence("No notebook of this assignment was handed in."))
        for_grading()
        return self._run(Autograde, assignment, student)

    def feedback(self, assignment: str, student: str) -> Failure | None:
        """Make the feedback on one graded submission with nbgrader's own GenerateFeedback; None if it was made."""
        return self._run(GenerateFeedback, assignment, student)

    def generate(self, assignment: str) -> Failure | None:
        """Make the learners' form of an assignment, and tell the gradebook of its cells; None if it was made."""
        return self._run(GenerateAssignment, assignment, ".")

    def _run(self, converter: type[BaseConverter], assignment: str, student: str) -> Failure | None:
        for _ in range(_ATTEMPTS):
            failure, locked = self._convert(converter, assignment, student)
            if not locked:
                break
        return failure

    def _convert(self, kind: type[BaseConverter], assignment: str, student: str) -> tuple[Failure | None, bool]:
        """Why it failed, if it did, and whether that was because others were writing into the gradebook."""
        self.coursedir.assignment_id, self.coursedir.student_id = assignment, student
        converter = kind(coursedir=self.coursedir, parent=self.app)
        converter.force = True
        seen = _LastError()
        self.app.log.addHandler(seen)
        try:
            converter.start()
        except (NbGraderException, SystemExit) as error:
            cause = seen.error or error
            return _failure(cause), isinstance(cause, OperationalError) and "locked" in str(cause)
        except Exception as error:
            return _failure(error), False
        finally:
            self.app.log.removeHandler(seen)
        return None, False

    @contextmanager
    def alone(self) -> Iterator[None]:
        """
        Raises:
            CourseError: another ``doorstart grade`` is at work in this course.
        """
        descriptor = os.open(Path(self.coursedir.root, _LOCK), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            # Workers hold it as well, so a run that was killed is over when they are.
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise CourseError(
                    sentence("Another run is grading in this course. Wait for its end, and try again.")
                ) from None
            yield
        finally:
            os.close(descriptor)


class _LastError(logging.Handler):
    """Remembers the exception that nbgrader's converter was logging: it raises another one, without a reason."""

    error: BaseException | None = None

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR and self.error is None:
            self.error = sys.exc_info()[1]


def _failure(error: BaseException) -> Failure:
    details = "".join(traceback.format_exception(error))
    if isinstance(error, NotGradedError):
        return Failure(error.sentence, details)
    if isinstance(error, OSError) and error.filename:
        what = sentence("%(file)s: %(text)s.", file=error.filename, text=error.strerror)
        return Failure(what, details)
    what = sentence(
        "The grading itself failed (%(text)s). The submission was not scored; tell the admin.",
        text=f"{type(error).__name__}: {str(error)[:200]}",
    )
    return Failure(what, details)
