"""``doorstart check``: does this site do what it should, and nothing that it must not?"""

from __future__ import annotations

import typer

app = typer.Typer(help="Checks of the running site.", no_args_is_help=True)


@app.callback()
def checks() -> None:
    """Checks of the running site."""
