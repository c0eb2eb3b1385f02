"""Run a recipe's Dockerfile on top of the packages, without a network, and keep what it changed."""

from __future__ import annotations

import re
import shutil
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import docker

from doorstart.images import archive
from doorstart.images.inputs import tree
from doorstart.images.layers import File, merge, read_tar
from doorstart.images.recipe import Recipe

_ENGINE = re.compile(r"(dev|proc|sys|tmp|run/lock)/.*|etc/(hosts|hostname|resolv\.conf|mtab)|\.dockerenv")
"""What the engine, not the recipe, puts into a container."""


class DockerfileError(Exception):
    """A step of a Dockerfile failed; the message ends with what the build said last."""


def run(
    client: docker.DockerClient, top: Path, recipe: Recipe, parent: str, layers: int, made: Mapping[str, Path]
) -> tuple[list[File], dict[str, Any]]:
    """What a Dockerfile changes.

    Args:
        client: The Docker engine.
        top: Top of the checkout.
        recipe: Whose Dockerfile.
        parent: Id of the image on which it runs.
        layers: How many layers that image has.
        made: Folders that were made for this image, such as ``node_modules``, by the names that the Dockerfile copies.

    Returns:
        The files that it added, changed or removed, and ``Config`` of the image that it made.

    Raises:
        DockerfileError: a step failed.
    """
    with tempfile.TemporaryDirectory() as scratch:
        context = Path(scratch) / "context"
        shutil.copytree(recipe.folder, context)
        for name in recipe.files:
            for path in tree(top / name):
                target = context / "files" / path.relative_to(top)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(path, target)
        for name, folder in made.items():
            shutil.copytree(folder, context / name, symlinks=True)
        image = _build(client, recipe, parent, context)
    try:
        config = client.images.get(image).attrs["Config"]
        files: dict[str, File] = {}
        for stream in archive.layers_of(client, image, layers):
            with stream:
                files = merge(files, read_tar(stream, lambda path: not _ENGINE.fullmatch(path)))
    finally:
        client.api.remove_image(image, force=True)
    return list(files.values()), config


def _build(client: docker.DockerClient, recipe: Recipe, parent: str, context: Path) -> str:
    image = ""
    said: list[str] = []
    with _archive(context) as stream:
        for event in client.api.build(
            fileobj=stream,
            custom_context=True,
            buildargs={"PARENT": parent},  # by id: a tag that is not there would be looked for in a registry
            network_mode="none",
            rm=True,
            forcerm=True,
            decode=True,
        ):
            said += [line for line in str(event.get("stream", "")).splitlines() if line.strip()]
            image = str(event.get("aux", {}).get("ID", image))
            if "error" in event:
                last = "\n".join([*said[-15:], event["error"]])
                raise DockerfileError(f"The image {recipe.name} could not be built:\n{last}")
    return image


def _archive(context: Path) -> IO[bytes]:
    """A build context as a tar file whose entries differ only when their content does."""
    spool = tempfile.TemporaryFile()  # noqa: SIM115  # handed to the caller

    def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = "root"
        entry.mtime = 0
        entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
        return entry

    with tarfile.open(fileobj=spool, mode="w") as stream:
        for path in sorted(context.rglob("*")):
            stream.add(path, arcname=str(path.relative_to(context)), recursive=False, filter=plain)
    spool.seek(0)
    return spool
