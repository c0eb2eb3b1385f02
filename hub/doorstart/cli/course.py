"""``doorstart course``: build a course's notebooks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, cast

import typer

from doorstart.courses.build import build_course, course_id
from doorstart.courses.format import Language, read_course
from doorstart.site.courses import course_folders
from doorstart.site.progress import console

app = typer.Typer(help="The courses of this checkout.", no_args_is_help=True)


@app.command(name="list")
def list_() -> None:
    """The courses, their languages and units."""
    for folder in course_folders():
        course = read_course(folder)
        console.print(f"[bold]{folder.name}[/bold] ({', '.join(course.languages)}): {', '.join(course.units)}")


@app.command()
def build(
    folder: Annotated[Path, typer.Argument(help="The course's folder, for example courses/programming.")],
    destination: Annotated[Path, typer.Argument(help="Where nbgrader's course folder goes.")],
    language: Annotated[str, typer.Option(help="nl, fr, en or de.")] = "en",
) -> None:
    """Make nbgrader's source notebooks of a course."""
    units = build_course(folder, cast(Language, language), destination)
    console.print(f"{course_id(folder, cast(Language, language))}: {', '.join(units)} in {destination}")
