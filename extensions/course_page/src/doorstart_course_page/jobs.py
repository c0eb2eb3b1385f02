"""The page that shows how far the course's job is, and what became of each learner's work."""

from __future__ import annotations

import asyncio

from tornado import web

from doorstart_course_page.page import CoursePage


class JobPage(CoursePage):
    """The job that runs, or was the last. Its script asks for this page again and takes over what has changed."""

    @web.authenticated
    async def get(self) -> None:
        """Show it."""
        course = await self.course(settled=False)
        self.show("job.html", course=course)


class StopPage(CoursePage):
    """The button that stops the job."""

    @web.authenticated
    async def post(self) -> None:
        """Ask it to stop."""
        await asyncio.to_thread(self.desk.jobs.stop, self.get_body_argument("id", ""))
        self.redirect(self.address("job"), status=303)
