"""The page of one unit: its steps, its date, and its learners."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from tornado import web

from doorstart_course_page import dates, settling
from doorstart_course_page.acts import ACTS
from doorstart_course_page.job import BusyError
from doorstart_course_page.page import CoursePage, told


class UnitPage(CoursePage):
    """A unit."""

    @web.authenticated
    async def get(self, assignment: str) -> None:
        """Show it."""
        course, unit = await self.unit(assignment)
        self.show("unit.html", course=course, unit=unit, day_and_time=dates.to_form(unit.due, self.desk.site.zone))


class ActPage(CoursePage):
    """A button that begins a job."""

    @web.authenticated
    async def post(self, assignment: str) -> None:
        """Begin it, and go to the page that shows how far it is."""
        await self.unit(assignment)
        kind, learner = self.get_body_argument("act", ""), self.get_body_argument("learner", "")
        if kind not in ACTS:
            raise told(400, self.words.gettext("This page does not know that button. Load it again."))
        with suppress(BusyError):  # somebody was faster; the page shows whose job it is
            await asyncio.to_thread(self.desk.jobs.start, kind, assignment, learner, self.desk.site.username)
        self.redirect(self.address("job"), status=303)


class DuePage(CoursePage):
    """The form with a unit's date."""

    @web.authenticated
    async def post(self, assignment: str) -> None:
        """Set the date."""
        await self.unit(assignment)
        due = self.date_of_form()
        async with self.exchange_errors():
            await asyncio.to_thread(settling.set_due, self.desk.book, self.desk.exchange(), assignment, due)
        self.redirect(f"{self.address('unit', assignment)}?saved=due#due", status=303)
