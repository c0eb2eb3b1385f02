"""The course's gradebook, for the pages: opened for one question, and closed again.

Pages ask in threads, and other processes (formgrader, a job, a terminal) write at the same time; each asks for itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from nbgrader.api import Gradebook

from doorstart_exchange_client.client import ExchangeClient
from doorstart_exchange_client.exchange import Exchange
from doorstart_grading.course import Course


class Book:
    """The gradebook of this server's course, and where the course's files are.

    Args:
        course: as nbgrader is configured for it.
    """

    def __init__(self, course: Course | None = None) -> None:
        self.course = course or Course()

    @property
    def id(self) -> str:
        """The course's id."""
        return self.course.id

    def exchange(self, attempts: int) -> ExchangeClient:
        """The exchange, at the socket that nbgrader is configured for.

        Args:
            attempts: how often to try when it does not answer.
        """
        configured = Exchange(coursedir=self.course.coursedir, authenticator=None, parent=self.course.app)
        return ExchangeClient(str(configured.socket), attempts=attempts)

    @contextmanager
    def opened(self) -> Iterator[Gradebook]:
        """The gradebook, closed at the end; whoever changes something commits it (``gradebook.db.commit()``)."""
        with self.course.gradebook() as gradebook:
            yield gradebook
