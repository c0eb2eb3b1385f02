"""Rows about a learner's way through the assignments: what there is, when it is due, when it was fetched."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from doorstart.exchange.store.database import Database
from doorstart.exchange.store.models import Assignment, Course, Fetch
from doorstart.exchange.store.records import find_assignment, insert_missing


class Progress:
    """The rows of the exchange that a learner's list needs beside submissions and feedback."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def assignments(self, courses: Sequence[str]) -> list[Assignment]:
        """All assignments that these courses ever had, by course and name."""
        query = select(Assignment).where(Assignment.course.in_(courses)).order_by(Assignment.course, Assignment.name)
        with self._database.read() as session:
            return list(session.scalars(query))

    def titles(self, courses: Sequence[str]) -> dict[str, str]:
        """The titles of those courses that have one."""
        with self._database.read() as session:
            return {course.id: course.title for course in session.scalars(select(Course).where(Course.id.in_(courses)))}

    def fetched(self, learner: str) -> dict[int, datetime]:
        """When the learner first fetched each assignment, by the assignment's row id."""
        query = select(Fetch).where(Fetch.learner == learner)
        with self._database.read() as session:
            return {row.assignment_id: row.fetched_at for row in session.scalars(query)}

    def note_fetch(self, assignment_id: int, learner: str, now: datetime) -> None:
        """Remembers that the learner has the assignment; later times are not kept."""
        here = (Fetch.assignment_id == assignment_id) & (Fetch.learner == learner)
        with self._database.read() as session:
            if session.scalar(select(Fetch.id).where(here)) is not None:
                return
        with self._database.write() as session:
            insert_missing(session, Fetch, assignment_id=assignment_id, learner=learner, fetched_at=now)

    def set_due(self, course: str, assignment: str, due: datetime | None) -> bool:
        """Sets or takes away the due date. False when there was never such an assignment."""
        with self._database.write() as session:
            row = session.scalar(find_assignment(course, assignment).with_for_update())
            if row is None:
                return False
            row.due_at = due
            return True
