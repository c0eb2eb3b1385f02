"""What ``doorstart bundle`` says: a bundle in a table, why one is refused, and what to do after an import."""

from __future__ import annotations

import json
from typing import NoReturn

import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from doorstart.bundle import describe
from doorstart.bundle.bring_in import Outcome
from doorstart.bundle.describe import Description
from doorstart.bundle.errors import RefusedError
from doorstart.site.progress import console, errors

MOST_PACKAGES = 20
"""Changed packages of an image that are listed for people."""


def show(found: Description) -> None:
    """Print what a bundle is."""
    age = "today" if found.days < 1 else f"{found.days} days old"
    console.print(f"[bold]Bundle {found.number}[/bold], {age}, {mib(found.size)}, valid until {found.expires:%Y-%m-%d}")
    console.print(f"Signed by: {', '.join(found.signers) or 'nobody'} ({found.needed} are needed)")
    if not found.checked:
        console.print("[yellow]Held against its own root only: that does not prove who made it.[/yellow]")
    if found.refusal:
        console.print(f"[red]This site would refuse it:[/red] {escape(found.refusal)}")
    if found.changes:
        table = Table("new", "was", "is", "carries", "matters for", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
        for one in found.changes:
            words = (one.name, one.before or "-", one.after, mib(one.size), one.whom)
            table.add_row(*(escape(word) for word in words))
        console.print(table)
    for one in found.changes:
        for change in one.packages[:MOST_PACKAGES]:
            line = f"{change['package']} {change['before'] or '(new)'} → {change['after'] or '(gone)'}"
            console.print(f"  {one.name}: {line}", markup=False)
        if len(one.packages) > MOST_PACKAGES:
            console.print(f"  {one.name}: and {len(one.packages) - MOST_PACKAGES} packages more; all with --json")
    console.print(f"As it was: {', '.join(found.unchanged) or 'nothing'}")


def say_next(outcome: Outcome) -> None:
    """Print what to do after an import."""
    new = [image for image in outcome.contents.images if describe.is_new(image)]
    if new:
        console.print("Nobody gets a new image yet. Try each on a group, then give it to everybody:")
    for image in new:
        short = image.id.removeprefix("sha256:")[:12]
        console.print(f"  doorstart image trial {short} --group GROUP     [dim]{image.name} {image.version}[/dim]")
        console.print(f"  doorstart image promote {short} --reason TEXT")
        console.print(
            f"  doorstart image diff {image.name} {short}     [dim]what is in it that is not in the old one[/dim]"
        )
    if any(course.blob for course in outcome.contents.courses):
        console.print(
            "The new courses are loaded by [bold]make up[/bold]; a changed unit also where an instructor has it:"
        )
        console.print("  doorstart course release COURSE UNIT --from-bundle --replace")


def refuse(error: RefusedError, as_json: bool) -> NoReturn:
    """Print why a bundle is refused, and end with an error."""
    if as_json:
        print(json.dumps({"ok": False, "reason": error.reason, "error": str(error)}))
    else:
        errors.print(f"[red]Refused:[/red] {escape(str(error))} The site is as it was.")
    raise typer.Exit(1)


def mib(size: int) -> str:
    """A number of bytes as people read it."""
    return f"{size / (1 << 20):.1f} MiB" if size >= 1 << 17 else f"{size / 1024:.1f} KiB"
