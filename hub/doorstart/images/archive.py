"""An image made of layers: its configuration, and how it gets into the engine and out of it.

``docker build`` and ``docker import`` write the time of day into an image. What is written here has none, so the same
layers and the same configuration have the same id on every machine.
"""

from __future__ import annotations

import hashlib
import io
import json
import platform
import shutil
import tarfile
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, cast

import docker
from docker.errors import APIError, ImageLoadError

from doorstart.images.labels import SIZES
from doorstart.images.layers import Layer

CREATED = "1980-01-01T00:00:00Z"
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
"""Machines as Go, and so Docker, calls them."""

_CONFIGURED = ("Cmd", "Entrypoint", "Env", "ExposedPorts", "StopSignal", "User", "Volumes", "WorkingDir")


def configuration(image: Mapping[str, Any], labels: Mapping[str, str]) -> dict[str, Any]:
    """The part of an image's configuration that a recipe decides.

    Args:
        image: ``Config`` as the engine tells it of an image that was built from the recipe.
        labels: Labels beside those of the recipe.
    """
    kept = {key: image[key] for key in _CONFIGURED if image.get(key)}
    return {**kept, "Labels": {**(image.get("Labels") or {}), **labels}}


def load(
    client: docker.DockerClient,
    tag: str,
    config: Mapping[str, Any],
    layers: Sequence[Layer],
    present: int = 0,
    parent: str = "",
) -> str:
    """Bring an image into the engine; its id.

    Args:
        client: The Docker engine.
        tag: The name that it gets, ``name:tag``.
        config: From :func:`configuration`.
        layers: The lowest first.
        present: How many of them, from the lowest on, the image ``parent`` has too.
        parent: Id of an image that is in the engine.

    Raises:
        ImageLoadError: the engine refused it.
    """
    content = json.dumps(
        {
            "architecture": ARCHITECTURES.get(platform.machine(), platform.machine()),
            "os": "linux",
            "created": CREATED,
            "config": config,
            "rootfs": {"type": "layers", "diff_ids": [layer.digest for layer in layers]},
            "history": [{"created": CREATED, "created_by": layer.made_by} for layer in layers],
        },
        sort_keys=True,
    ).encode()
    name = hashlib.sha256(content).hexdigest()
    try:
        # An engine that keeps images as layers, one upon the other, does not look at files of those that it has.
        _send(client, tag, name, content, layers, [layer.path for layer in layers], present)
    except (APIError, ImageLoadError):
        if not parent:
            raise
        with tempfile.TemporaryDirectory() as scratch:
            paths: list[Path] = []
            for number, stream in enumerate(layers_of(client, parent, 0)[:present]):
                paths.append(Path(scratch) / str(number))
                with stream, paths[-1].open("wb") as file:
                    shutil.copyfileobj(stream, file)
            _send(client, tag, name, content, layers, [*paths, *(layer.path for layer in layers[present:])], 0)
    return str(client.images.get(tag).id)


def _send(
    client: docker.DockerClient,
    tag: str,
    name: str,
    content: bytes,
    layers: Sequence[Layer],
    paths: Sequence[Path | None],
    first: int,
) -> None:
    """Send an image, without the files of the layers before number ``first``."""
    places = [f"{layer.digest.removeprefix('sha256:')}.tar" for layer in layers]
    manifest = [{"Config": f"{name}.json", "RepoTags": [tag], "Layers": places}]
    with tempfile.TemporaryFile() as spool:
        with tarfile.open(fileobj=spool, mode="w") as archive:
            _add(archive, f"{name}.json", io.BytesIO(content), len(content))
            listed = json.dumps(manifest).encode()
            _add(archive, "manifest.json", io.BytesIO(listed), len(listed))
            written = set()
            for place, path in list(zip(places, paths, strict=True))[first:]:
                if path and place not in written:
                    with path.open("rb") as stream:
                        _add(archive, place, stream, path.stat().st_size)
                    written.add(place)
        spool.seek(0)
        client.images.load(spool)


def _add(archive: tarfile.TarFile, name: str, stream: IO[bytes], size: int) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = size
    archive.addfile(entry, stream)


def layers_in(client: docker.DockerClient, image: str) -> list[Layer]:
    """The layers of an image that :func:`load` brought into the engine."""
    attributes = client.images.get(image).attrs
    digests = attributes["RootFS"]["Layers"]
    made_by = [str(entry["CreatedBy"]) for entry in reversed(client.images.get(image).history())]
    sizes = [*map(int, attributes["Config"]["Labels"][SIZES].split()), 0]
    return [Layer(digest, size, None, said) for digest, size, said in zip(digests, sizes, made_by, strict=True)]


def layers_of(client: docker.DockerClient, image: str, first: int) -> list[IO[bytes]]:
    """The tar files of an image's layers from number ``first`` on, the lowest first; the caller closes them.

    Raises:
        APIError: the engine has no such image.
    """
    with tempfile.TemporaryFile() as spool:
        for chunk in client.api.get_image(image, chunk_size=4 * 1024 * 1024):
            spool.write(chunk)
        spool.seek(0)
        found: list[IO[bytes]] = []
        with tarfile.open(fileobj=spool) as archive:
            manifest = json.load(cast(IO[bytes], archive.extractfile("manifest.json")))
            for place in manifest[0]["Layers"][first:]:
                layer = tempfile.TemporaryFile()  # noqa: SIM115  # handed to the caller
                shutil.copyfileobj(_resolved(archive, place), layer)
                layer.seek(0)
                found.append(layer)
    return found


def _resolved(archive: tarfile.TarFile, place: str) -> IO[bytes]:
    """A layer in a saved image: an older engine writes a link in place of a layer that is there twice."""
    entry = archive.getmember(place)
    if entry.issym():
        parts: list[str] = []
        for part in f"{place.rpartition('/')[0]}/{entry.linkname}".split("/"):
            parts = parts[:-1] if part == ".." else [*parts, part]
        return _resolved(archive, "/".join(parts))
    return cast(IO[bytes], archive.extractfile(entry))
