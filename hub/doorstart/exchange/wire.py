"""What clients of the exchange see: paths, headers and JSON. The client's side is ``doorstart_exchange_client.wire``.

Not for rules or storage. A test compares the constants of the two sides.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

PREFIX = "/services/exchange"
DIGEST_HEADER = "Doorstart-Digest"
"""SHA-256 of the body in 64 lower-case hexadecimal digits; on uploads and on downloaded archives."""
VARIANT_HEADER = "Doorstart-Variant"
"""The seed of a learner's own numbers, beside an archive: doorstart.exchange.variants."""
SCORE_HEADER = "Doorstart-Score"
"""On an upload of feedback: points and most points of the submission, such as ``7.5/10``."""
ARCHIVE_TYPE = "application/x-tar"
TIME_FORMAT = "%Y-%m-%d %H:%M:%S.%f %Z"
"""nbgrader's own format; the zone is always ``UTC``."""
RECEIPT_KIND: Literal["doorstart-receipt-1"] = "doorstart-receipt-1"


def format_time(time: datetime) -> str:
    """A time zone aware time as clients get it: UTC, microseconds."""
    return time.astimezone(UTC).strftime(TIME_FORMAT)


def parse_time(text: str) -> datetime:
    """The time that :func:`format_time` wrote.

    Raises:
        ValueError: something else.
    """
    return datetime.strptime(text, TIME_FORMAT).replace(tzinfo=UTC)


class WireModel(BaseModel):
    model_config = ConfigDict(frozen=True)


class File(WireModel):
    """One file of an archive; ``size`` in bytes."""

    path: str
    size: int
    sha256: str


class Me(WireModel):
    """The caller and the ids of the caller's courses."""

    name: str
    learner: list[str]
    instructor: list[str]


class Release(WireModel):
    """What is handed out for an assignment now."""

    course: str
    assignment: str
    version: int
    digest: str
    files: list[File]


class Receipt(WireModel):
    """Proof that a submission arrived: all but ``signature`` is signed, see :mod:`doorstart.exchange.receipts`."""

    kind: Literal["doorstart-receipt-1"] = RECEIPT_KIND
    id: str
    course: str
    assignment: str
    learner: str
    digest: str
    time: str
    signature: str


class Feedback(WireModel):
    """The feedback that is shown for a submission; ``score`` of ``max_score`` points, if they came with it."""

    version: int
    digest: str
    files: list[File]
    score: float | None
    max_score: float | None


class Submission(WireModel):
    """A submission as its learner and the course's instructors see it."""

    receipt: Receipt
    files: list[File]
    feedback: Feedback | None


class PublicKey(WireModel):
    """The key that receipts are signed with; ``key`` is the raw 32 bytes in base64."""

    algorithm: Literal["Ed25519"] = "Ed25519"
    key: str


class Due(WireModel):
    """When an assignment is due, in :data:`TIME_FORMAT`; None: no date."""

    due: str | None


class LatePolicy(WireModel):
    """What late work costs in a course.

    ``none``: nothing, it is only marked; ``points``: so many for each day that was begun; ``zero``: everything after so
    many days.
    """

    kind: Literal["none", "points", "zero"] = "none"
    points: float | None = Field(None, gt=0, le=1000)
    days: int | None = Field(None, ge=0, le=365)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.points is not None) != (self.kind == "points") or (self.days is not None) != (self.kind == "zero"):
            raise ValueError("points belong to the kind points, days to the kind zero")
        return self


State = Literal["new", "started", "submitted", "returned"]
"""Of a unit for a learner: not fetched, fetched, handed in, and handed in with feedback for the latest submission."""


class Unit(WireModel):
    """An assignment as one learner sees it; ``due`` is the learner's own date where there is one.

    ``open`` is False when it was withdrawn: then it is listed only for what the learner handed in. ``score`` and
    ``max_score`` are those of the latest submission that has any. ``submissions``: the latest first.
    """

    assignment: str
    title: str
    minutes: int | None
    due: str | None
    open: bool
    state: State
    fetched: str | None
    score: float | None
    max_score: float | None
    submissions: list[Submission]


class Course(WireModel):
    """A course of a learner; ``language`` is the end of its id, or None."""

    course: str
    title: str
    language: str | None
    late: LatePolicy = LatePolicy()
    units: list[Unit]


class Next(WireModel):
    """The unit that a learner should do first."""

    course: str
    assignment: str


class MyUnits(WireModel):
    """All that a learner's pages show of courses. ``now`` is the exchange's clock: due dates are told by it."""

    name: str
    now: str
    next: Next | None
    courses: list[Course]


class LearnerProgress(WireModel):
    """One learner and one assignment; only what is not null has happened.

    ``due`` is the learner's own date. ``submitted``, ``submission`` (its id), ``returned``, ``score`` and ``max_score``
    are those of the latest of ``submissions``.
    """

    learner: str
    fetched: str | None
    due: str | None
    submissions: int
    submitted: str | None
    submission: str | None
    returned: bool
    score: float | None
    max_score: float | None


class UnitProgress(WireModel):
    """An assignment, and who has begun something with it."""

    assignment: str
    title: str
    minutes: int | None
    due: str | None
    open: bool
    learners: list[LearnerProgress]


class CourseProgress(WireModel):
    """Who is where in a course, for its instructors. ``now`` is the exchange's clock."""

    course: str
    title: str
    now: str
    late: LatePolicy
    units: list[UnitProgress]
