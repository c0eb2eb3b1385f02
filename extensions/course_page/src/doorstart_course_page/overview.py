"""The first page: what to do next, and who is where."""

from __future__ import annotations

from tornado import web

from doorstart_course_page.page import CoursePage


class OverviewPage(CoursePage):
    """Who is where, and what to do next."""

    @web.authenticated
    async def get(self) -> None:
        """Show it."""
        course = await self.course()
        waiting = [unit for unit in course.units if unit.next not in (None, "release")]
        closed = [unit for unit in course.units if unit.next == "release"]
        self.show("overview.html", course=course, waiting=waiting, following=closed[0] if closed else None)
