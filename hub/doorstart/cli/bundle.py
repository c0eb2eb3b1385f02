"""``doorstart bundle``: keys and trust, and updates that travel on a stick."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import docker
import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from doorstart.bundle import bring_in, contents, courses, create, describe, packages, signing, state, verify
from doorstart.bundle.contents import SiteState
from doorstart.bundle.describe import Description
from doorstart.bundle.engine import Engine
from doorstart.bundle.errors import BundleError, RefusedError
from doorstart.bundle.store import Store
from doorstart.cli import bundle_keys
from doorstart.images.build import Builder
from doorstart.images.registry import NAMES, Known
from doorstart.settings import settings
from doorstart.site import engine, registry
from doorstart.site.courses import courses_of
from doorstart.site.place import TOP, Place
from doorstart.site.progress import console, errors, step

MOST_PACKAGES = 20
"""Changed packages of an image that are listed for people."""
VERSION_LABEL = "org.opencontainers.image.version"
app = typer.Typer(help="Updates on a stick: who signs, what travels, what is taken.", no_args_is_help=True)
bundle_keys.register(app)

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
    _print(describe.describe(target, None))
    if lacking:
        console.print(
            f"[yellow]Signatures still missing: {lacking}.[/yellow] Add one: doorstart bundle sign {target} --key FILE"
        )


@app.command()
def inspect(bundle: Bundle, as_json: AsJson = False, root: bundle_keys.RootOption = None) -> None:
    """Say what a bundle is: what is new, what changes for whom, who signed, how old it is. Needs no running site."""
    with bundle_keys.trusted(root) as trusted:
        found = describe.describe(bundle, trusted)
    print(json.dumps(found.plain(), indent=1)) if as_json else _print(found)


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
        _refuse(error, as_json)
    else:
        if as_json:
            print(json.dumps({"ok": True, "number": verified.contents.number, "bytes": checked}))
        else:
            console.print(
                f"[green]✓[/green] Bundle {verified.contents.number} is whole ({_mib(checked)}), signed by "
                f"{', '.join(verified.signers)}, and valid until {verified.expires:%Y-%m-%d}."
            )


@app.command(name="import")
def import_(bundle: Bundle, as_json: AsJson = False) -> None:
    """Take a bundle into this site. Its images become known and none is promoted; its courses are stored."""
    client, place = _client(), Place(settings())

    def learn(images: list[Known]) -> None:
        registry.learn(client, place, images)

    def bring(say: create.Say) -> bring_in.Outcome:
        engine.ensure_tools(say)
        return bring_in.bring_in(bundle, Store(place.bundles), Engine(client), learn, courses_of(place), say=say)

    try:
        if as_json:
            outcome = bring(lambda _: None)
        else:
            with step("Import") as current:
                outcome = bring(current.say)
                current.note = f"bundle {outcome.contents.number}, images {', '.join(outcome.loaded) or 'as they were'}"
    except RefusedError as error:
        _refuse(error, as_json)
    else:
        if as_json:
            print(json.dumps({"ok": True, "number": outcome.contents.number, "loaded": outcome.loaded}))
        else:
            _say_next(outcome)


def _say_next(outcome: bring_in.Outcome) -> None:
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


def _refuse(error: RefusedError, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"ok": False, "reason": error.reason, "error": str(error)}))
    else:
        errors.print(f"[red]Refused:[/red] {escape(str(error))} The site is as it was.")
    raise typer.Exit(1)


def _print(found: Description) -> None:
    age = "today" if found.days < 1 else f"{found.days} days old"
    console.print(
        f"[bold]Bundle {found.number}[/bold], {age}, {_mib(found.size)}, valid until {found.expires:%Y-%m-%d}"
    )
    console.print(f"Signed by: {', '.join(found.signers) or 'nobody'} ({found.needed} are needed)")
    if not found.checked:
        console.print("[yellow]Held against its own root only: that does not prove who made it.[/yellow]")
    if found.refusal:
        console.print(f"[red]This site would refuse it:[/red] {escape(found.refusal)}")
    if found.changes:
        table = Table("new", "was", "is", "carries", "matters for", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
        for one in found.changes:
            words = (one.name, one.before or "-", one.after, _mib(one.size), one.whom)
            table.add_row(*(escape(word) for word in words))
        console.print(table)
    for one in found.changes:
        for change in one.packages[:MOST_PACKAGES]:
            words = f"{change['package']} {change['before'] or '(new)'} → {change['after'] or '(gone)'}"
            console.print(f"  {one.name}: {words}", markup=False)
        if len(one.packages) > MOST_PACKAGES:
            console.print(f"  {one.name}: and {len(one.packages) - MOST_PACKAGES} packages more; all with --json")
    console.print(f"As it was: {', '.join(found.unchanged) or 'nothing'}")


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


def _mib(size: int) -> str:
    return f"{size / (1 << 20):.1f} MiB" if size >= 1 << 17 else f"{size / 1024:.1f} KiB"
