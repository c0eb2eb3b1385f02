"""What "My courses" shows of a learner's units: the exchange's list, in the words of the page. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from urllib.parse import quote, urlencode

from doorstart.exchange import wire
from doorstart.language import Language, forms
from doorstart.language.catalogue import of


@dataclass(frozen=True)
class Line:
    """One unit. ``due``, and ``points`` of ``most``, are as people write them, or empty.

    ``over``: the time to hand in is over; ``late``: and it was not handed in.
    """

    assignment: str
    title: str
    minutes: int | None
    due: str
    over: bool
    late: bool
    state: wire.State
    points: str
    most: str
    url: str
    feedback: Sequence[tuple[str, str]]
    """Name and address of each page of the feedback that is shown now."""


@dataclass(frozen=True)
class Course:
    """A course with its units, in order. ``language`` is the course's own; None: not known.

    ``late``: what late work costs, a sentence; empty: nothing.
    """

    title: str
    language: str | None
    units: Sequence[Line]
    late: str = ""


@dataclass(frozen=True)
class Learning:
    """All of it; ``first`` is what to do first, with its course, or None when nothing waits."""

    first: tuple[Course, Line] | None
    courses: Sequence[Course]


def learning(
    units: wire.MyUnits, language: Language, zone: tzinfo, *, hub: str, server: str, running: bool, username: str
) -> Learning:
    """The page's view of the exchange's list.

    Args:
        units: The list.
        language: Of the page.
        zone: Of the site.
        hub: Path of the Hub, such as ``/hub/``.
        server: Path of the learner's server, such as ``/user/ann/``.
        running: Whether that server runs.
        username: Whose list it is.
    """
    now = wire.parse_time(units.now)
    courses = []
    first = None
    for course in units.courses:
        lines = []
        for unit in course.units:
            when = wire.parse_time(unit.due) if unit.due else None
            over = when is not None and when < now
            graded = unit.score is not None and unit.max_score is not None
            lines.append(
                Line(
                    assignment=unit.assignment,
                    title=unit.title,
                    minutes=unit.minutes,
                    due=forms.due(when, now, language, zone) if when else "",
                    over=over,
                    late=over and unit.state in ("new", "started"),
                    state=unit.state,
                    points=forms.number(unit.score or 0, language) if graded else "",
                    most=forms.number(unit.max_score or 0, language) if graded else "",
                    url=unit_url(hub, server, username, course.course, unit, running=running),
                    feedback=feedback_pages(hub, unit),
                )
            )
        shown = Course(course.title, course.language, tuple(lines), late_rule(course.late, language))
        courses.append(shown)
        if units.next and units.next.course == course.course:
            first = next(((shown, line) for line in lines if line.assignment == units.next.assignment), None)
    return Learning(first, tuple(courses))


def late_rule(late: wire.LatePolicy, language: Language) -> str:
    """What late work costs, for a learner; empty if it costs nothing."""
    words = of(language)
    if late.kind == "points":
        points = forms.number(late.points or 0, language)
        return words.gettext("Work that is handed in late loses points: %(points)s for each day.", points=points)
    if late.kind == "zero" and not late.days:
        return words.gettext("Work that is handed in late gets no points.")
    if late.kind == "zero":
        days = late.days or 0
        return words.ngettext(
            "Work that is handed in more than %(n)s day late gets no points.",
            "Work that is handed in more than %(n)s days late gets no points.",
            days,
        )
    return ""


def unit_url(hub: str, server: str, username: str, course: str, unit: wire.Unit, *, running: bool) -> str:
    """Where a click on a unit leads: to the server, and through the Hub, which starts it first, if it does not run.

    A page that was left open until the server was stopped leads to the Hub's page about that, which offers to start it.

    What was fetched is opened by JupyterLab itself. The parameter names the unit for JupyterLab's extension, which
    fetches a new one.
    """
    place = "lab"
    if unit.fetched:
        place = f"lab/tree/{quote(course)}/{quote(unit.assignment)}/{quote(unit.assignment)}.ipynb"
    target = f"{server}{place}?{urlencode({'doorstart-unit': f'{course}/{unit.assignment}'})}"
    return target if running else f"{hub}spawn/{quote(username, safe='@~')}?{urlencode({'next': target})}"


def feedback_pages(hub: str, unit: wire.Unit) -> tuple[tuple[str, str], ...]:
    """Name and address of the pages of the latest feedback, see :mod:`doorstart.pages.feedback`."""
    shown = next((one for one in unit.submissions if one.feedback), None)
    if shown is None or shown.feedback is None:
        return ()
    pages = (file.path for file in shown.feedback.files if file.path.endswith(".html") and "/" not in file.path)
    return tuple((page.removesuffix(".html"), f"{hub}feedback/{shown.receipt.id}/{quote(page)}") for page in pages)
