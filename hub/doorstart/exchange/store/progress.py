"""Rows about learners' way through the assignments: what there is, when it is due, when it was fetched."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from doorstart.exchange.store.database import Database
from doorstart.exchange.store.models import Assignment, Course, Fetch, LatePolicy, OwnDue
from doorstart.exchange.store.records import find_assignment, insert_missing


class Progress:
    """The rows of the exchange that lists of units need beside submissions and feedback."""

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

    def fetched_by(self, assignment_ids: Sequence[int]) -> dict[tuple[int, str], datetime]:
        """When each learner first fetched each of these assignments, by the assignment's row id and the learner."""
        query = select(Fetch).where(Fetch.assignment_id.in_(assignment_ids))
        with self._database.read() as session:
            return {(row.assignment_id, row.learner): row.fetched_at for row in session.scalars(query)}

    def own_dues(self, assignment_ids: Sequence[int], learner: str | None = None) -> dict[tuple[int, str], datetime]:
        """The due dates of single learners, by the assignment's row id and the learner.

        Args:
            learner: only this one's.
        """
        query = select(OwnDue).where(OwnDue.assignment_id.in_(assignment_ids))
        if learner is not None:
            query = query.where(OwnDue.learner == learner)
        with self._database.read() as session:
            return {(row.assignment_id, row.learner): row.due_at for row in session.scalars(query)}

    def set_own_due(self, course: str, assignment: str, learner: str, due: datetime | None) -> bool:
        """Sets or takes away one learner's due date. False when there was never such an assignment."""
        with self._database.write() as session:
            row = session.scalar(find_assignment(course, assignment).with_for_update())
            if row is None:
                return False
            own = session.scalar(select(OwnDue).where((OwnDue.assignment_id == row.id) & (OwnDue.learner == learner)))
            if due is None:
                if own is not None:
                    session.delete(own)
            elif own is None:
                session.add(OwnDue(assignment_id=row.id, learner=learner, due_at=due))
            else:
                own.due_at = due
            return True

    def late_policies(self, courses: Sequence[str]) -> dict[str, LatePolicy]:
        """What late work costs in those courses that say it."""
        query = select(LatePolicy).where(LatePolicy.course.in_(courses))
        with self._database.read() as session:
            return {row.course: row for row in session.scalars(query)}

    def set_late_policy(self, course: str, kind: str, points: float | None, days: int | None) -> None:
        """Sets what late work costs in a course."""
        with self._database.write() as session:
            session.merge(LatePolicy(course=course, kind=kind, points=points, days=days))

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
