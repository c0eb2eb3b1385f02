"""``doorstart image``: the images of a site."""

from __future__ import annotations

import typer

from doorstart.cli import image_build

app = typer.Typer(help="Build images, and look into them.", no_args_is_help=True)
image_build.register(app)
