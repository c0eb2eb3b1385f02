"""Images of a site, from the host: what is on the engine, what runs, and the services' change from one to another."""

from __future__ import annotations

import shutil

import docker
from docker.errors import APIError, ImageNotFound

from doorstart.images import pruning, running
from doorstart.images.registry import NAMES, Entry, Registry, RegistryError
from doorstart.settings import person
from doorstart.site import containers, lifecycle, registry
from doorstart.site.place import Place
from doorstart.site.progress import Step

_STARTS: dict[str, list[str]] = {
    "hub": ["/opt/venv/bin/python", "-c", "import jupyterhub.app, doorstart.spawner, doorstart.landing"],
    "exchange": ["/opt/venv/bin/python", "-c", "import doorstart.exchange.app"],
    "sandbox": ["/opt/venv/bin/python", "-c", "import doorstart.sandbox.app"],
    "proxy": ["/usr/bin/node", "-e", "require('/opt/proxy/node_modules/configurable-http-proxy')"],
    "relay": ["/usr/sbin/nginx", "-V"],
}
"""What a service's image must be able to do before the service is changed to it."""


def outdated(client: docker.DockerClient, place: Place, known: Registry, name: str = "") -> list[running.Outdated]:
    """The running servers that have another image than their people would get.

    Raises:
        CommandError: the Hub is not running.
    """
    command = ["python", "-m", "doorstart.people", "list"]
    answer = containers.execute_json(client, place.container("hub"), command)
    people = [running.Person(one["username"], tuple(one["groups"]), tuple(one["running_servers"]))
              for one in answer["people"]]  # fmt: skip
    found = running.outdated(known, people, running.running(client, place.settings.site))
    return [one for one in found if name in ("", one.running.kind)]


def require_start(client: docker.DockerClient, entry: Entry) -> None:
    """Start a service's image by itself, without a network.

    Raises:
        RegistryError: it does not start, or lacks what it needs; the message has the last that it said.
    """
    container = client.containers.create(
        entry.id, entrypoint=_STARTS[entry.name], command=[], network_mode="none", cap_drop=["ALL"], read_only=True
    )
    try:
        container.start()
        code = container.wait(timeout=120)["StatusCode"]
        said = container.logs().decode(errors="replace").strip().splitlines()[-1:]
    except APIError as error:
        raise RegistryError(f"The image {pruning.in_words(entry)} does not start: {error.explanation}") from error
    finally:
        container.remove(force=True)
    if code:
        raise RegistryError(f"The image {pruning.in_words(entry)} does not start: {(said or ['it said nothing'])[0]}")


def change_service(
    client: docker.DockerClient, place: Place, tool: list[str], after: Registry, name: str, current: Step
) -> None:
    """Have a service run from the image that is promoted now; if it does not become healthy, go back.

    Raises:
        SiteError: it did not become healthy. The image before is promoted again, if there is one, and runs.
    """
    try:
        lifecycle.services(client, place, tool, after, current)
    except lifecycle.SiteError as error:
        if not after.previous(name):
            raise
        current.say("going back to the image before")
        reason = f"{name} did not become healthy"
        before = registry.act(client, place, "rollback", name=name, who=person(), reason=reason)
        lifecycle.services(client, place, tool, before, current)
        raise lifecycle.SiteError(f"{error}\nThe image before is promoted again, and the site runs with it.") from error


def prune(client: docker.DockerClient, place: Place, known: Registry, *, dry_run: bool) -> tuple[pruning.Plan, int]:
    """Remove the images from the engine that nobody needs; the plan, and the bytes that became free on the disk.

    An image from which another one was made stays until that one is gone.

    Raises:
        RegistryError: what was removed could not be noted.
    """
    used = _needed_elsewhere(client, place, known.promoted("hub"))
    used |= {str(one["ImageID"]): "in use" for one in client.api.containers(all=True)}
    plan = pruning.plan(known, used)
    if dry_run:
        return plan, 0
    before = _free(client)
    gone = [entry for entry in plan.remove if _remove(client, entry.id)]
    if gone:
        registry.act(client, place, "pruned", images=[entry.id for entry in gone], who=person())
    kept = tuple(pruning.Kept(entry, "another image was made from it") for entry in plan.remove if entry not in gone)
    return pruning.Plan(tuple(gone), plan.keep + kept), max(0, _free(client) - before)


def _needed_elsewhere(client: docker.DockerClient, place: Place, hub: str) -> dict[str, str]:
    """The images that other sites of this engine have promoted, try, or may roll back to."""
    volumes = {one.name for one in client.volumes.list()}
    sites = {name.removesuffix("-images") for name in volumes if name.endswith("-images")}
    needed: dict[str, str] = {}
    for site in sites - {place.settings.site}:
        if f"{site}-hub-state" in volumes:
            other = registry.read(client, Place(place.settings.model_copy(update={"site": site})), image=hub)
            ids = {other.promoted(name) for name in NAMES} | {other.previous(name) for name in NAMES}
            ids |= {entry.id for entry in other.images.values() if entry.trials}
            needed |= dict.fromkeys(ids, f"the site {site} needs it")
    return needed


def _free(client: docker.DockerClient) -> int:
    """Free bytes where the engine keeps images; 0 where that is not on this machine."""
    try:
        return shutil.disk_usage(client.info()["DockerRootDir"]).free
    except OSError:
        return 0


def _remove(client: docker.DockerClient, image: str) -> bool:
    if image in {one["ParentId"] for one in client.api.images(all=True)}:
        return False  # the engine would only take its tags away
    try:
        tags = client.images.get(image).tags
        for tag in tags or [image]:
            client.images.remove(tag)
    except ImageNotFound:
        return True
    except APIError as error:
        if error.status_code != 409:  # conflict: a container or another image needs it
            raise RegistryError(f"The engine does not remove the image {image}: {error.explanation}") from error
        return False
    return True
