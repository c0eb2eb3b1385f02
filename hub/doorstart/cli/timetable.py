"""``doorstart timetable``: when which class has a lesson, so that servers start before the bell."""

from __future__ import annotations

import calendar
import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from doorstart.cli.roster import known_courses
from doorstart.settings import settings
from doorstart.site import containers, engine
from doorstart.site.place import Place
from doorstart.site.progress import console, errors
from doorstart.timetable import spreadsheet
from doorstart.timetable.lessons import Timetable

app = typer.Typer(help="When which class has a lesson.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def ask(verb: str, request: Any = None) -> Timetable:
    """Ask the site's Hub; see :mod:`doorstart.timetable.__main__`.

    Raises:
        CommandError: the site is not running, or its timetable cannot be read.
    """
    client = engine.connect()
    if client is None:
        raise engine.EngineError("The Docker engine is not running. Start the site with: make up")
    command = ["python", "-m", "doorstart.timetable", verb]
    answer = containers.execute_json(client, Place(settings()).container("hub"), command, request)
    return Timetable.model_validate(answer)


@app.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV with course, day, from, to and, if wanted, who.")],
    as_json: AsJson = False,
) -> None:
    """Put a timetable in the place of the one before. Nothing is changed unless every line is right."""
    try:
        table = spreadsheet.read(file.read_bytes(), known_courses())
    except OSError as error:
        errors.print(f"[red]Error:[/red] The file cannot be read: {error}")
        raise typer.Exit(1) from None
    except spreadsheet.TimetableFileError as error:
        if as_json:
            problems = [{"line": one.line, "reason": one.reason} for one in error.problems]
            print(json.dumps({"ok": False, "problems": problems}))
        else:
            for problem in error.problems:
                errors.print(str(problem), markup=False)
            errors.print("Nothing was changed. Mend these lines and run the command again.")
        raise typer.Exit(1) from None
    _show(ask("write", table.model_dump(mode="json")), as_json)


@app.command(name="list")
def list_(as_json: AsJson = False) -> None:
    """The lessons and holidays of the site."""
    _show(ask("read"), as_json)


@app.command()
def remove() -> None:
    """Forget the timetable: servers start when learners ask for them."""
    ask("remove")
    console.print("There is no timetable any more. Servers start when learners ask for them.")


def _show(table: Timetable, as_json: bool) -> None:
    if as_json:
        print(table.model_dump_json())
        return
    if not table.lessons:
        console.print("There is no timetable. Import one: doorstart timetable import FILE.csv")
        return
    shown = Table("day", "from", "to", "course", "who", box=None)
    for lesson in sorted(table.lessons, key=lambda one: (one.weekday or 8, str(one.on or ""), one.begins)):
        day = calendar.day_name[lesson.weekday - 1] if lesson.weekday else str(lesson.on)
        who = ", ".join(lesson.who) or "all learners"
        shown.add_row(day, f"{lesson.begins:%H:%M}", f"{lesson.ends:%H:%M}", lesson.course, who)
    console.print(shown)
    for holiday in table.holidays:
        console.print(
            f"No lessons of {holiday.course or 'any course'}: {holiday.first} to {holiday.last}", markup=False
        )
    minutes = settings().lesson_ahead / 60
    console.print(f"Servers begin to start {minutes:g} minutes before. Times are those of {settings().time_zone}.")
