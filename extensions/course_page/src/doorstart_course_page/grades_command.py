"""``doorstart export``: the grades as a file, on an instructor's command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from doorstart_course_page.book import Book
from doorstart_course_page.grades import file_of, grades_of
from doorstart_course_page.language import of
from doorstart_course_page.site import read_site
from doorstart_grading.course import CourseError

KINDS = ("csv", "xlsx")


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(export)


def export(
    course: Annotated[str, typer.Argument(help="The course of this server.")],
    file: Annotated[Path, typer.Argument(help="The file to write: its name ends in .csv or .xlsx.")],
) -> None:
    """Write all grades of the course into a file, as the page Grades does."""
    kind = file.suffix.removeprefix(".").lower()
    if kind not in KINDS:
        raise CourseError(f"{file.name!r} ends in neither .csv nor .xlsx. Give the file such a name.")
    book, site = Book(), read_site()
    book.course.require(course)
    grades = grades_of(book, site)
    try:
        file.write_bytes(file_of(grades, kind, site, of(site.language)))
    except OSError as error:
        raise CourseError(f"{file} could not be written ({error.strerror}). Choose another place.") from error
    typer.echo(f"Wrote the grades of {len(grades.rows)} learners and {len(grades.units)} units into {file}.")
