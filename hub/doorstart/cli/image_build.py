"""``doorstart image build`` and ``describe``: on a host that is connected, from this checkout."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.table import Table

from doorstart.images import labels, sbom
from doorstart.images.build import Builder, Image
from doorstart.images.recipe import read_all
from doorstart.site import engine
from doorstart.site.place import TOP
from doorstart.site.progress import console, step


def register(app: typer.Typer) -> None:
    """Add the commands to the group ``image``."""
    app.command()(build)
    app.command()(describe)


def build(
    names: Annotated[list[str] | None, typer.Argument(help="Which images; all of them without a name.")] = None,
    snapshot: Annotated[
        str | None,
        typer.Option(help="Build on Debian's packages as they were on a date, such as 20260101 or 20260101T120000Z."),
    ] = None,
    refresh: Annotated[bool, typer.Option("--refresh", help="Fetch the newest Debian packages first.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Build also what is there; the same comes out.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print names, tags and ids as JSON.")] = False,
) -> None:
    """Build images from this checkout: what the engine lacks, and nothing that it has."""
    with step("Docker engine") as current:
        client = engine.ensure_engine(current.say)
        engine.ensure_tools(current.say)
    with step("Images") as current:
        builder = Builder(TOP, client, current.say, snapshot)
        if refresh:
            builder.refresh()
        images = builder.build(names or [recipe.name for recipe in builder.recipes], again=again)
        current.note = f"{sum(image.built for image in images.values())} built, {len(images)} in all"
    if as_json:
        typer.echo(json.dumps([vars(image) for image in images.values()], indent=2))
    else:
        console.print(_table(list(images.values())))


def _table(images: list[Image]) -> Table:
    table = Table("image", "tag", "id", "size", box=None)
    for image in images:
        table.add_row(image.name, image.tag.partition(":")[2], image.id[7:19], labels.megabytes(image.size))
    return table


def describe(
    image: Annotated[str, typer.Argument(help="Name of an image of this checkout, or a tag or id on the engine.")],
    packages: Annotated[bool, typer.Option("--sbom", help="Print the CycloneDX list of packages instead.")] = False,
) -> None:
    """Say what is in an image: what it is for, its size, its largest parts; or all packages, with licences."""
    client = engine.ensure_engine(console.print)
    if image in {recipe.name for recipe in read_all(TOP)}:
        builder = Builder(TOP, client, console.print)
        image = builder.tag(builder.inputs.by_name[image])
    path = sbom.PATH if packages else labels.SUMMARY
    typer.echo(sbom.read_document(client, image, path).decode(), nl=False)
