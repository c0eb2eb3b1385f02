"""The registry of images, from the host: each call is one throw-away container of the Hub's image without a network.

So it works whether the site runs or not. Not for the Hub and the sandbox, which have the registry's volume mounted.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import docker
from docker.errors import APIError, ImageNotFound, NotFound
from docker.types import Mount

from doorstart import names, settings
from doorstart.images.registry import NAMES, Known, Registry, RegistryError
from doorstart.site.containers import demultiplex
from doorstart.site.place import Place

if TYPE_CHECKING:
    from doorstart.images.build import Image

_COMMAND = ["/opt/venv/bin/python", "-m", "doorstart.images"]


def read(client: docker.DockerClient, place: Place, *, image: str = "") -> Registry:
    """The registry as it is now.

    Raises:
        RegistryError: there has never been a site of this name, or its registry is damaged.
    """
    return act(client, place, "read", image=image)


def learn(client: docker.DockerClient, place: Place, known: Iterable[Known], *, image: str = "") -> Registry:
    """Note images that are on the engine; they become known, and none is promoted. The registry afterwards.

    Args:
        client: The engine.
        place: The site.
        known: The images; one that the registry has stays as it is.
        image: The id of a Hub's image that carries it out, for a site that never was up.

    Raises:
        RegistryError: one is refused, see :func:`doorstart.images.arrivals.learn`; then none was noted.
    """
    told = [one.model_dump() for one in known]
    if not image and not _of_hub(client, place):
        image = next((str(one["id"]) for one in told if one["name"] == "hub"), "")
    return act(client, place, "learn", image=image, known=told, who=settings.person())


def built(client: docker.DockerClient, place: Place, images: Mapping[str, Image]) -> Registry:
    """Note what ``make up`` built or found, and promote it where that is due. The registry afterwards.

    Raises:
        RegistryError: it could not be noted.
    """
    known = [
        Known(name=name, id=one.id, version=_version(client, one.id), source="built here").model_dump()
        for name, one in images.items()
        if name in NAMES
    ]
    # Where two persons have to agree, one who runs `make up` does not decide alone.
    promote = place.settings.built_images == "promote" and not place.settings.two_persons
    hub = images["hub"].id  # the Hub's container may be older than what is asked here
    return act(client, place, "built", image=hub, known=known, who=settings.person(), promote=promote)


def _version(client: docker.DockerClient, image: str) -> str:
    labels = client.images.get(image).labels
    return str(labels.get("org.opencontainers.image.version") or version("doorstart"))


def act(client: docker.DockerClient, place: Place, verb: str, *, image: str = "", **fields: Any) -> Registry:
    """Carry out one act; the registry afterwards. See :mod:`doorstart.images.acts` and ``arrivals`` for the acts.

    Args:
        client: The engine.
        place: The site.
        verb: The act's name.
        image: As in :func:`learn`.
        fields: The act's own arguments, in the form of JSON; an act's ``image`` is called ``subject`` here.

    Raises:
        RegistryError: it is refused, or cannot be carried out.
    """
    chosen = image or _of_hub(client, place)
    if not chosen:
        raise RegistryError(
            f"There is no site {place.settings.site} yet. Make it with: make up. Where images come on a stick, import "
            "them first."
        )
    if "subject" in fields:
        fields["image"] = fields.pop("subject")
    code, output, said = _run(client, place, chosen, json.dumps({"verb": verb, **fields}).encode())
    try:
        answer = json.loads(output)
    except ValueError:
        last = said.decode(errors="replace").strip().splitlines()[-1:] or ["it said nothing"]
        raise RegistryError(f"The registry of images did not answer: {last[0]}") from None
    if code:
        raise RegistryError(str(answer.get("message", "The registry of images refused it.")))
    return Registry.model_validate(answer)


def volume(place: Place) -> str:
    """The name of the volume that has the registry."""
    return f"{place.settings.site}-images"


def _of_hub(client: docker.DockerClient, place: Place) -> str:
    """The image of the site's Hub: of its container, of what compose would start, or of the stick that was imported
    before the first start; empty if there is none.
    """
    try:
        return str(client.api.inspect_container(place.container("hub"))["Image"])
    except NotFound:
        chosen = place.chosen("hub") or _imported(place)
    try:
        return str(client.images.get(chosen).id) if chosen else ""
    except ImageNotFound:
        return ""


def _imported(place: Place) -> str:
    """The Hub's image of the bundle that was imported last; empty if there was none."""
    # Not at the top: what checks an image runs without the libraries for signatures, and on a site that is up.
    from doorstart.bundle.store import Store

    said = Store(place.bundles).imported
    return next((image.id for image in said.images if image.name == "hub"), "") if said else ""


def _run(client: docker.DockerClient, place: Place, image: str, stdin: bytes) -> tuple[int, bytes, bytes]:
    container = client.containers.create(
        image,
        _COMMAND,
        network_mode="none",
        mounts=[Mount(str(names.STATE / "images"), volume(place), type="volume")],
        cap_drop=["ALL"],
        security_opt=["no-new-privileges:true"],
        read_only=True,
        stdin_open=True,
        labels={names.LABEL_SITE: place.settings.site, names.LABEL_ROLE: "registry"},
    )
    try:
        attached = client.api.attach_socket(
            str(container.id), params={"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}
        )
        raw: socket.socket = attached._sock
        raw.settimeout(60)
        container.start()
        raw.sendall(stdin)
        raw.shutdown(socket.SHUT_WR)
        output, said = demultiplex(raw)
        attached.close()
        return int(container.wait()["StatusCode"]), output, said
    except (APIError, OSError) as error:
        raise RegistryError(f"The registry of images could not be asked: {error}") from error
    finally:
        container.remove(force=True)
