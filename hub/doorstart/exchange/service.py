"""The rules of the exchange: who may do what, what is kept, what is answered. Knows nothing of HTTP.

Methods do disk work and are called in threads. All of them raise :class:`doorstart.exchange.errors.ExchangeError`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from doorstart import names
from doorstart.exchange import errors, wire
from doorstart.exchange.archive import Limits
from doorstart.exchange.course_progress import unit_progress
from doorstart.exchange.filenames import ALLOWED_TYPES, FEEDBACK_TYPES
from doorstart.exchange.receipts import Signer, ensure_signer
from doorstart.exchange.store import models
from doorstart.exchange.store.blobs import Blobs, StoredArchive
from doorstart.exchange.store.database import Database
from doorstart.exchange.store.described import describe
from doorstart.exchange.store.progress import Progress
from doorstart.exchange.store.records import Records, SubmissionLimitError
from doorstart.exchange.units import first_to_do, learner_courses
from doorstart.exchange.variants import Variants
from doorstart.identity import Caller
from doorstart.settings import Settings

ADMIN = "admin"
"""Who released what was released by the command in the exchange's container; not a user name that can be made."""

SCORE = re.compile(r"(\d{1,6}(?:\.\d{1,6})?)/(\d{1,6}(?:\.\d{1,6})?)\Z")
"""Points of most points; points above the most are a bonus."""


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Handout:
    """An archive to send: its digest and file, and the seed of the learner's own numbers ("" for feedback)."""

    digest: str
    path: Path
    variant: str = ""


