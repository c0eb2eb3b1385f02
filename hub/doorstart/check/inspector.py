"""Starts the check before a promotion, in a container that stands where the command on the host stands.

It is of the Hub's own image, which is trusted with the engine already; it has the engine's socket, the registry's
volume and the machine's network, to reach the site as a browser does. The command on the host and the Hub's page start
it alike.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

import docker
from docker.errors import APIError, DockerException, NotFound
from docker.models.containers import Container
from docker.types import Mount
from requests import RequestException
from rich.markup import escape

from doorstart import names
from doorstart.check.order import Order
from doorstart.images.registry import RegistryError
from doorstart.site.place import Place
from doorstart.site.progress import console

ROLE = "inspector"
ENGINE = "/var/run/docker.sock"
STOP_TIMEOUT = 90
"""Seconds in which a check that is told to stop clears up."""
START_TIMEOUT = timedelta(minutes=1)
"""A container that was made longer ago and never started is what somebody left who was killed before it did."""


def start(client: docker.DockerClient, site: str, order: Order) -> Container:
    """Start the check of an image; it goes on by itself, and promotes the image if it is good.

    Args:
        client: The engine.
        site: The site's name.
        order: Which image, by whom and why.

    Raises:
        RegistryError: a check runs already, or the site does not.
    """
    try:
        hub = client.containers.get(f"{site}-hub")
    except NotFound:
        raise RegistryError(
            "The image is tried on the running site, and that does not run. Start it: make up"
        ) from None
    environment = [line for line in hub.attrs["Config"]["Env"] if line.startswith("DOORSTART_")]
    _clear_away(client, f"{site}-{ROLE}")
    try:
        container: Container = client.containers.create(
            str(hub.attrs["Image"]),
            ["python", "-m", "doorstart.check.promotion", order.model_dump_json()],
            name=f"{site}-{ROLE}",
            environment=environment,
            labels={names.LABEL_SITE: site, names.LABEL_ROLE: ROLE},
            network_mode="host",
            mounts=[
                Mount(ENGINE, ENGINE, type="bind"),
                Mount(str(names.STATE / "images"), f"{site}-images", type="volume"),
            ],
            cap_drop=["ALL"],
            security_opt=["no-new-privileges:true"],
            read_only=True,
            tmpfs={"/tmp": "rw,nosuid,nodev,size=256m,mode=1777"},  # noqa: S108  # the container's own
            init=True,
            auto_remove=True,
        )
    except APIError as error:
        if error.status_code == 409:
            raise RegistryError("Another image is being checked. Wait until that has ended.") from None
        raise RegistryError(f"The check cannot be started: {error.explanation}") from error
    try:
        container.start()
    except BaseException as error:
        with suppress(DockerException, RequestException):  # the engine may be gone; then the next check clears up
            container.remove(force=True)
        if isinstance(error, APIError):
            raise RegistryError(f"The check cannot be started: {error.explanation}") from error
        raise
    return container


def _clear_away(client: docker.DockerClient, name: str) -> None:
    """Remove a check that was made and never started: it never ends, and would stand in the way of all others."""
    with suppress(NotFound):
        left = client.containers.get(name)
        made = datetime.fromisoformat(left.attrs["Created"])
        if left.status == "created" and datetime.now(UTC) - made > START_TIMEOUT:
            with suppress(APIError):  # not forced: one that has just started after all is left alone
                left.remove()


def running(client: docker.DockerClient, site: str) -> bool:
    """Whether an image is being checked."""
    return bool(client.containers.list(filters={"name": f"^{site}-{ROLE}$"}))


@contextmanager
def run(client: docker.DockerClient, place: Place, order: Order) -> Iterator[Iterator[bytes]]:
    """Start the check of an image; what it prints, as it comes. Whoever leaves the body early stops it.

    Raises:
        RegistryError: as :func:`start`.
    """
    container = start(client, place.settings.site, order)
    try:
        yield container.attach(stream=True, logs=True, stdout=True, stderr=False)
    except BaseException:
        with suppress(NotFound, APIError):  # it has ended by itself
            container.stop(timeout=STOP_TIMEOUT)
        raise


def follow(printed: Iterator[bytes], *, as_json: bool) -> str:
    """Show the steps of a check as they come; why the image is not promoted, empty if it is.

    Args:
        printed: What the container prints.
        as_json: Whether its lines are printed as they are.
    """
    left = b""
    for chunk in printed:
        *lines, left = (left + chunk).split(b"\n")
        for line in lines:
            told = json.loads(line)
            if as_json:
                print(line.decode(), flush=True)
            if told.get("end"):
                return str(told["error"])
            if "step" in told and not as_json:
                mark = "[green]✓[/green]" if told["ok"] else "[red]✗[/red]"
                note = f": {escape(told['note'])}" if told["note"] else ""
                console.print(f"{mark} {escape(told['step'])}{note} [dim]({told['seconds']:.1f} s)[/dim]")
    return "The check was killed before it had ended. What is left of it goes with the next one."
