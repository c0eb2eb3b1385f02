"""The pages about similar work: which pairs a person should look at, and two submissions side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from nbgrader.api import MissingEntry
from tornado import web

from doorstart_course_page import similar_kept, similar_score
from doorstart_course_page.book import Book
from doorstart_course_page.job import BusyError
from doorstart_course_page.page import CoursePage, told
from doorstart_course_page.similar_compare import inputs_of, inputs_of_pair
from doorstart_course_page.similar_kept import Finding, Result, Seen
from doorstart_course_page.similar_passages import Shown, passages
from doorstart_course_page.similar_read import digests_of, work_of
from doorstart_grading.translation import N_


@dataclass(frozen=True)
class UnitState:
    """How far the comparison of a unit is."""

    unit: str
    submissions: int
    result: Result | None
    is_current: bool
    """Whether nothing was collected or changed since."""
    open: tuple[Finding, ...]
    """Pairs that nobody looked at."""
    fine: tuple[tuple[Finding, Seen], ...]


def states(book: Book, only: str | None = None) -> list[UnitState]:
    """The units of the course that the gradebook knows.

    Args:
        book: of the course.
        only: just this one.
    """
    with book.opened() as gradebook:
        units = sorted(str(one.name) for one in gradebook.assignments)
        results = similar_kept.results(gradebook)
        seen = {unit: similar_kept.seen(gradebook, unit) for unit in units}
    found = []
    for unit in units if only is None else [unit for unit in units if unit == only]:
        digests = digests_of(book.course, unit)
        result = results.get(unit)
        current = result is not None and result.inputs == inputs_of(book.course, unit, digests)
        found.append(_state(unit, len(digests), result, current, seen[unit]))
    return found


def _state(
    unit: str, submissions: int, result: Result | None, current: bool, seen: Mapping[tuple[str, str, str], Seen]
) -> UnitState:
    found = result.found if result else ()
    keys = {one: (one.first, one.second, one.inputs) for one in found}
    fine = tuple((one, seen[keys[one]]) for one in found if keys[one] in seen)
    return UnitState(unit, submissions, result, current, tuple(one for one in found if keys[one] not in seen), fine)


@dataclass(frozen=True)
class SideBySide:
    """Two submissions."""

    finding: Finding
    sides: tuple[tuple[str, list[Shown]], ...]
    """Each learner's cells."""
    fine: Seen | None


def side_by_side(book: Book, unit: str, first: str, second: str) -> SideBySide | None:
    """Two submissions of a unit; None if the comparison did not find them."""
    with book.opened() as gradebook:
        result = similar_kept.results(gradebook).get(unit)
        seen = similar_kept.seen(gradebook, unit)
    finding = (
        next((one for one in result.found if (one.first, one.second) == (first, second)), None) if result else None
    )
    if finding is None:
        return None
    works = [work_of(book.course, unit, learner) for learner in (first, second)]
    if inputs_of_pair(*works) != finding.inputs:
        return None
    prints = [similar_score.prints_of(work.cells) for work in works]
    sides = tuple(
        (work.learner, passages(work.cells, one, finding.common)) for work, one in zip(works, prints, strict=True)
    )
    return SideBySide(finding, sides, seen.get((first, second, finding.inputs)))


class SimilarPage(CoursePage):
    """The units, and how many pairs of each wait for a person."""

    @web.authenticated
    async def get(self) -> None:
        """Show them."""
        self.show("similar.html", states=await asyncio.to_thread(states, self.desk.book))


class SimilarUnitPage(CoursePage):
    """The pairs of one unit, and the button that compares."""

    @web.authenticated
    async def get(self, unit: str) -> None:
        """Show them."""
        found = await asyncio.to_thread(states, self.desk.book, unit)
        if not found:
            raise web.HTTPError(404)
        self.show("similar_unit.html", state=found[0])

    @web.authenticated
    async def post(self, unit: str) -> None:
        """Begin to compare, and go to the page that shows how far it is."""
        if not await asyncio.to_thread(states, self.desk.book, unit):
            raise web.HTTPError(404)
        with suppress(BusyError):  # the page shows the job that runs
            await asyncio.to_thread(self.desk.jobs.start, "compare", unit, by=self.desk.site.username)
        self.redirect(self.address("job"), status=303)


class SimilarPairPage(CoursePage):
    """Two submissions side by side."""

    @web.authenticated
    async def get(self, unit: str, first: str, second: str) -> None:
        """Show them."""
        self.show("similar_pair.html", unit=unit, pair=await self._pair(unit, first, second))

    @web.authenticated
    async def post(self, unit: str, first: str, second: str) -> None:
        """Keep that the person looked at them, or that somebody should look again."""
        pair, fine = await self._pair(unit, first, second), self.get_body_argument("fine", "") == "yes"
        book, by = self.desk.book, self.desk.site.username

        def keep() -> None:
            with book.opened() as gradebook:
                similar_kept.say(gradebook, unit, pair.finding, by, fine)

        await asyncio.to_thread(keep)
        self.redirect(self.address("similar", unit), status=303)

    async def _pair(self, unit: str, first: str, second: str) -> SideBySide:
        try:
            pair = await asyncio.to_thread(side_by_side, self.desk.book, unit, first, second)
        except MissingEntry:
            pair = None
        if pair is None:
            message = N_("These two submissions are not in the last comparison. Compare again, and look at the list.")
            raise told(404, self.words.gettext(message))
        return pair
