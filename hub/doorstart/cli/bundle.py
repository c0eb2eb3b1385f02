"""``doorstart bundle``: keys and trust, and updates that travel on a stick."""

from __future__ import annotations

import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import docker
import typer

from doorstart.bundle import bring_in, contents, courses, create, describe, packages, signing, state, verify
from doorstart.bundle.contents import SiteState
from doorstart.bundle.engine import Engine
from doorstart.bundle.errors import BundleError, RefusedError
from doorstart.bundle.source import Say
from doorstart.bundle.store import Store
from doorstart.cli import bundle_keys, bundle_registry, bundle_words
from doorstart.images.build import Builder
from doorstart.images.registry import NAMES, Known
from doorstart.settings import settings
from doorstart.site import engine, registry
from doorstart.site.courses import courses_of
from doorstart.site.place import TOP, Place
from doorstart.site.progress import console, step

VERSION_LABEL = "org.opencontainers.image.version"
app = typer.Typer(help="Updates on a stick: who signs, what travels, what is taken.", no_args_is_help=True)
bundle_keys.register(app)
bundle_registry.register(app)

Bundle = Annotated[Path, typer.Argument(help="The bundle's folder, for example on a stick.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


@app.command(name="state")
def state_(
    output: Annotated[Path, typer.Option("--output", "-o", help="Where the file goes.")] = Path("site-state.json"),
) -> None:
    """Write what this site has, so that a bundle need not carry it. Names no person, no site, no prison."""
    client, place = _client(), Place(settings())
    found = state.read(Store(place.bundles), Engine(client), registry.read(client, place), courses_of(place))
    output.write_text(found.model_dump_json(indent=1) + "\n")
    console.print(
        f"{output}: {len(found.images)} images, {len(found.courses)} folders of courses. Take it out with you."
    )


@app.command(name="create")
def create_(
    target: Annotated[Path, typer.Option("--output", "-o", help="The bundle's folder; new or empty.")],
    since: Annotated[Path | None, typer.Option(help="The site's state file; without one everything travels.")] = None,
    trusted: Annotated[Path, typer.Option("--trust", help="The folder with the roots of trust.")] = Path("trust"),
    image: Annotated[list[str] | None, typer.Option(help="This image only; may be given several times.")] = None,
    course: Annotated[list[str] | None, typer.Option(help="This course only, with what courses share.")] = None,
    key: Annotated[list[Path] | None, typer.Option(help="Sign with this .key file; several times for several.")] = None,
    days: Annotated[float, typer.Option("--expires-in", help="Days for which the bundle is valid.")] = 60,
) -> None:
    """Make a bundle from this folder on a machine with a network: what a site lacks, and nothing else."""
    said = contents.read(SiteState, since) if since else SiteState(made=datetime.now(UTC))
    roots = bundle_keys.read_roots(trusted)
    signers = bundle_keys.signers(key or [])
    chosen = _pick(list(NAMES), image, "image")
    packed = courses.pack(TOP / "courses")
    wanted = _pick([name for name, one in packed.items() if one.languages], course, "course")
    with step("Images") as current:
        client = engine.ensure_engine(current.say)
        engine.ensure_tools(current.say)
        builder = Builder(TOP, client, current.say)
        built = builder.build_all()
        summaries = {recipe.name: recipe.summary for recipe in builder.recipes}
        offered = [
            create.Offered(
                name,
                built[name].id,
                _version(client, built[name].id),
                summaries[name],
                packages.read(client, built[name].id),
            )
            for name in chosen
        ]
    with step("Bundle") as current:
        made = create.create(
            target,
            said,
            offered,
            {name: one for name, one in packed.items() if name in wanted or not one.languages},
            Engine(client),
            roots,
            days=days,
            say=current.say,
        )
        lacking = signing.sign(target, signers)
        current.note = f"{made.number} in {target}"
    bundle_words.show(describe.describe(target, None))
    if lacking:
        console.print(
            f"[yellow]Signatures still missing: {lacking}.[/yellow] Add one: doorstart bundle sign {target} --key FILE"
        )


@app.command()
def inspect(
    bundle: bundle_registry.BundleOrNot = None,
    as_json: AsJson = False,
    root: bundle_keys.RootOption = None,
    number: bundle_registry.Number = None,
) -> None:
    """Say what a bundle is: what is new, what changes for whom, who signed, how old it is. Needs no running site."""
    with bundle_keys.trusted(root) as trusted, tempfile.TemporaryDirectory() as folder:
        source = bundle_registry.source(bundle, number, Path(folder))
        source.open(lambda _: None)
        found = describe.describe(source.folder, trusted)
    print(json.dumps(found.plain(), indent=1)) if as_json else bundle_words.show(found)


@app.command(name="verify")
def verify_(bundle: Bundle, as_json: AsJson = False, root: bundle_keys.RootOption = None) -> None:
    """Check every signature and every byte of a bundle, as an import does, and change nothing."""
    try:
        with bundle_keys.trusted(root) as trusted:
            if trusted is None:
                raise RefusedError("no-trust", "Nobody is trusted here yet. Give the root that you trust: --root FILE")
            verified = verify.authenticate(bundle, trusted)
            checked = verify.check_files(bundle, verified, lambda _: None)
    except RefusedError as error:
        bundle_words.refuse(error, as_json)
    else:
        if as_json:
            print(json.dumps({"ok": True, "number": verified.contents.number, "bytes": checked}))
        else:
            console.print(
                f"[green]✓[/green] Bundle {verified.contents.number} is whole ({bundle_words.mib(checked)}), signed by "
                f"{', '.join(verified.signers)}, and valid until {verified.expires:%Y-%m-%d}."
            )


@app.command(name="import")
def import_(
    bundle: bundle_registry.BundleOrNot = None, as_json: AsJson = False, number: bundle_registry.Number = None
) -> None:
    """Take a bundle into this site. Its images become known and none is promoted; its courses are stored."""
    client, place = _client(), Place(settings())
    store = Store(place.bundles)
    source = bundle_registry.source(bundle, number, store.arriving)

    def learn(images: list[Known]) -> None:
        registry.learn(client, place, images)

    def bring(say: Say) -> bring_in.Outcome:
        engine.ensure_tools(say)
        return bring_in.bring_in(source, store, Engine(client), learn, courses_of(place), say=say)

    try:
        if as_json:
            outcome = bring(lambda _: None)
        else:
            with step("Import") as current:
                outcome = bring(current.say)
                current.note = f"bundle {outcome.contents.number}, images {', '.join(outcome.loaded) or 'as they were'}"
    except RefusedError as error:
        bundle_words.refuse(error, as_json)
    else:
        if as_json:
            print(json.dumps({"ok": True, "number": outcome.contents.number, "loaded": outcome.loaded}))
        else:
            bundle_words.say_next(outcome)


def _pick(there: list[str], asked: list[str] | None, what: str) -> list[str]:
    for name in asked or []:
        if name not in there:
            raise typer.BadParameter(f"there is no {what} {name!r}; there is {', '.join(there)}")
    return [name for name in there if not asked or name in asked]


def _version(client: docker.DockerClient, image: str) -> str:
    return str(client.images.get(image).labels.get(VERSION_LABEL, ""))


def _client() -> docker.DockerClient:
    client = engine.connect()
    if client is None:
        raise BundleError("The Docker engine is not running. Start the site with: make up")
    return client
