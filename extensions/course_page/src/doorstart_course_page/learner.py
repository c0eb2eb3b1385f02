"""The page of one learner and one unit: a date of their own, being let off, and grading again."""

from __future__ import annotations

import asyncio

from tornado import web

from doorstart_course_page import dates, settling
from doorstart_course_page.page import CoursePage


class LearnerPage(CoursePage):
    """A learner's work for a unit."""

    @web.authenticated
    async def get(self, assignment: str, learner: str) -> None:
        """Show it."""
        course, unit = await self.unit(assignment)
        standing = self.standing(unit, learner)
        own = standing.due if standing.own_due else None
        self.show(
            "learner.html",
            course=course,
            unit=unit,
            one=standing,
            day_and_time=dates.to_form(own, self.desk.site.zone),
        )


class AgreementPage(CoursePage):
    """The form with what was agreed with a learner."""

    @web.authenticated
    async def post(self, assignment: str, learner: str) -> None:
        """Keep it."""
        _, unit = await self.unit(assignment)
        self.standing(unit, learner)
        due, waived = self.date_of_form(), self.get_body_argument("waived", "") == "yes"
        async with self.exchange_errors():
            await asyncio.to_thread(
                settling.agree, self.desk.book, self.desk.exchange(), assignment, learner, due, waived
            )
        self.redirect(f"{self.address('unit', assignment, 'learner', learner)}?saved=agreement", status=303)
