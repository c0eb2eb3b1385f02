"""The pages of the grades: the table, and the two files that one can take along."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import ClassVar

from nbgrader.api import Assignment
from tornado import web

from doorstart_course_page.book import Book
from doorstart_course_page.facts import settled_facts
from doorstart_course_page.forms import percent
from doorstart_course_page.grades_columns import STATES, each_mark, overview
from doorstart_course_page.grades_csv import as_csv
from doorstart_course_page.grades_table import Grades, table_of
from doorstart_course_page.grades_xlsx import as_xlsx
from doorstart_course_page.page import CoursePage
from doorstart_course_page.site import Site
from doorstart_course_page.standing import handed_in
from doorstart_exchange_client.client import ExchangeClient
from doorstart_grading.translation import Words


def grades_of(book: Book, site: Site, exchange: ExchangeClient) -> Grades:
    """The grades of the course, as they are now.

    Raises:
        ExchangeClientError: what was handed in is not known; then there is no table, rather than a wrong one.
    """
    submitted = handed_in(exchange.progress(book.id))
    with book.opened() as gradebook:
        maxima = {
            str(name): float(most or 0) for name, most in gradebook.db.query(Assignment.name, Assignment.max_score)
        }
    return table_of(settled_facts(book), submitted, maxima, site.learners, datetime.now(UTC))


def file_of(grades: Grades, kind: str, site: Site, words: Words) -> bytes:
    """The grades as a file of this kind, ``csv`` or ``xlsx``, in these words."""
    if kind == "csv":
        return as_csv(overview(grades, words), site.language, site.zone)
    return as_xlsx([overview(grades, words), each_mark(grades, words)], site.zone, grades.newest)


class _OfGrades(CoursePage):
    """What the page and the files have in common."""

    async def grades(self) -> Grades:
        """The grades of the course.

        Raises:
            web.HTTPError: the exchange does not answer.
        """
        desk = self.desk
        async with self.exchange_errors():
            return await asyncio.to_thread(lambda: grades_of(desk.book, desk.site, desk.exchange()))


class GradesPage(_OfGrades):
    """All grades of the course."""

    @web.authenticated
    async def get(self) -> None:
        """Show them."""
        grades, language = await self.grades(), self.desk.site.language
        self.show("grades.html", grades=grades, states=STATES, percent=lambda share: percent(share, language))


class GradesFile(_OfGrades):
    """The grades, to be saved."""

    TYPES: ClassVar = {
        "csv": "text/csv; charset=utf-8",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }

    @web.authenticated
    async def get(self, kind: str) -> None:
        """Send the file."""
        desk, grades = self.desk, await self.grades()
        content = await asyncio.to_thread(file_of, grades, kind, desk.site, self.words)
        self.set_header("Content-Type", self.TYPES[kind])
        # A course's id has no character that would have to be written in another way.
        self.set_header("Content-Disposition", f'attachment; filename="{desk.book.id}-grades.{kind}"')
        self.set_header("Cache-Control", "no-store")
        await self.finish(content)
