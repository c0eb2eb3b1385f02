"""``doorstart site up``, ``down`` and ``destroy``: the steps, each of which is safe to run twice."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import time

import docker
import httpx
from docker.models.containers import Container

from doorstart import names
from doorstart.images.build import Builder
from doorstart.images.registry import NAMES, SERVICES, Registry, short
from doorstart.settings import Settings, person
from doorstart.site import courses, demo, engine, registry, tls
from doorstart.site.place import TOP, Place
from doorstart.site.progress import Step, console, step

STARTED_ON_DEMAND = ("learner", "instructor", "kernel", "learner-kernel", "house", "forker", "inspector")
"""Roles of containers that compose does not know: the Hub and the sandbox start them."""

HEALTHY_TIMEOUT = 120
"""Seconds that the site's services have to become healthy."""

MOST_RESTARTS = 4
"""A service that has ended and was started again more often than this will not become healthy."""


class SiteError(Exception):
    """The site could not be brought up or down; the message says which part and where to look."""


def up(settings: Settings) -> None:
    """Bring the site up, making whatever is missing.

    Raises:
        SiteError, EngineError, BuildError, DebianError, FetchError, LabError, TlsError, CommandError: a step failed;
            each message says what to do.
    """
    place = Place(settings)
    tls.read(settings)  # a wrong setting is told now, not after minutes of building
    client, tool = _engine()
    images = _images(client, place)
    with step("Services") as current:
        tls.install(client, place, images.promoted("proxy"))
        services(client, place, tool, images, current)
        current.note = place.url
    with step("Courses") as current:
        current.note = courses.load(client, place, images.promoted("instructor"), current)
    if settings.demo:
        with step("Demo accounts") as current:
            current.note = demo.ensure(client, place)
    console.print(f"\nDoorstart is running at [bold]{place.url}[/bold]")
    if settings.demo:
        console.print(f"\n{place.accounts.read_text().strip()}\n\nAlso in {place.accounts}", markup=False)


def _engine() -> tuple[docker.DockerClient, list[str]]:
    with step("Docker engine") as current:
        client = engine.ensure_engine(current.say)
        current.note = str(client.version()["Version"])
    with step("Tools") as current:
        tool = engine.ensure_compose(current.say)
        installed = engine.ensure_tools(current.say) + engine.ensure_printing(current.say)
        current.note = f"installed {', '.join(installed)}" if installed else ""
    return client, tool


def _images(client: docker.DockerClient, place: Place) -> Registry:
    """The registry with what was built or found; every image that a site needs is promoted, and on the engine."""
    with step("Images") as current:
        if place.settings.build:
            images = Builder(TOP, client, current.say).build_all()
            built = sorted(image.name for image in images.values() if image.built)
            current.note = f"built {', '.join(built)}" if built else "nothing to build"
            found = registry.built(client, place, images)
        else:
            found = registry.act(client, place, "first", who=person())
            current.note = "as promoted; nothing is built here"
        for name in NAMES:
            _require(client, name, found.promoted(name))
        left = [name for name in NAMES if place.settings.build and found.promoted(name) != images[name].id]
        if left:
            current.note += f"; not what is built here, but what was promoted: {', '.join(left)}"
    return found


def _require(client: docker.DockerClient, name: str, image: str) -> None:
    if not image:
        raise SiteError(
            f"No image {name} is promoted, and none is known. Import one from a stick, or let `make up` build it: "
            "DOORSTART_BUILD=true"
        )
    try:
        client.images.get(image)
    except docker.errors.ImageNotFound:
        raise SiteError(
            f"The promoted image {name} ({short(image)}) is not on the engine any more. Import it again from its "
            f"stick, or go back to the one before: doorstart image rollback {name}"
        ) from None


def services(client: docker.DockerClient, place: Place, tool: list[str], images: Registry, current: Step) -> None:
    """Have compose run the services from the promoted images, and wait until they are healthy.

    Raises:
        SiteError: compose failed, or a service did not become healthy.
    """
    place.write({name: images.promoted(name) for name in SERVICES})
    _compose(place, tool, "up", "-d", "--remove-orphans")
    _wait_until_healthy(client, place, current)


