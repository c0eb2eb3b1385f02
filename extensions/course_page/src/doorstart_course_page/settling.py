"""Dates, agreements with learners, and the rule for late work: into the gradebook, and told to the exchange.

The exchange is told first: if it does not answer, nothing has changed. What it does not know yet, because the unit was
never released, it is told by the release.
"""

from __future__ import annotations

from datetime import UTC, datetime

from doorstart_course_page.acts import tell_rule
from doorstart_course_page.book import Book
from doorstart_exchange_client.client import ExchangeClient, ExchangeClientError
from doorstart_grading import late


def set_due(book: Book, exchange: ExchangeClient, assignment: str, due: datetime | None) -> None:
    """Set when a unit is due, or take its date away.

    Args:
        due: with a time zone.

    Raises:
        ExchangeClientError: the exchange does not answer; nothing has changed.
    """
    try:
        exchange.set_due(book.id, assignment, due)
    except ExchangeClientError as error:
        if error.code != "not_released":
            raise
    with book.opened() as gradebook:
        gradebook.update_or_create_assignment(assignment, duedate=_plain(due))
        late.settle(gradebook, assignment)


def agree(
    book: Book, exchange: ExchangeClient, assignment: str, learner: str, due: datetime | None, waived: bool
) -> None:
    """Agree a date of their own with a learner, or that being late costs nothing; neither ends what was agreed.

    Args:
        due: with a time zone.

    Raises:
        ExchangeClientError: the exchange does not answer; nothing has changed.
    """
    try:
        exchange.set_own_due(book.id, assignment, learner, due)
    except ExchangeClientError as error:
        if error.code != "not_released":
            raise
    with book.opened() as gradebook:
        late.agree(gradebook, assignment, learner, _plain(due), waived)


def set_rule(book: Book, exchange: ExchangeClient, rule: late.Rule) -> None:
    """Change what late work costs in the course.

    Raises:
        ExchangeClientError: the exchange does not answer; nothing has changed.
    """
    tell_rule(exchange, book.id, rule)
    with book.opened() as gradebook:
        late.set_rule(gradebook, rule)


def _plain(due: datetime | None) -> datetime | None:
    """As nbgrader keeps dates: UTC, without a zone."""
    return due.astimezone(UTC).replace(tzinfo=None) if due else None
