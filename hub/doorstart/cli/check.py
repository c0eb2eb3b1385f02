"""``doorstart check``: placeholder."""

import typer

app = typer.Typer(help="Checks of a running site.", no_args_is_help=True)


@app.callback()
def checks() -> None:
    """Checks."""
