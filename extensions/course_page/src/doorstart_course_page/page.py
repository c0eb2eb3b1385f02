"""The base of all pages of *My course*: language, templates, and errors in words."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2
from jupyter_server.base.handlers import JupyterHandler
from tornado import web

from doorstart_course_page import acts, dates, forms
from doorstart_course_page.book import Book
from doorstart_course_page.facts import read_facts, settled_facts
from doorstart_course_page.job import Jobs
from doorstart_course_page.language import Translated, of
from doorstart_course_page.site import Site, read_site
from doorstart_course_page.standing import Class, Standing, Unit, put_together
from doorstart_exchange_client.client import ExchangeClient, ExchangeClientError
from doorstart_grading.sentence import Sentence
from doorstart_grading.translation import Words

SETTING = "doorstart_course_page"
"""Name of the server's setting with the :class:`Desk`."""
OWN = Path(str(resources.files("doorstart_course_page") / "static"))
"""Our styles and scripts."""
SHARED = Path("/opt/doorstart/static")
"""The look that the Hub's pages have too: put there when the image is built."""


@dataclass
class Desk:
    """What all pages use."""

    site: Site = field(default_factory=read_site)
    shared: Path = SHARED

    @cached_property
    def book(self) -> Book:
        """The course; made when it is first needed, so that a server starts without waiting for it."""
        return Book()

    @cached_property
    def jobs(self) -> Jobs:
        """The course's job."""
        return Jobs(Path(self.book.course.coursedir.root))

    def exchange(self) -> ExchangeClient:
        """The exchange; a page tries twice, and says so when it does not answer."""
        return self.book.exchange(attempts=2)


@cache
def templates() -> jinja2.Environment:
    """The templates of the pages; every value is escaped."""
    return jinja2.Environment(
        loader=jinja2.PackageLoader("doorstart_course_page"),
        autoescape=True,
        extensions=[Translated],
        undefined=jinja2.StrictUndefined,
    )


class CoursePage(JupyterHandler):
    """A page of this server's course, for its owner."""

    @property
    def desk(self) -> Desk:
        """What all pages use."""
        desk: Desk = self.settings[SETTING]
        return desk

    @property
    def words(self) -> Words:
        """The sentences of the person's language."""
        return of(self.desk.site.language)

    def address(self, *parts: str) -> str:
        """The address of one of these pages: ``address("unit", "01-first-steps")``."""
        return "/".join([f"{self.base_url}course", *(quote(part, safe="") for part in parts)])

    async def course(self, settled: bool = True) -> Class:
        """Who is where.

        Args:
            settled: whether points that a person gave have their penalty; False for a page that asks again by itself.

        Raises:
            web.HTTPError: the exchange does not answer.
        """
        desk, facts = self.desk, settled_facts if settled else read_facts

        def read() -> Class:
            return put_together(desk.exchange().progress(desk.book.id), facts(desk.book), desk.site.learners)

        async with self.exchange_errors():
            return await asyncio.to_thread(read)

    async def unit(self, assignment: str) -> tuple[Class, Unit]:
        """The course, and a unit of it.

        Raises:
            web.HTTPError: there is no such unit, or the exchange does not answer.
        """
        course = await self.course()
        unit = course.unit(assignment)
        if unit is None:
            raise web.HTTPError(404)
        return course, unit

    def standing(self, unit: Unit, learner: str) -> Standing:
        """A learner's place in a unit.

        Raises:
            web.HTTPError: there is no such learner.
        """
        found = unit.of(learner)
        if found is None:
            raise web.HTTPError(404)
        return found

    def date_of_form(self) -> datetime | None:
        """The fields ``day`` and ``time``; None if they are empty.

        Raises:
            web.HTTPError: they are no date.
        """
        try:
            return dates.from_form(
                self.get_body_argument("day", ""), self.get_body_argument("time", ""), self.desk.site.zone
            )
        except dates.NoDateError:
            message = self.words.gettext("Nothing was saved. Fill in a day and a time, or leave both empty.")
            raise told(400, message) from None

    @asynccontextmanager
    async def exchange_errors(self) -> AsyncIterator[None]:
        """What the exchange refuses becomes a page that says so."""
        try:
            yield
        except ExchangeClientError as error:
            self.log.error("The exchange did not do what My course asked: %s", error)
            problem, _ = acts.problem_of(error)
            raise told(503, self.words.gettext(acts.PROBLEMS[problem])) from None

    def show(self, template: str, **values: Any) -> None:
        """Answer with a page.

        Args:
            template: its name in ``templates/``.
            values: for the template, beside what :meth:`common` gives.
        """
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.finish(templates().get_template(template).render({**self.common(), **values}))

    def common(self) -> dict[str, Any]:
        """What every template knows."""
        site = self.desk.site
        return {
            "address": self.address,
            "asset": self.asset,
            "base_url": self.base_url,
            "course_id": self.desk.book.id,
            "good_outcomes": acts.GOOD,
            "job": self.desk.jobs.now(),
            "now": time.time(),
            "outcomes": acts.OUTCOMES,
            "problems": acts.PROBLEMS,
            "saved": self.get_query_argument("saved", ""),
            "stoppable": acts.STOPPABLE,
            "here": self.request.path,
            "language": site.language,
            "moment": lambda when: forms.moment(when, site.language, site.zone),
            "say": lambda sentence: Sentence.from_json(sentence).in_language(site.language),
            "number": lambda value: forms.number(value, site.language),
            "site": site,
            "xsrf": self.xsrf_token.decode(),
        }

    def asset(self, name: str) -> str:
        """The address of one of our files. It changes with the file, so a browser may keep what it has."""
        path = OWN / name if (OWN / name).is_file() else self.desk.shared / name
        return f"{self.base_url}course/static/{name}?v={_digest(path)}"

    def write_error(self, status_code: int, **details: Any) -> None:
        """A page that says what happened, never a traceback."""
        error = details.get("exc_info", (None, None, None))[1]
        message = getattr(error, "doorstart_message", "")
        self.clear()
        self.set_status(status_code)
        self.show("error.html", status=status_code, message=message)


def told(status: int, message: str) -> web.HTTPError:
    """An error that the page of errors tells in these words.

    Args:
        status: of the answer.
        message: for the person who asked, in their language.
    """
    error: Any = web.HTTPError(status, message.replace("%", "%%"))
    error.doorstart_message = message
    return error  # type: ignore[no-any-return]


@cache
def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else "none"
