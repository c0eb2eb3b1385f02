"""``doorstart export``: the grades as a file, on an instructor's command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from doorstart_course_page.acts import PROBLEMS, problem_of
from doorstart_course_page.book import Book
from doorstart_course_page.grades import file_of, grades_of
from doorstart_course_page.language import of
from doorstart_course_page.site import read_site
from doorstart_exchange_client.client import ATTEMPTS, ExchangeClientError
from doorstart_grading.course import CourseError
from doorstart_grading.sentence import Told
from doorstart_grading.translation import Words

KINDS = ("csv", "xlsx")


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(export)


def export(
    course: Annotated[str, typer.Argument(help="The course of this server.")],
    file: Annotated[Path, typer.Argument(help="The file to write: its name ends in .csv or .xlsx.")],
) -> None:
    """Write all grades of the course into a file, as the page Grades does."""
    kind, site = file.suffix.removeprefix(".").lower(), read_site()
    gettext = of(site.language).gettext
    if kind not in KINDS:
        said = gettext("%(file)s ends in neither .csv nor .xlsx. Give the file such a name.", file=repr(file.name))
        raise CourseError(Told(said))
    book = Book()
    book.course.require(course)
    try:
        grades = grades_of(book, site, book.exchange(ATTEMPTS))
    except ExchangeClientError as error:
        raise CourseError(Told(_said(error, of(site.language)))) from error
    try:
        file.write_bytes(file_of(grades, kind, site, of(site.language)))
    except OSError as error:
        said = gettext(
            "%(file)s could not be written (%(text)s). Choose another place.", file=file, text=error.strerror
        )
        raise CourseError(Told(said)) from error
    typer.echo(
        gettext(
            "Wrote the grades of %(learners)s learners and %(units)s units into %(file)s.",
            learners=len(grades.rows),
            units=len(grades.units),
            file=file,
        )
    )


def _said(error: ExchangeClientError, words: Words) -> str:
    problem, why = problem_of(error)
    if problem == "away":
        return words.gettext(
            "The exchange does not answer, so it is not known what was handed in. No file was written. "
            "Wait a minute and run the command again."
        )
    return f"{words.gettext(PROBLEMS[problem])} {why}"
