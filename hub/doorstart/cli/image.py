"""``doorstart image``: which images the site has, who gets them, and what is in them."""

from __future__ import annotations

import json
from typing import Annotated, Any

import docker
import typer
from rich.markup import escape
from rich.table import Column, Table

from doorstart.check import inspector
from doorstart.check.order import Order
from doorstart.cli import image_build
from doorstart.images import acts, listing, sbom
from doorstart.images.pruning import in_words
from doorstart.images.registry import BY_PERSON, NAMES, SERVERS, SERVICES, Entry, Registry, RegistryError, short
from doorstart.settings import person, settings
from doorstart.site import engine, images, registry
from doorstart.site.place import Place
from doorstart.site.progress import console, step

app = typer.Typer(help="Images: build, compare, try, promote, roll back.", no_args_is_help=True)
image_build.register(app)

IMAGE_HELP = "Six or more digits of its id, or a name for the promoted one, for example learner."
ImageArgument = Annotated[str, typer.Argument(help=IMAGE_HELP, show_default=False)]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; it is kept in the log.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def _site() -> tuple[docker.DockerClient, Place]:
    client = engine.connect()
    if client is None:
        raise engine.EngineError("The Docker engine is not running. Start the site with: make up")
    return client, Place(settings())


def _found(text: str) -> tuple[docker.DockerClient, Place, Registry, Entry]:
    client, place = _site()
    known = registry.read(client, place)
    return client, place, known, known.find(text)


