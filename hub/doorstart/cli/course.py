"""``doorstart course``: build a course's notebooks, and check that the course is right."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer
from rich.markup import escape
from rich.table import Table

from doorstart.courses.build import build_course, course_id
from doorstart.courses.format import Language, read_course
from doorstart.site.courses import course_folders
from doorstart.site.progress import console, errors, step

if TYPE_CHECKING:
    from doorstart.courses.check import CourseReport

CACHE = Path.home() / ".cache" / "doorstart" / "course-check"
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
    unit: Annotated[list[str] | None, typer.Option(help="One unit only; may be given several times.")] = None,
    language: Annotated[list[str] | None, typer.Option(help="One language only; the course's first is best.")] = None,
    afresh: Annotated[bool, typer.Option("--afresh", help="Check again what has not changed since.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was found as JSON.")] = False,
) -> None:
    """Grade reference solutions, wrong answers and small changes of the solutions, and look at the texts.

    Runs the course's code on this machine: check only courses whose authors you trust.
    """
    try:
        from doorstart.courses.check import Graders, check_course
    except ImportError as error:
        errors.print(f"[red]Error:[/red] What runs notebooks is not installed here: {error}. Run: make .venv/.dev")
        raise typer.Exit(1) from None
    cache = None if afresh else CACHE
    with nullcontext() if as_json else step(folder.name) as current, Graders() as graders:

        def tell(name: str) -> None:
            if current:
                current.note = name

        languages = [cast(Language, one) for one in language or []]
        report = check_course(folder, graders, cache, unit or [], languages, tell)
        if current:
            current.note = "right" if not report.errors else f"{len(report.errors)} to mend"
    if as_json:
        print(json.dumps(report.plain(), indent=2, ensure_ascii=False))
    else:
        _print(report)
    if report.errors:
        raise typer.Exit(1)


def _print(report: CourseReport) -> None:
    """First what to mend first; then everything, and the table by unit."""
    for text in report.errors[:1]:
        errors.print(f"[red]Mend first:[/red] {escape(text)}")
    for one in report.findings:
        colour = "red" if one.kind == "error" else "yellow"
        errors.print(f"[{colour}]{one.kind}[/{colour}] {escape(str(one))}")
    table = Table("unit", "tasks", "reference", "untouched", "wrong answers", "changes", "noticed", "share")
    for unit in report.units:
        plain = unit.plain()
        marks = [
            "yes" if plain[key] else "[red]no[/red]" for key in ("reference_ok", "untouched_ok", "wrong_answers_ok")
        ]
        share = f"{unit.killed / unit.mutants:.1%}" if unit.mutants else "-"
        table.add_row(unit.id, str(unit.tasks), *marks, str(unit.mutants), str(unit.killed), share)
    console.print(table)
    console.print(f"{', '.join(report.languages)}: checks notice {report.killed_share:.1%} of changes")
