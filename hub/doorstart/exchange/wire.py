"""What clients of the exchange see: paths, headers and JSON. The client's side is ``doorstart_exchange_client.wire``.

Not for rules or storage. A test compares the constants of the two sides.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

PREFIX = "/services/exchange"
DIGEST_HEADER = "Doorstart-Digest"
"""SHA-256 of the body in 64 lower-case hexadecimal digits; on uploads and on downloaded archives."""
VARIANT_HEADER = "Doorstart-Variant"
"""The seed of a learner's own numbers, beside an archive: doorstart.exchange.variants."""
ARCHIVE_TYPE = "application/x-tar"
TIME_FORMAT = "%Y-%m-%d %H:%M:%S.%f %Z"
"""nbgrader's own format; the zone is always ``UTC``."""
RECEIPT_KIND: Literal["doorstart-receipt-1"] = "doorstart-receipt-1"


def format_time(time: datetime) -> str:
    """A time zone aware time as clients get it: UTC, microseconds."""
    return time.astimezone(UTC).strftime(TIME_FORMAT)


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
    """The feedback that is shown for a submission."""

    version: int
    digest: str
    files: list[File]


class Submission(WireModel):
    """A submission as its learner and the course's instructors see it."""

    receipt: Receipt
    files: list[File]
    feedback: Feedback | None


class PublicKey(WireModel):
    """The key that receipts are signed with; ``key`` is the raw 32 bytes in base64."""

    algorithm: Literal["Ed25519"] = "Ed25519"
    key: str