@app.command(name="list")
def list_(
    name: Annotated[str, typer.Option(help=f"Only one of {', '.join(NAMES)}.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="Also those that were pruned.")] = False,
    as_json: AsJson = False,
) -> None:
    """The images that this site knows, and who gets them."""
    client, place = _site()
    found = listing.listed(client, registry.read(client, place), name=name, removed=everything)
    if as_json:
        print(json.dumps([one.plain() for one in found]))
        return
    head = ("name", "id", "state", "version", "came", "size")
    table = Table(*(Column(one, no_wrap=True) for one in head), box=None)
    for one in found:
        state = one.state + (f" ({', '.join(one.groups)})" if one.groups else "")
        state += ", rollback target" if one.rollback_target else ""
        state += f", {one.asked_by} asks for promotion" if one.asked_by else ""
        size = listing.megabytes(one.size) or "pruned"
        entry = one.entry
        table.add_row(entry.name, short(entry.id), state, entry.version, listing.moment(entry.learned)[:10], size)
    console.print(table)


@app.command()
def show(image: ImageArgument, as_json: AsJson = False) -> None:
    """One image: its state, what was done with it, by whom and why, and what is in it."""
    client, _, known, entry = _found(image)
    (one,) = (one for one in listing.listed(client, known, name=entry.name, removed=True) if one.entry.id == entry.id)
    log = [act for act in known.log if act.image == entry.id]
    if as_json:
        print(json.dumps({**one.plain(), "log": [act.model_dump(mode="json") for act in log]}))
        return
    console.print(f"[bold]{entry.name}[/bold] {entry.id}\n{one.state}, version {entry.version}, {entry.source}")
    for act in log:
        why = f": {act.reason}" if act.reason else ""
        detail = f" ({act.detail})" if act.detail else ""
        console.print(f"{listing.moment(act.when)} {act.what} by {act.who}{why}{detail}", markup=False)
    try:
        packages = sbom.read(client, entry.id).packages
    except sbom.SbomError as error:
        console.print(str(error), markup=False)
        return
    kinds = [f"{sum(p.kind == kind for p in packages)} {word}" for kind, word in sbom.MEANING.items()]
    console.print(f"Packages: {', '.join(kinds)}. What changed: doorstart image diff {entry.name} {short(entry.id)}")


@app.command()
def diff(before: ImageArgument, after: ImageArgument, as_json: AsJson = False) -> None:
    """Packages added, removed and changed between two images."""
    client, _, known, old = _found(before)
    new = known.find(after)
    try:
        difference = sbom.difference(sbom.read(client, old.id), sbom.read(client, new.id))
    except sbom.SbomError as error:
        raise RegistryError(f"These images cannot be compared. {error}") from None
    if as_json:
        changed = [{"before": one.before.purl, "after": one.after.purl} for one in difference.changed]
        added, removed = ([one.purl for one in part] for part in (difference.added, difference.removed))
        print(json.dumps({"added": added, "removed": removed, "changed": changed}))
        return
    for one in difference.changed:
        version = f"{one.before.version} → {one.after.version}"
        rebuilt = one.before.version == one.after.version
        console.print(f"changed  {one.after.name}: {'the same version, another file' if rebuilt else version}")
    for package in difference.added:
        console.print(f"added    {package.name} {package.version}")
    for package in difference.removed:
        console.print(f"removed  {package.name} {package.version}")
    if not difference:
        console.print("The same packages are in both.")


@app.command()
def trial(
    image: ImageArgument,
    group: Annotated[str, typer.Option(help="For example course:programming.en:learner.", show_default=False)],
    end: Annotated[bool, typer.Option("--end", help="End the trial of this group.")] = False,
) -> None:
    """Give an image to the people of one group; it counts for the next server that they start."""
    client, place, _, entry = _found(image)
    verb = "end_trial" if end else "trial"
    registry.act(client, place, verb, subject=entry.id, group=group, who=person())
    what = "is not on trial any more" if end else "is on trial: the next server that they start has it"
    console.print(f"{in_words(entry)} {what} ({group}).", markup=False)


@app.command()
def promote(
    image: ImageArgument,
    reason: ReasonOption,
    as_json: Annotated[bool, typer.Option("--json", help="Print each step as a line of JSON.")] = False,
) -> None:
    """Check an image, and give it to everybody. What fails the check is not promoted."""
    client, place, known, entry = _found(image)
    acts.promotable(known, entry.id, who=person(), two_persons=place.settings.two_persons)
    if not reason.strip():
        raise RegistryError("Say why: --reason is kept in the log for those who come after you.")
    if entry.name in SERVICES:
        _promote_service(client, place, entry, reason)
        return
    with inspector.run(client, place, Order(image=entry.id, who=person(), reason=reason)) as lines:
        failure = inspector.follow(lines, as_json=as_json)
    if failure:
        raise RegistryError(f"{in_words(entry)} is not promoted. {failure}")
    after = registry.read(client, place)
    if after.promoted(entry.name) != entry.id:
        console.print(f"{in_words(entry)} is good. A second person has to confirm it with the same command.")
        return
    if not as_json:
        console.print(f"{in_words(entry)} is promoted: the next server that starts has it.")
        _tell_outdated(client, place, after, entry.name)


def _promote_service(client: docker.DockerClient, place: Place, entry: Entry, reason: str) -> None:
    tool = engine.ensure_compose(console.print)
    with step(f"{in_words(entry)} starts"):
        images.require_start(client, entry)
    two = place.settings.two_persons
    fields: dict[str, Any] = {"who": person(), "reason": reason, "checked": "it starts", "two_persons": two}
    after = registry.act(client, place, "promote", subject=entry.id, **fields)
    if after.promoted(entry.name) != entry.id:
        console.print(f"{in_words(entry)} starts. A second person has to confirm it with the same command.")
        return
    with step(f"The site runs with {in_words(entry)}") as current:
        images.change_service(client, place, tool, after, entry.name, current)


@app.command()
def rollback(
    name: Annotated[str, typer.Argument(help=f"One of {', '.join(NAMES)}.", show_default=False)],
    reason: ReasonOption,
    end_in: Annotated[
        float | None, typer.Option(help="Minutes until running servers with another image are ended.", min=0)
    ] = None,
) -> None:
    """Go back at once to the image that was promoted before; it counts for the next server that starts."""
    client, place = _site()
    if end_in is not None and name not in SERVERS:
        raise typer.BadParameter(f"--end-in is for {' and '.join(SERVERS)}")
    after = registry.act(client, place, "rollback", name=name, who=person(), reason=reason)
    console.print(f"{name} is {short(after.promoted(name))} again.")
    if name in SERVICES:
        with step(f"The site runs with {name} {short(after.promoted(name))}") as current:
            images.change_service(client, place, engine.ensure_compose(console.print), after, name, current)
        return
    if end_in is not None:
        registry.act(client, place, "end_servers", name=name, minutes=end_in, who=person(), reason=reason)
        console.print(f"Servers with another image are ended in {end_in:g} minutes. Their people are warned now.")
    _tell_outdated(client, place, after, name)


def _tell_outdated(client: docker.DockerClient, place: Place, after: Registry, name: str) -> None:
    if name not in BY_PERSON:
        return
    if name not in SERVERS:
        console.print("Kernels that run now are not changed; the next one that starts is.")
        return
    still = images.outdated(client, place, after, name)
    for one in still:
        server = f" ({one.server})" if one.server else ""
        console.print(f"still with {short(one.running.image)}: {one.person.username}{server}", markup=False)
    if not still:
        console.print("No running server has another image.")


@app.command()
def retire(
    image: ImageArgument,
    reason: ReasonOption,
    undo: Annotated[bool, typer.Option("--undo", help="Make a retired image known again.")] = False,
) -> None:
    """Nobody gets this image again; nor does a rollback go to it."""
    client, place, _, entry = _found(image)
    registry.act(client, place, "restore" if undo else "retire", subject=entry.id, who=person(), reason=reason)
    console.print(f"{in_words(entry)} is {'known again' if undo else 'retired'}.")


@app.command()
def prune(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be removed.")] = False,
    as_json: AsJson = False,
) -> None:
    """Remove images from the engine that are retired, or older than the promoted one and not needed."""
    client, place = _site()
    plan, freed = images.prune(client, place, registry.read(client, place), dry_run=dry_run)
    if as_json:
        kept = [{"id": one.entry.id, "name": one.entry.name, "why": one.why} for one in plan.keep]
        print(json.dumps({"removed": [one.id for one in plan.remove], "kept": kept, "freed": freed}))
        return
    for entry in plan.remove:
        console.print(f"{'would be removed' if dry_run else 'removed'}: {in_words(entry)}")
    for one in plan.keep:
        console.print(f"kept: {in_words(one.entry)}, {escape(one.why)}")
    if not dry_run:
        console.print(f"{len(plan.remove)} images; {freed / 1e6:.0f} MB became free.")
