"""Reading and adding rows. Nothing in here deletes, and nothing changes a release, a submission or feedback."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import Select, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from doorstart.exchange.store.blobs import StoredArchive
from doorstart.exchange.store.database import Database
from doorstart.exchange.store.described import Description
from doorstart.exchange.store.models import Assignment, Base, Blob, Course, Feedback, Release, Submission

TICK = timedelta(microseconds=1)


class SubmissionLimitError(Exception):
    """The learner has as many submissions as there can be."""


class Records:
    """The rows of the exchange. The archives of added rows must be on disk before."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def ping(self) -> None:
        """Raises what the database raises when it does not work."""
        with self._database.read() as session:
            session.execute(select(1))

    def offered(self, courses: Sequence[str], assignment: str | None = None) -> list[Release]:
        """What is handed out now in these courses, sorted by course and assignment."""
        query = (
            select(Release)
            .join(Assignment, (Release.assignment_id == Assignment.id) & (Release.version == Assignment.offered))
            .where(Assignment.course.in_(courses))
            .order_by(Assignment.course, Assignment.name)
        )
        if assignment is not None:
            query = query.where(Assignment.name == assignment)
        with self._database.read() as session:
            return list(session.scalars(query))

    def add_release(
        self,
        course: str,
        assignment: str,
        archive: StoredArchive,
        by: str,
        now: datetime,
        described: Description,
    ) -> tuple[Release, bool]:
        """Hands this archive out from now on. The flag says whether it became a new version."""
        with self._database.write() as session:
            owner = ensure_assignment(session, course, assignment)
            owner.title, owner.minutes = described.title, described.minutes
            if described.course_title:
                session.merge(Course(id=course, title=described.course_title))
            _ensure_blob(session, archive)
            query = select(Release).where(Release.assignment_id == owner.id)
            release = session.scalar(query.where(Release.digest == archive.digest))
            created = release is None
            if release is None:
                latest = session.scalar(select(func.max(Release.version)).where(Release.assignment_id == owner.id)) or 0
                release = Release(
                    assignment_id=owner.id,
                    version=latest + 1,
                    digest=archive.digest,
                    released_at=now,
                    released_by=by,
                )
                session.add(release)
                session.flush()
            owner.offered = release.version
            session.refresh(release, ["assignment", "blob"])
            return release, created

    def withdraw(self, course: str, assignment: str) -> bool:
        """Hands the assignment out no longer; everything is kept. False when it was not handed out."""
        with self._database.write() as session:
            owner = session.scalar(find_assignment(course, assignment).with_for_update())
            if owner is None or owner.offered is None:
                return False
            owner.offered = None
            return True

    def check_limit(self, course: str, assignment: str, learner: str, digest: str, limit: int) -> None:
        """Whether :meth:`add_submission` would take this archive now: asked before it is kept.

        Raises:
            SubmissionLimitError: there are ``limit`` of them, and the latest has other bytes.
        """
        with self._database.read() as session:
            owner = session.scalar(find_assignment(course, assignment))
            if owner is not None:
                _latest(session, owner, learner, digest, limit)

    def add_submission(
        self,
        course: str,
        assignment: str,
        learner: str,
        archive: StoredArchive,
        now: datetime,
        limit: int,
        sign: Callable[[str, datetime], str],
    ) -> tuple[Submission, bool]:
        """Adds a submission, unless the learner's latest one has the same bytes: that one is then returned.

        The time is ``now``, or just after the learner's latest submission when the clock was set back: the order of
        submissions is the order in which they came.

        Args:
            sign: makes the signature from the new id and time.

        Returns:
            The submission, and whether it is new.

        Raises:
            SubmissionLimitError: there are ``limit`` of them.
        """
        with self._database.write() as session:
            owner = ensure_assignment(session, course, assignment)
            latest = _latest(session, owner, learner, archive.digest, limit)
            if latest is not None:
                if latest.digest == archive.digest:
                    return latest, False
                now = max(now, latest.submitted_at + TICK)
            _ensure_blob(session, archive)
            identifier = uuid4().hex
            submission = Submission(
                id=identifier,
                assignment_id=owner.id,
                learner=learner,
                digest=archive.digest,
                submitted_at=now,
                signature=sign(identifier, now),
            )
            session.add(submission)
            session.flush()
            session.refresh(submission, ["assignment", "blob", "feedback"])
            return submission, True

    def submissions(
        self, courses: Sequence[str], assignment: str | None = None, learner: str | None = None
    ) -> list[Submission]:
        """Submissions in these courses, by course, assignment, learner and time."""
        query = select(Submission).join(Assignment).where(Assignment.course.in_(courses))
        if assignment is not None:
            query = query.where(Assignment.name == assignment)
        if learner is not None:
            query = query.where(Submission.learner == learner)
        query = query.order_by(Assignment.course, Assignment.name, Submission.learner, Submission.submitted_at)
        with self._database.read() as session:
            return list(session.scalars(query))

    def submission(self, identifier: str) -> Submission | None:
        """The submission with this id."""
        with self._database.read() as session:
            return session.get(Submission, identifier)

    def add_feedback(
        self,
        submission: Submission,
        archive: StoredArchive,
        by: str,
        now: datetime,
        points: tuple[float, float] | None,
    ) -> tuple[Feedback, bool]:
        """Shows this feedback from now on; the flag says whether it differs from what was shown before.

        Args:
            points: the score and the most points, if they are known.
        """
        score, most = points or (None, None)
        with self._database.write() as session:
            # Locked, so that of two at once one is the later version.
            session.scalar(
                select(Assignment.id).where(Assignment.id == submission.assignment_id).with_for_update(of=Assignment)
            )
            query = select(Feedback).where(Feedback.submission_id == submission.id)
            latest = session.scalar(query.order_by(Feedback.version.desc()).limit(1))
            if latest is not None and (latest.digest, latest.score, latest.max_score) == (archive.digest, score, most):
                return latest, False
            _ensure_blob(session, archive)
            feedback = Feedback(
                submission_id=submission.id,
                version=1 if latest is None else latest.version + 1,
                digest=archive.digest,
                released_at=now,
                released_by=by,
                score=score,
                max_score=most,
            )
            session.add(feedback)
            session.flush()
            session.refresh(feedback, ["blob"])
            return feedback, True


