"""``doorstart site``: up, down, destroy, compose."""

from __future__ import annotations

import subprocess
from typing import Annotated

import typer

from doorstart.settings import settings
from doorstart.site import engine, lifecycle
from doorstart.site.place import Place
from doorstart.site.progress import console

app = typer.Typer(help="Bring a site up or down.", no_args_is_help=True)


@app.command()
def up() -> None:
    """Bring the site up; make whatever is missing. Safe to run again."""
    lifecycle.up(settings())


@app.command()
def down() -> None:
    """Stop the site and all servers. Accounts, work and grades are kept."""
    lifecycle.down(settings())
    console.print("The site is stopped. Accounts, work and grades are kept; `make up` starts it again.")


@app.command()
def destroy(yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Stop the site and remove everything in it: accounts, work, submissions, grades."""
    name = settings().site
    if not yes:
        console.print(f"This removes all accounts, work, submissions and grades of the site [bold]{name}[/bold].")
        if typer.prompt("Type the site's name to go on", default="", show_default=False) != name:
            console.print("Nothing was removed.")
            raise typer.Exit(1)
    lifecycle.destroy(settings())
    console.print("Nothing of the site is left. `make up` makes a new one.")


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def compose(context: typer.Context) -> None:
    """Run the compose tool for this site, for example: doorstart site compose logs hub."""
    tool = engine.ensure_compose(console.print)
    raise typer.Exit(subprocess.run([*Place(settings()).compose(tool), *context.args]).returncode)
