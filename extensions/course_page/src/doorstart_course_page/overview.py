"""The first page: the course's units."""

from __future__ import annotations

from tornado import web

from doorstart_course_page.page import CoursePage


class OverviewPage(CoursePage):
    """Who is where, and what to do next."""

    @web.authenticated
    async def get(self) -> None:
        """Show it."""
        self.show("overview.html")