def down(settings: Settings) -> None:
    """Stop the site and its servers; keep all state."""
    place = Place(settings)
    client = engine.connect()
    if not client:
        console.print("The Docker engine is not running, so the site is not either.")
        return
    with step("Servers") as current:
        # While the Hub runs, whoever waits for a turn gets a server, and so does a class before the bell.
        current.say("the Hub stops first, so that no more start")
        _remove_service(client, place, "hub")
        current.note = f"{_remove_servers(client, settings.site)} stopped"
    with step("Services"):
        for service in reversed(SERVICES):
            _remove_service(client, place, service)
        for network in client.networks.list(names=[f"^{settings.site}-front$"]):
            network.remove()


def destroy(settings: Settings) -> None:
    """Stop the site and remove all of its state: accounts, homes, courses, submissions and grades."""
    down(settings)
    client = engine.connect()
    if not client:
        raise SiteError("The Docker engine is not running; start it first, so that the volumes can be removed.")
    prefix = f"{settings.site}-"
    with step("State") as current:
        volumes = [one for one in client.volumes.list() if one.name.startswith(prefix)]
        others = _longer_sites(client, settings.site)
        for left in _containers(client, settings.site):  # what a command that was killed has left holds on to volumes
            left.remove(force=True)
        volumes = [one for one in volumes if not any(one.name.startswith(f"{other}-") for other in others)]
        for volume in volumes:
            volume.remove()
        for path in Place(settings).folder.glob("*"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        current.note = f"{len(volumes)} volumes removed"


def _longer_sites(client: docker.DockerClient, site: str) -> list[str]:
    """Other sites of this engine whose names begin with this one's: ``doorstart-test`` beside ``doorstart``."""
    hubs = [one.name.removesuffix("-hub-state") for one in client.volumes.list() if one.name.endswith("-hub-state")]
    return [name for name in hubs if name != site and name.startswith(f"{site}-")]


def _containers(client: docker.DockerClient, site: str) -> list[Container]:
    """All containers of a site, running or not."""
    label = f"{names.LABEL_SITE}={site}"
    return list(client.containers.list(ignore_removed=True, all=True, filters={"label": label}))


def _remove_service(client: docker.DockerClient, place: Place, service: str) -> None:
    for container in client.containers.list(
        ignore_removed=True, all=True, filters={"name": f"^{place.container(service)}$"}
    ):
        container.stop(timeout=10)
        container.remove()


def _remove_servers(client: docker.DockerClient, site: str) -> int:
    removed = 0
    for container in _containers(client, site):
        if container.labels.get(names.LABEL_ROLE) in STARTED_ON_DEMAND:
            with contextlib.suppress(
                docker.errors.APIError
            ):  # it may end by itself, or somebody else may be removing it
                container.stop(timeout=10)
                container.remove()
            removed += 1
    return removed


def _compose(place: Place, tool: list[str], *arguments: str) -> None:
    done = subprocess.run([*place.compose(tool), *arguments], capture_output=True, text=True)
    if done.returncode:
        said = "\n".join(done.stderr.strip().splitlines()[-8:])
        raise SiteError(f"compose could not start the services:\n{said}")


def _wait_until_healthy(client: docker.DockerClient, place: Place, current: Step) -> None:
    deadline = time.monotonic() + HEALTHY_TIMEOUT
    waiting: list[str] = list(SERVICES)
    while waiting and time.monotonic() < deadline:
        waiting = [service for service in waiting if not _healthy(client, place.container(service))]
        if any(_restarts(client, place.container(service)) > MOST_RESTARTS for service in waiting):
            break
        if not waiting and _answers(place):
            return
        current.say(f"waiting for {', '.join(waiting) or 'the Hub behind the proxy'}")
        time.sleep(0.5)
    who = waiting[0] if waiting else "proxy"
    raise SiteError(f"{who} did not become healthy. Its log: docker logs {place.container(who)}")


def _healthy(client: docker.DockerClient, name: str) -> bool:
    state = client.api.inspect_container(name)["State"]
    return bool(state["Running"]) and state.get("Health", {}).get("Status", "healthy") == "healthy"


def _restarts(client: docker.DockerClient, name: str) -> int:
    return int(client.api.inspect_container(name)["RestartCount"])


def _answers(place: Place) -> bool:
    try:
        return httpx.get(f"{place.local}/hub/api/health", timeout=5, verify=False).status_code == httpx.codes.OK  # noqa: S501  # own certificate
    except httpx.HTTPError:
        return False
