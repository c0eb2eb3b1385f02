"""What is added to nbgrader's gradebook: who set which score when, and what each submission was graded from.

Importing this module is enough: nbgrader makes the tables when it opens a gradebook, and every process of an
instructor's server that changes a score, formgrader among them, imports it by its ``nbgrader_config.py``.

It also sets how SQLite is used, so that several processes can write into one gradebook.
"""

from __future__ import annotations

import os
import sqlite3
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import nbgrader.api
from nbgrader.api import Base, Grade
from sqlalchemy import Column, DateTime, Float, Integer, String, Text, create_engine, event, insert, inspect
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from doorstart_grading import grader

BUSY_TIMEOUT = 60_000
"""Milliseconds that a writer waits for the others."""

_FIELDS = ("auto_score", "manual_score", "extra_credit")


class ScoreChange(Base):
    """One change of a score. Kept for good: rows are added, never changed."""

    __tablename__ = "doorstart_score_change"

    id = Column(Integer, primary_key=True)
    at = Column(DateTime, nullable=False)
    """UTC, as everywhere in nbgrader's gradebook."""
    by = Column(String(256), nullable=False)
    """A person's name, or what gave an automatic score."""
    student = Column(String(128), nullable=False, index=True)
    assignment = Column(String(128), nullable=False, index=True)
    notebook = Column(String(128), nullable=False)
    cell = Column(String(128), nullable=False)
    field = Column(String(16), nullable=False)
    """``auto_score``, ``manual_score`` or ``extra_credit``."""
    old = Column(Float)
    new = Column(Float)


class GradedSubmission(Base):
    """How a submission was graded the last time, if that came to its end; nothing says so while it is graded again."""

    __tablename__ = "doorstart_graded_submission"

    student = Column(String(128), primary_key=True)
    assignment = Column(String(128), primary_key=True)
    inputs = Column(String(64), nullable=False)
    """Fingerprint of all that the scores are made from."""
    outputs = Column(String(64), nullable=False)
    """Fingerprint of the autograded notebooks, to see whether they are still there, and the same."""
    by = Column(String(256), nullable=False)
    at = Column(DateTime, nullable=False)
    remarks = Column(Text, nullable=False)
    """What the instructor should know; a JSON list of :class:`doorstart_grading.remarks.Remark`."""


def now() -> datetime:
    """The time, as the gradebook keeps it."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


@lru_cache(maxsize=8)
def _engine(url: str, process: int) -> Engine:
    engine = create_engine(url, future=True)
    event.listen(engine, "connect", _set_up)
    return engine


def _kept_engine(url: str, **_: Any) -> Engine:
    """One engine for a gradebook, as long as this process runs.

    nbgrader makes one each of the dozen times that it opens the gradebook to grade a submission, and each prepares
    every statement anew. An engine that was disposed of, as nbgrader does, connects again when it is used again.
    """
    return _engine(url, os.getpid())


# nbgrader has no setting for this; all of its code opens gradebooks in this module.
assert nbgrader.api.create_engine is create_engine  # noqa: S101  (a version of nbgrader that does it in another way)
nbgrader.api.create_engine = _kept_engine


def for_grading() -> None:
    """From here on, this process only writes what can be made again.

    It does not wait until each change is on the disk. If the power fails, the last grades may be missing, but no grade
    can be wrong: a submission counts as graded only if all that was made of it is there.
    """
    _Settings.synchronous = "NORMAL"


class _Settings:
    synchronous = "FULL"


def _set_up(connection: Any, _: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    # Writers wait for their turn; readers do not wait for writers, nor the other way round.
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"PRAGMA synchronous = {_Settings.synchronous}")


for _field in _FIELDS:
    # So that a score that is set is compared with the one that was there, also if that had not been read yet.
    event.listen(getattr(Grade, _field), "set", lambda *_: None, active_history=True)


@event.listens_for(Session, "before_flush")
def _keep_history(session: Session, *_: Any) -> None:
    grades = [one for one in (*session.dirty, *session.new) if isinstance(one, Grade)]
    if not grades:
        return
    with session.no_autoflush:
        changes = [change for grade in grades for field in _FIELDS if (change := _change(grade, field))]
        if changes:
            session.execute(insert(ScoreChange), changes)


def _change(grade: Grade, field: str) -> dict[str, Any] | None:
    history = inspect(grade).attrs[field].history
    if not history.has_changes():
        return None
    old = history.deleted[0] if history.deleted else None
    new = history.added[0] if history.added else None
    if old == new:
        return None
    return {
        "at": now(),
        "by": grader.label() if field == "auto_score" else grader.person(),
        "student": grade.student.id,
        "assignment": grade.assignment.name,
        "notebook": grade.notebook.name,
        "cell": grade.name,
        "field": field,
        "old": old,
        "new": new,
    }
