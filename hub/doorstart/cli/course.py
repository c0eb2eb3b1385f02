"""``doorstart course``: build a course's notebooks, and check that the course is right."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, cast

import typer
from rich.markup import escape

from doorstart.courses.build import build_course, course_id
from doorstart.courses.check import Finding, check_unit
from doorstart.courses.format import Language, read_course
from doorstart.site.courses import course_folders
from doorstart.site.progress import console, errors, step

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


@app.command()
def check(
    folder: Annotated[Path, typer.Argument(help="The course's folder, for example courses/programming.")],
    unit: Annotated[str, typer.Option(help="One unit only.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print what was found as JSON.")] = False,
) -> None:
    """Grade the reference solutions and the typical wrong answers, and look for checks that would not work.

    Runs the course's code on this machine: check only courses whose authors you trust.
    """
    try:
        from doorstart_examiner.local import Nursery
    except ImportError as error:
        errors.print(f"[red]Error:[/red] What runs notebooks is not installed here: {error}. Run: make .venv/.dev")
        raise typer.Exit(1) from None
    course = read_course(folder)
    found: list[Finding] = []
    with Nursery() as nursery:
        for name in [unit] if unit else course.units:
            for language in course.languages:
                with nullcontext() if as_json else step(f"{name} ({language})") as current:
                    findings = list(check_unit(folder, name, language, nursery.grade))
                    if current:
                        current.note = f"{len(findings)} findings" if findings else "right"
                found += findings
    if as_json:
        print(json.dumps([one.plain() for one in found], indent=2))
    for one in found if not as_json else []:
        colour = "red" if one.kind == "error" else "yellow"
        errors.print(f"[{colour}]{one.kind}[/{colour}] {one.unit}, {one.cell}: {escape(one.text)}")
    if any(one.kind == "error" for one in found):
        raise typer.Exit(1)
