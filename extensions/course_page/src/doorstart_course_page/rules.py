"""The page with the course's rule for late work."""

from __future__ import annotations

import asyncio

from tornado import web

from doorstart_course_page import settling
from doorstart_course_page.page import CoursePage, told
from doorstart_grading import late

MOST_POINTS, MOST_DAYS = 1000, 365


class RulePage(CoursePage):
    """What late work costs."""

    @web.authenticated
    async def get(self) -> None:
        """Show it."""

        def read() -> late.Rule:
            with self.desk.book.opened() as gradebook:
                return late.read_rule(gradebook)

        self.show("rule.html", rule=await asyncio.to_thread(read))

    @web.authenticated
    async def post(self) -> None:
        """Change it."""
        kind = self.get_body_argument("kind", "")
        points, days = self.get_body_argument("points", ""), self.get_body_argument("days", "")
        try:
            rule = rule_of(kind, points, days)
        except ValueError:
            message = self.words.gettext(
                "Nothing was saved. Fill in points above 0 and at most %(points)s, or days from 0 to %(days)s.",
                points=MOST_POINTS,
                days=MOST_DAYS,
            )
            raise told(400, message) from None
        async with self.exchange_errors():
            await asyncio.to_thread(settling.set_rule, self.desk.book, self.desk.exchange(), rule)
        self.redirect(f"{self.address('late')}?saved=rule", status=303)


def rule_of(kind: str, points: str, days: str) -> late.Rule:
    """The rule in a form.

    Raises:
        ValueError: it is none.
    """
    if kind == "none":
        return late.Rule()
    if kind == "points":
        taken = float(points.replace(",", "."))
        if not 0 < taken <= MOST_POINTS:
            raise ValueError(points)
        return late.Rule("points", points=taken)
    if kind == "zero":
        after = int(days)
        if not 0 <= after <= MOST_DAYS:
            raise ValueError(days)
        return late.Rule("zero", days=after)
    raise ValueError(kind)