class Exchange:
    """One exchange: its state folder and database.

    Args:
        state: folder of the archives and the signing key.
        clock: the time, with its zone.
    """

    def __init__(self, state: Path, settings: Settings, clock: Callable[[], datetime] = utc_now) -> None:
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.blobs = Blobs(state)
        self.limits = Limits(settings.exchange_max_bytes, settings.exchange_max_files, ALLOWED_TYPES)
        self._max_submissions = settings.exchange_max_submissions
        self._signer: Signer = ensure_signer(state / "signing.key")
        self._variants = Variants(state)
        self._database = Database(settings.exchange_database, state)
        self._records = Records(self._database)
        self._progress = Progress(self._database)
        self._clock = clock

    def close(self) -> None:
        """Closes the database."""
        self._database.close()

    def check_health(self) -> None:
        """Raises what the database raises when it does not work."""
        self._records.ping()

    @property
    def public_key(self) -> bytes:
        """The key that receipts are checked with: raw Ed25519, 32 bytes."""
        return self._signer.public_key

    # Assignments

    def assignments(self, caller: Caller, course: str | None) -> list[wire.Release]:
        """What is handed out in this course, or in all courses of the caller."""
        courses = _member_courses(caller) if course is None else [_require_member(caller, course)]
        return [_release(row) for row in self._records.offered(courses)]

    def release_archive(self, caller: Caller, course: str, assignment: str) -> Handout:
        """What is handed out for an assignment, with the caller's own seed. That a learner fetched it is noted."""
        _require_member(caller, course)
        row = self._offered(course, assignment)
        if course in caller.courses("learner"):
            self._progress.note_fetch(row.assignment_id, caller.name, self._clock())
        digest = row.digest
        return Handout(digest, self.blobs.path(digest), self._variants.seed(course, assignment, caller.name))

    def check_release(self, caller: Caller, course: str, assignment: str) -> None:
        """Whether the caller may release: asked before an upload is read."""
        _require_instructor(caller, course)
        _check_assignment_name(assignment)

    def release(self, caller: Caller, course: str, assignment: str, source: BinaryIO) -> tuple[wire.Release, bool]:
        """Hands an archive out as this assignment; the flag says whether it is a new version."""
        self.check_release(caller, course, assignment)
        return self._release_as(caller.name, course, assignment, source)

    def release_as_admin(self, course: str, assignment: str, source: BinaryIO) -> tuple[wire.Release, bool]:
        """As :meth:`release`, without a caller: for the command inside the exchange's container."""
        if not names.COURSE_ID.match(course):
            raise errors.BadName("a course", course)
        _check_assignment_name(assignment)
        return self._release_as(ADMIN, course, assignment, source)

    def withdraw(self, caller: Caller, course: str, assignment: str) -> None:
        """Hands an assignment out no longer. Releases, submissions and feedback are all kept."""
        _require_instructor(caller, course)
        if not self._records.withdraw(course, assignment):
            raise errors.NotReleased(course, assignment)

    def set_due(self, caller: Caller, course: str, assignment: str, due: str | None) -> wire.Due:
        """Sets when an assignment is due, or takes the date away."""
        _require_instructor(caller, course)
        time = _time(due)
        if not self._progress.set_due(course, assignment, time):
            raise errors.NotReleased(course, assignment)
        return wire.Due(due=wire.format_time(time) if time else None)

    def set_own_due(self, caller: Caller, course: str, assignment: str, learner: str, due: str | None) -> wire.Due:
        """Sets when an assignment is due for one learner, or takes that date away: then it is the assignment's."""
        _require_instructor(caller, course)
        if not names.USERNAME.match(learner):
            raise errors.BadName("a learner", learner)
        time = _time(due)
        if not self._progress.set_own_due(course, assignment, learner, time):
            raise errors.NotReleased(course, assignment)
        return wire.Due(due=wire.format_time(time) if time else None)

    def set_late(self, caller: Caller, course: str, late: wire.LatePolicy) -> wire.LatePolicy:
        """Sets what late work costs in a course, for learners to read."""
        _require_instructor(caller, course)
        self._progress.set_late_policy(course, late.kind, late.points, late.days)
        return late

    def course_progress(self, caller: Caller, course: str) -> wire.CourseProgress:
        """Who is where in a course, for its instructors."""
        _require_instructor(caller, course)
        assignments = self._progress.assignments([course])
        identities = [row.id for row in assignments]
        submissions: dict[tuple[int, str], list[wire.Submission]] = {}
        for row in self._records.submissions([course]):
            submissions.setdefault((row.assignment_id, row.learner), []).append(_submission(row))
        return wire.CourseProgress(
            course=course,
            title=self._progress.titles([course]).get(course) or names.readable_course(course),
            now=wire.format_time(self._clock()),
            late=self._late([course]).get(course, wire.LatePolicy()),
            units=unit_progress(
                assignments,
                self._progress.fetched_by(identities),
                self._progress.own_dues(identities),
                submissions,
            ),
        )

    def _late(self, courses: Sequence[str]) -> dict[str, wire.LatePolicy]:
        rows = self._progress.late_policies(courses)
        return {
            course: wire.LatePolicy.model_validate({"kind": row.kind, "points": row.points, "days": row.days})
            for course, row in rows.items()
        }

    def units(self, caller: Caller) -> wire.MyUnits:
        """The courses that the caller learns in, with the state of each unit, and what to do first."""
        courses = caller.courses("learner")
        submissions: dict[int, list[wire.Submission]] = {}
        for row in self._records.submissions(courses, learner=caller.name):
            submissions.setdefault(row.assignment_id, []).append(_submission(row))
        assignments = self._progress.assignments(courses)
        own = self._progress.own_dues([row.id for row in assignments], caller.name)
        listed = learner_courses(
            courses,
            self._progress.titles(courses),
            assignments,
            self._progress.fetched(caller.name),
            submissions,
            {identity: due for (identity, _), due in own.items()},
            self._late(courses),
        )
        return wire.MyUnits(
            name=caller.name, now=wire.format_time(self._clock()), next=first_to_do(listed), courses=listed
        )

    def _release_as(self, name: str, course: str, assignment: str, source: BinaryIO) -> tuple[wire.Release, bool]:
        archive = self.blobs.add(source, self.limits, _require_notebook)
        described = describe(archive, self.blobs.path(archive.digest), assignment)
        row, created = self._records.add_release(course, assignment, archive, name, self._clock(), described)
        return _release(row), created

    def _offered(self, course: str, assignment: str) -> models.Release:
        rows = self._records.offered([course], assignment)
        if not rows:
            raise errors.NotReleased(course, assignment)
        return rows[0]

    # Submissions

    def check_submit(self, caller: Caller, course: str, assignment: str) -> None:
        """Whether the caller may hand in: asked before an upload is read."""
        _require_learner(caller, course)
        self._offered(course, assignment)

    def submit(self, caller: Caller, course: str, assignment: str, source: BinaryIO) -> tuple[wire.Receipt, bool]:
        """Takes a submission. When this returns, it is on disk for good; the flag says whether it is new."""
        self.check_submit(caller, course, assignment)
        most = self._max_submissions

        def accept(archive: StoredArchive) -> None:
            _require_notebook(archive)
            self._records.check_limit(course, assignment, caller.name, archive.digest, most)

        def sign(identifier: str, time: datetime) -> str:
            return self._signer.sign(
                id=identifier,
                course=course,
                assignment=assignment,
                learner=caller.name,
                digest=archive.digest,
                time=wire.format_time(time),
            ).signature

        try:
            archive = self.blobs.add(source, self.limits, accept)
            row, created = self._records.add_submission(
                course, assignment, caller.name, archive, self._clock(), most, sign
            )
        except SubmissionLimitError:
            raise errors.TooManySubmissions(most) from None
        return _receipt(row), created

    def own_submissions(self, caller: Caller, course: str | None, assignment: str | None) -> list[wire.Submission]:
        """The caller's own submissions, oldest first, with the state of their feedback."""
        courses = _member_courses(caller) if course is None else [_require_member(caller, course)]
        return [_submission(row) for row in self._records.submissions(courses, assignment, caller.name)]

    def course_submissions(self, caller: Caller, course: str, assignment: str | None) -> list[wire.Submission]:
        """All submissions in a course, for its instructors."""
        _require_instructor(caller, course)
        return [_submission(row) for row in self._records.submissions([course], assignment)]

    def submission(self, caller: Caller, identifier: str) -> wire.Submission:
        """One submission, for its learner and the course's instructors."""
        return _submission(self._visible(caller, identifier))

    def submission_archive(self, caller: Caller, identifier: str) -> Handout:
        """A submission with its learner's seed, for that learner and the course's instructors."""
        row = self._visible(caller, identifier)
        seed = self._variants.seed(row.assignment.course, row.assignment.name, row.learner)
        return Handout(row.digest, self.blobs.path(row.digest), seed)

    def _visible(self, caller: Caller, identifier: str) -> models.Submission:
        row = self._records.submission(identifier)
        if row is None:
            raise errors.UnknownSubmission
        course = row.assignment.course
        own = row.learner == caller.name and course in caller.courses("learner")
        if not own and course not in caller.courses("instructor"):
            raise errors.UnknownSubmission
        return row

    # Feedback

    def check_feedback(self, caller: Caller, identifier: str) -> models.Submission:
        """The submission, when the caller may give feedback for it: asked before an upload is read."""
        row = self._visible(caller, identifier)
        _require_instructor(caller, row.assignment.course)
        return row

    def add_feedback(
        self, caller: Caller, identifier: str, source: BinaryIO, score: str | None = None
    ) -> tuple[wire.Feedback, bool]:
        """Shows this feedback for a submission; earlier feedback is kept. The flag says whether it is new.

        Args:
            score: as in the header :data:`doorstart.exchange.wire.SCORE_HEADER`.
        """
        row = self.check_feedback(caller, identifier)
        points = _points(score) if score is not None else None
        limits = Limits(self.limits.max_bytes, self.limits.max_files, FEEDBACK_TYPES)
        archive = self.blobs.add(source, limits)
        feedback, created = self._records.add_feedback(row, archive, caller.name, self._clock(), points)
        return _feedback(feedback), created

    def feedback_archive(self, caller: Caller, identifier: str) -> Handout:
        """The feedback that is shown for a submission."""
        row = self._visible(caller, identifier)
        if not row.feedback:
            raise errors.NoFeedback
        digest = row.feedback[-1].digest
        return Handout(digest, self.blobs.path(digest))


