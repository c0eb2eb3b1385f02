"""What is in images, read once and kept beside the registry: an image never changes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import docker

from doorstart.images import sbom
from doorstart.images.registry import Entry, Registry
from doorstart.images.sbom import Package, Sbom, SbomError


@dataclass(frozen=True)
class Found:
    """A package, and the images that have it."""

    package: Package
    images: tuple[Entry, ...]


class Contents:
    """The packages of the images of a site.

    Args:
        folder: Where the documents are kept.
        client: The engine.
    """

    def __init__(self, folder: Path, client: docker.DockerClient) -> None:
        self._folder = folder
        self._client = client
        self._without: dict[str, SbomError] = {}

    def of(self, image: str) -> Sbom:
        """What is in an image.

        Raises:
            SbomError: it is not told, or the engine does not have the image.
        """
        if image in self._without:
            raise self._without[image]
        path = self._folder / f"sbom-{image.removeprefix('sha256:')}.json"
        try:
            return sbom.parse(path.read_bytes())
        except (FileNotFoundError, SbomError):
            pass
        try:
            content = sbom.read_document(self._client, image)
            found = sbom.parse(content)
        except SbomError as error:
            self._without[image] = error
            raise
        fresh = path.with_suffix(".new")
        fresh.write_bytes(content)
        fresh.replace(path)
        return found

    def search(self, known: Registry, text: str) -> list[Found]:
        """The packages with a text in their name, and which images of the registry have them; by name and version."""
        by_package: dict[tuple[str, str, str], tuple[Package, list[Entry]]] = {}
        for entry in known.images.values():
            if entry.removed:
                continue
            try:
                found = self.of(entry.id).find(text)
            except SbomError:
                continue
            for package in found:
                key = (package.name.lower(), package.kind, package.version)
                by_package.setdefault(key, (package, []))[1].append(entry)
        return [Found(package, tuple(entries)) for _, (package, entries) in sorted(by_package.items())]
