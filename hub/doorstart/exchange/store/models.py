"""The tables. Releases, submissions and feedback are append-only: triggers in the database refuse update and delete."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, BigInteger, Dialect, Float, ForeignKey, MetaData, String, TypeDecorator, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Time(TypeDecorator[datetime]):
    """A time in whole microseconds since 1970, UTC: exact and the same in every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else EPOCH + value * MICROSECOND


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Blob(Base):
    """A stored archive; ``files`` is its table of contents: path, size in bytes, sha256."""

    __tablename__ = "blobs"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    files: Mapped[list[dict[str, Any]]] = mapped_column(JSON)


class Course(Base):
    """The title of a course, as its latest described release said."""

    __tablename__ = "courses"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    title: Mapped[str] = mapped_column(String(200))


class Assignment(Base):
    """An assignment of a course, the release that is handed out now (None: withdrawn), and what it said of itself."""

    __tablename__ = "assignments"
    __table_args__ = (UniqueConstraint("course", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(64))
    offered: Mapped[int | None]
    """The version handed out; no foreign key, since releases point here."""
    title: Mapped[str | None] = mapped_column(String(200))
    minutes: Mapped[int | None]
    due_at: Mapped[datetime | None] = mapped_column(Time)


class Fetch(Base):
    """When a learner first fetched an assignment."""

    __tablename__ = "fetches"
    __table_args__ = (UniqueConstraint("assignment_id", "learner"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id"))
    learner: Mapped[str] = mapped_column(String(255), index=True)
    fetched_at: Mapped[datetime] = mapped_column(Time)


class OwnDue(Base):
    """Until when one learner may hand in, where that is not the assignment's date."""

    __tablename__ = "own_dues"
    __table_args__ = (UniqueConstraint("assignment_id", "learner"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id"))
    learner: Mapped[str] = mapped_column(String(255), index=True)
    due_at: Mapped[datetime] = mapped_column(Time)


class LatePolicy(Base):
    """What late work costs in a course: shown to its learners. Scores are not made here."""

    __tablename__ = "late_policies"

    course: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    points: Mapped[float | None] = mapped_column(Float)
    days: Mapped[int | None]


class Release(Base):
    """A version of an assignment that was released."""

    __tablename__ = "releases"
    __table_args__ = (UniqueConstraint("assignment_id", "version"), UniqueConstraint("assignment_id", "digest"))

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id"))
    version: Mapped[int]
    digest: Mapped[str] = mapped_column(ForeignKey("blobs.digest"))
    released_at: Mapped[datetime] = mapped_column(Time)
    released_by: Mapped[str] = mapped_column(String(255))

    assignment: Mapped[Assignment] = relationship(lazy="joined", innerjoin=True)
    blob: Mapped[Blob] = relationship(lazy="joined", innerjoin=True)


class Submission(Base):
    """What a learner handed in. The id is random, so that it tells nobody how many there are."""

    __tablename__ = "submissions"
    __table_args__ = (UniqueConstraint("assignment_id", "learner", "submitted_at"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id"))
    learner: Mapped[str] = mapped_column(String(255), index=True)
    digest: Mapped[str] = mapped_column(ForeignKey("blobs.digest"))
    submitted_at: Mapped[datetime] = mapped_column(Time)
    signature: Mapped[str] = mapped_column(String(128))

    assignment: Mapped[Assignment] = relationship(lazy="joined", innerjoin=True)
    blob: Mapped[Blob] = relationship(lazy="joined", innerjoin=True)
    feedback: Mapped[list[Feedback]] = relationship(lazy="selectin", order_by="Feedback.version", viewonly=True)


class Feedback(Base):
    """A version of the feedback for a submission; the highest is shown."""

    __tablename__ = "feedback"
    __table_args__ = (UniqueConstraint("submission_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[str] = mapped_column(ForeignKey("submissions.id"))
    version: Mapped[int]
    digest: Mapped[str] = mapped_column(ForeignKey("blobs.digest"))
    released_at: Mapped[datetime] = mapped_column(Time)
    released_by: Mapped[str] = mapped_column(String(255))
    score: Mapped[float | None] = mapped_column(Float)
    max_score: Mapped[float | None] = mapped_column(Float)

    blob: Mapped[Blob] = relationship(lazy="joined", innerjoin=True)