def find_assignment(course: str, assignment: str) -> Select[Assignment]:
    return select(Assignment).where(Assignment.course == course, Assignment.name == assignment)


def ensure_assignment(session: Session, course: str, assignment: str) -> Assignment:
    """The row of the assignment, locked until the end of the transaction."""
    insert_missing(session, Assignment, course=course, name=assignment)
    return session.scalars(find_assignment(course, assignment).with_for_update()).one()


def _latest(session: Session, owner: Assignment, learner: str, digest: str, limit: int) -> Submission | None:
    """The learner's latest submission, where one with this digest may follow it, or is it.

    Raises:
        SubmissionLimitError: there are ``limit`` of them, and the latest has other bytes.
    """
    mine = (Submission.assignment_id == owner.id) & (Submission.learner == learner)
    # Counted first: outside of a write transaction, the same bytes may become the last submission in between.
    count = session.scalar(select(func.count()).select_from(Submission).where(mine)) or 0
    latest = session.scalar(select(Submission).where(mine).order_by(Submission.submitted_at.desc()).limit(1))
    if count >= limit and latest is not None and latest.digest != digest:
        raise SubmissionLimitError
    return latest


def _ensure_blob(session: Session, archive: StoredArchive) -> None:
    files = [asdict(member) for member in archive.members]
    insert_missing(session, Blob, digest=archive.digest, size=archive.size, files=files)


def insert_missing(session: Session, table: type[Base], **values: object) -> None:
    """Adds a row unless it is there, also when another transaction adds it at the same moment."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.execute(dialect.insert(table).values(**values).on_conflict_do_nothing())
