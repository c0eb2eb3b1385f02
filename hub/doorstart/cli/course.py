"""``doorstart course``: write, check, build and print courses, and release their units."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast, get_args

import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Column, Table

from doorstart.bundle.errors import BundleError
from doorstart.bundle.store import Store
from doorstart.courses.build import build_course, course_id, source_notebook
from doorstart.courses.data import data_files
from doorstart.courses.format import Language, read_course
from doorstart.courses.new import new_unit
from doorstart.courses.paper import print_unit
from doorstart.settings import settings
from doorstart.site import engine, registry
from doorstart.site.courses import add_course, course_folders, find_course
from doorstart.site.place import Place
from doorstart.site.progress import console, errors, step

if TYPE_CHECKING:
    from doorstart.courses.check import CourseReport

CACHE = Path.home() / ".cache" / "doorstart" / "course-check"
app = typer.Typer(help="Write, check, build, print and release courses.", no_args_is_help=True)

COURSE_HELP = "The course's name or folder, for example programming."
CourseArgument = Annotated[str, typer.Argument(help=COURSE_HELP, show_default=False)]


def _language(text: str) -> Language:
    if text not in get_args(Language):
        raise typer.BadParameter(f"{text!r} is not one of {', '.join(get_args(Language))}")
    return cast("Language", text)


LanguageOption = Annotated[
    str | None,
    typer.Option(parser=_language, metavar="LANGUAGE", help="nl, fr, en or de; by default the course's first."),
]


def _of(folder: Path, language: str | None) -> Language:
    return cast("Language", language) if language else read_course(folder).languages[0]


@app.command(name="list")
def list_() -> None:
    """The courses, their languages and units."""
    for folder in course_folders():
        course = read_course(folder)
        console.print(f"[bold]{folder.name}[/bold] ({', '.join(course.languages)}): {', '.join(course.units)}")


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(help="The course's folder; made if it is not there.", show_default=False)],
    unit: Annotated[str, typer.Argument(help="The unit's name, for example 03-choices.", show_default=False)],
    languages: Annotated[str, typer.Option(help="Of a new course: its languages, code in the first.")] = "en",
) -> None:
    """Make a unit that passes the check, to be changed into what you want to teach."""
    wanted = [_language(one.strip()) for one in languages.split(",")]
    made = new_unit(folder, unit, wanted)
    console.print(f"{made}: change its texts and tasks, then run: doorstart course check {folder} --unit {unit}")


@app.command()
def build(
    course: CourseArgument,
    destination: Annotated[Path, typer.Argument(help="Where nbgrader's course folder goes.", show_default=False)],
    language: LanguageOption = None,
) -> None:
    """Make nbgrader's source notebooks of a course."""
    folder = find_course(course)
    chosen = _of(folder, language)
    units = build_course(folder, chosen, destination)
    console.print(f"{course_id(folder, chosen)}: {', '.join(units)} in {destination}")


@app.command()
def release(
    course: CourseArgument,
    units: Annotated[list[str], typer.Argument(help="The units, for example 02-numbers-and-text.", show_default=False)],
    language: LanguageOption = None,
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Also where an instructor has changed a unit: the old one is kept beside."),
    ] = False,
    from_bundle: Annotated[
        bool, typer.Option("--from-bundle", help="The course as it came with the bundle that was imported last.")
    ] = False,
) -> None:
    """Put a course into the running site, and hand units out to its learners."""
    folder = find_course(course, _bundled()) if from_bundle else find_course(course)
    chosen = _of(folder, language)
    client = engine.connect()
    if client is None:
        raise engine.EngineError("The Docker engine is not running. Start the site with: make up")
    with step(course_id(folder, chosen)) as current:
        current.say("making the learner's form")
        place = Place(settings())
        instructor = registry.read(client, place).promoted("instructor")
        done = add_course(client, place, instructor, folder, chosen, units, replace=replace)
        current.note = f"released {', '.join(done)}"


def _bundled() -> Path:
    found = Store(Place(settings()).bundles).courses
    if found is None:
        raise BundleError("No courses came with a bundle yet. Import one first: doorstart bundle import FOLDER")
    return found


@app.command(name="print")
def print_(
    course: CourseArgument,
    units: Annotated[list[str] | None, typer.Argument(help="The units; by default all.", show_default=False)] = None,
    language: LanguageOption = None,
    solutions: Annotated[bool, typer.Option("--solutions", help="The teacher's copy, with solutions.")] = False,
    folder: Annotated[Path, typer.Option("--output", "-o", help="Where the PDF files go.")] = Path(),
) -> None:
    """Put units on paper, for days without computers: lesson, tasks, and a page to trace code by hand."""
    source = find_course(course)
    chosen = _of(source, language)
    known = read_course(source).units
    for unit in units or known:
        if unit not in known:
            raise typer.BadParameter(f"there is no unit {unit!r}; there is {', '.join(known)}")
        kind = "-solutions" if solutions else ""
        target = folder / f"{course_id(source, chosen)}-{unit}{kind}.pdf"
        with step(target.name) as current:
            content = print_unit(
                source_notebook(source / "units" / unit, chosen),
                course=course_id(source, chosen),
                unit=unit,
                language=chosen,
                data=data_files(source / "units" / unit, chosen),
                solutions=solutions,
            )
            folder.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            current.note = f"{len(content) // 1024} KiB"


@app.command()
def check(
    course: CourseArgument,
    unit: Annotated[list[str] | None, typer.Option(help="One unit only; may be given several times.")] = None,
    language: Annotated[
        list[str] | None,
        typer.Option(parser=_language, metavar="LANGUAGE", help="One language only; the course's first is best."),
    ] = None,
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
    folder = find_course(course)
    cache = None if afresh else CACHE
    with nullcontext() if as_json else step(folder.name) as current, Graders() as graders:

        def tell(name: str) -> None:
            if current:
                current.note = name

        languages = [cast("Language", one) for one in language or []]
        report = check_course(folder, graders, cache, unit or [], languages, tell)
        if current:
            current.ok = not report.errors
            current.note = "right" if current.ok else f"{len(report.errors)} to mend"
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
    head = ("unit", "tasks", "reference", "untouched", "wrong", "changes", "noticed", "share")
    table = Table(*(Column(name, no_wrap=True) for name in head), box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for unit in report.units:
        plain = unit.plain()
        marks = [
            "yes" if plain[key] else "[red]no[/red]" for key in ("reference_ok", "untouched_ok", "wrong_answers_ok")
        ]
        share = f"{unit.killed / unit.mutants:.1%}" if unit.mutants else "-"
        table.add_row(unit.id, str(unit.tasks), *marks, str(unit.mutants), str(unit.killed), share)
    console.print(table)
    console.print(f"{', '.join(report.languages)}: checks notice {report.killed_share:.1%} of changes")