def _member_courses(caller: Caller) -> list[str]:
    return sorted({*caller.courses("learner"), *caller.courses("instructor")})


def _require_member(caller: Caller, course: str) -> str:
    if course not in _member_courses(caller):
        raise errors.UnknownCourse(course)
    return course


def _require_instructor(caller: Caller, course: str) -> None:
    _require_member(caller, course)
    if course not in caller.courses("instructor"):
        raise errors.InstructorsOnly(course)


def _require_learner(caller: Caller, course: str) -> None:
    _require_member(caller, course)
    if course not in caller.courses("learner"):
        raise errors.LearnersOnly(course)


def _check_assignment_name(assignment: str) -> None:
    if not names.ASSIGNMENT_ID.match(assignment):
        raise errors.BadName("an assignment", assignment)


def _require_notebook(archive: StoredArchive) -> None:
    if not any(member.path.lower().endswith(".ipynb") for member in archive.members):
        raise errors.BadArchive(
            "no_notebook",
            "There is no notebook (.ipynb) in it. Check that your notebook is in the assignment's folder.",
        )


def _time(text: str | None) -> datetime | None:
    try:
        return wire.parse_time(text) if text else None
    except ValueError:
        raise errors.BadTime(text or "") from None


def _points(score: str) -> tuple[float, float]:
    match = SCORE.match(score)
    if match is None:
        raise errors.BadScore(score)
    return float(match[1]), float(match[2])


def _files(blob: models.Blob) -> list[wire.File]:
    return [wire.File.model_validate(file) for file in blob.files]


def _release(row: models.Release) -> wire.Release:
    return wire.Release(
        course=row.assignment.course,
        assignment=row.assignment.name,
        version=row.version,
        digest=row.digest,
        files=_files(row.blob),
    )


def _receipt(row: models.Submission) -> wire.Receipt:
    return wire.Receipt(
        id=row.id,
        course=row.assignment.course,
        assignment=row.assignment.name,
        learner=row.learner,
        digest=row.digest,
        time=wire.format_time(row.submitted_at),
        signature=row.signature,
    )


def _feedback(row: models.Feedback) -> wire.Feedback:
    return wire.Feedback(
        version=row.version, digest=row.digest, files=_files(row.blob), score=row.score, max_score=row.max_score
    )


def _submission(row: models.Submission) -> wire.Submission:
    return wire.Submission(
        receipt=_receipt(row),
        files=_files(row.blob),
        feedback=_feedback(row.feedback[-1]) if row.feedback else None,
    )
