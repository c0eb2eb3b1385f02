"""``doorstart roster``: people from a file, and new passwords."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.table import Table

from doorstart import names
from doorstart.people import printable, roster
from doorstart.settings import settings
from doorstart.site import containers, engine
from doorstart.site.place import Place
from doorstart.site.progress import console, errors

app = typer.Typer(help="The people of the site.", no_args_is_help=True)
PEOPLE = ["python", "-m", "doorstart.people"]


def ask(verb: str, request: dict[str, Any] | None = None) -> dict[str, Any]:
    """Ask the site's Hub about people; see :mod:`doorstart.people.handlers` for requests and answers.

    Raises:
        CommandError: the site is not running, or the Hub refused.
    """
    client = engine.connect()
    if client is None:
        raise engine.EngineError("The Docker engine is not running. Start the site with: make up")
    return containers.execute_json(client, Place(settings()).container("hub"), [*PEOPLE, verb], request)


def known_courses() -> set[str]:
    """The ids of the courses that the site has, from their volumes."""
    client = engine.connect()
    if client is None:
        raise engine.EngineError("The Docker engine is not running. Start the site with: make up")
    prefix = f"{settings().site}-course-"
    found = (volume.name.removeprefix(prefix) for volume in client.volumes.list() if volume.name.startswith(prefix))
    return {name for name in found if names.COURSE_ID.match(name)}


@app.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV with username, display name, language, role, courses.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Close the accounts that are not in the file.")] = False,
    passwords: Annotated[
        Path | None, typer.Option(help="Where the printable file with new passwords goes (.html or .txt).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON, without passwords.")] = False,
) -> None:
    """Make the site's people agree with a file. Nothing is changed unless every row is right."""
    target = passwords or Path(f"passwords-{file.stem}.html")
    if not dry_run:
        _require_writable(target)
    try:
        rows = roster.read(file.read_bytes(), known_courses())
    except OSError as error:
        errors.print(f"[red]Error:[/red] The file cannot be read: {error}")
        raise typer.Exit(1) from None
    except roster.RosterError as error:
        _refuse(error.problems, as_json)
    request = {"rows": [_plain(row) for row in rows], "dry_run": dry_run, "remove": remove}
    try:
        answer = ask("import", request)
    except containers.CommandError as error:
        if error.answer.get("problems"):
            _refuse([roster.Problem(one["line"], one["reason"]) for one in error.answer["problems"]], as_json)
        raise
    people = printable.slips(answer)
    written = _hand_out(target, people)
    if as_json:
        print(json.dumps({**{key: value for key, value in answer.items() if key != "passwords"}, "ok": written}))
    else:
        _show(answer, dry_run)
        if people and written:
            console.print(
                f"One-time passwords for {len(people)}: {target}. Print it, hand out the slips, delete the file."
            )
    if not written:
        raise typer.Exit(1)


@app.command(name="list")
def list_(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Everybody on the site."""
    people = ask("list")["people"]
    if as_json:
        print(json.dumps(people))
        return
    table = Table("username", "display name", "language", "role", "courses", "active", box=None)
    for one in people:
        courses = ", ".join(sorted(group.split(":")[1] for group in one["groups"] if group.startswith("course:")))
        active = "yes" if one["active"] else "no"
        table.add_row(one["username"], one["display_name"], one["language"], one["role"], courses, active)
    console.print(table)


@app.command()
def reset(username: str) -> None:
    """Give somebody a new one-time password, and print it."""
    (slip,) = ask("reset", {"username": username})["passwords"]
    console.print(f"One-time password of {username}: {slip['password']}", markup=False)


def _require_writable(target: Path) -> None:
    """Refuse before the Hub is asked: its answer is the only copy of the passwords."""
    try:
        printable.require_writable(target)
    except (OSError, ValueError) as error:
        errors.print(f"Error: The passwords could not be written to {target}: {_why(error)}", markup=False)
        errors.print("Nothing was changed. Say where they should go with --passwords FILE, and run the command again.")
        raise typer.Exit(1) from None


def _hand_out(target: Path, people: list[printable.Slip]) -> bool:
    """Write the slips, or show them where that fails: the accounts are there. Whether the file was written."""
    if not people:
        return True
    address = Place(settings()).url
    try:
        printable.write(target, people, address)
    except (OSError, ValueError) as error:
        errors.print(printable.text(people, address), markup=False)
        errors.print(
            f"Error: The accounts are made, but {target} could not be written: {_why(error)} Above are the only copies "
            "of the one-time passwords: note them now. Later, a new one: doorstart roster reset USERNAME",
            markup=False,
        )
        return False
    return True


def _why(error: OSError | ValueError) -> str:
    why = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return f"{why.rstrip('.')}."


def _plain(row: roster.Row) -> dict[str, Any]:
    return {
        "username": row.username,
        "display_name": row.display_name,
        "language": row.language,
        "role": row.role,
        "courses": list(row.courses),
        "line": row.line,
    }


def _refuse(problems: Iterable[roster.Problem], as_json: bool) -> NoReturn:
    if as_json:
        print(json.dumps({"ok": False, "problems": [{"line": p.line, "reason": p.reason} for p in problems]}))
    else:
        for problem in problems:
            errors.print(f"line {problem.line}: {problem.reason}", markup=False)
        errors.print("Nothing was changed. Mend these lines and run the command again.")
    raise typer.Exit(1)


def _show(answer: dict[str, Any], dry_run: bool) -> None:
    for change in answer["changes"]:
        what = f": {', '.join(change['what'])}" if change["what"] else ""
        running = "; a server of theirs is still running" if change["running_servers"] else ""
        console.print(f"{change['kind']:<10} {change['username']}{what}{running}", markup=False)
    verb = "would change" if dry_run else "changed"
    console.print(f"{len(answer['changes'])} {verb}, {len(answer['unchanged'])} as they were.")
