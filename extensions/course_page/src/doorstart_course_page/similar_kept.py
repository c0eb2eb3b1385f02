"""What is kept of the search for similar work, in tables beside nbgrader's own: results, and who looked at which pair.

Importing this module is enough: nbgrader makes the tables when it opens a gradebook.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from nbgrader.api import Base, Gradebook
from sqlalchemy import Boolean, Column, DateTime, Integer, String, Text

from doorstart_grading.gradebook import now


class SimilarResult(Base):
    """The last comparison of a unit's submissions."""

    __tablename__ = "doorstart_similar_result"

    assignment = Column(String(128), primary_key=True)
    inputs = Column(String(64), nullable=False)
    """Fingerprint of all that was compared, and of how."""
    at = Column(DateTime, nullable=False)
    submissions = Column(Integer, nullable=False)
    found = Column(Text, nullable=False)
    """A JSON list of :class:`Finding`."""


class SimilarSeen(Base):
    """That a person looked at a pair. Rows are added, never changed; the last one of a pair holds."""

    __tablename__ = "doorstart_similar_seen"

    id = Column(Integer, primary_key=True)
    at = Column(DateTime, nullable=False)
    by = Column(String(256), nullable=False)
    assignment = Column(String(128), nullable=False, index=True)
    first = Column(String(128), nullable=False)
    second = Column(String(128), nullable=False)
    inputs = Column(String(64), nullable=False)
    """Fingerprint of the two submissions: if one of them changes, somebody has to look again."""
    fine = Column(Boolean, nullable=False)


@dataclass(frozen=True)
class Finding:
    """A pair for a person to look at."""

    first: str
    second: str
    """Learners, in alphabetical order."""
    share: float
    """Part of the rare passages of the smaller submission that both have, from 0 to 1."""
    common: tuple[int, ...]
    """Fingerprints that both and few others have, to show where they are."""
    inputs: str
    """Fingerprint of the two submissions."""
    signs: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    """Numbers of the one in the work of the other: kind, in whose work they are, and the numbers."""


@dataclass(frozen=True)
class Seen:
    """Who said that a pair is fine, and when."""

    by: str
    at: datetime


@dataclass(frozen=True)
class Result:
    """What the last comparison of a unit found."""

    inputs: str
    at: datetime
    submissions: int
    found: tuple[Finding, ...]


def keep(gradebook: Gradebook, unit: str, inputs: str, submissions: int, found: list[Finding]) -> None:
    """Put the result of a comparison in the place of the last one."""
    content = json.dumps([asdict(one) for one in found])
    row = SimilarResult(assignment=unit, inputs=inputs, at=now(), submissions=submissions, found=content)
    gradebook.db.merge(row)
    gradebook.db.commit()


def results(gradebook: Gradebook) -> dict[str, Result]:
    """The last comparison of each unit that was compared."""
    return {
        str(row.assignment): Result(
            str(row.inputs),
            row.at.replace(tzinfo=UTC),
            int(row.submissions),
            tuple(_finding(one) for one in json.loads(row.found)),
        )
        for row in gradebook.db.query(SimilarResult)
    }


def say(gradebook: Gradebook, unit: str, finding: Finding, by: str, fine: bool) -> None:
    """Keep that a person looked at a pair and found nothing wrong with it, or took that back."""
    row = {"assignment": unit, "first": finding.first, "second": finding.second, "inputs": finding.inputs}
    gradebook.db.add(SimilarSeen(at=now(), by=by, fine=fine, **row))
    gradebook.db.commit()


def seen(gradebook: Gradebook, unit: str) -> Mapping[tuple[str, str, str], Seen]:
    """The pairs that are fine, by learners and fingerprint."""
    found: dict[tuple[str, str, str], Seen] = {}
    for row in gradebook.db.query(SimilarSeen).filter(SimilarSeen.assignment == unit).order_by(SimilarSeen.id):
        key = (str(row.first), str(row.second), str(row.inputs))
        found.pop(key, None)
        if row.fine:
            found[key] = Seen(str(row.by), row.at.replace(tzinfo=UTC))
    return found


def _finding(said: dict[str, Any]) -> Finding:
    signs = tuple((kind, holder, tuple(numbers)) for kind, holder, numbers in said["signs"])
    return Finding(**{**said, "common": tuple(said["common"]), "signs": signs})
