"""What is in an image, as a CycloneDX 1.6 document: written when it is built, read from it anywhere.

Only standard library and the engine, so that the Hub's own container can read it too. Which packages there are, and
their licences, is found in :mod:`doorstart.images.inventory`.
"""

from __future__ import annotations

import io
import json
import tarfile
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, cast
from urllib.parse import quote

import docker
from docker.errors import APIError, ImageNotFound, NotFound

PATH = "/usr/share/doorstart/sbom.cdx.json"
"""Where the document is in every image."""

Kind = Literal["deb", "npm", "pypi"]
"""Where a package comes from, in the words of package URLs."""

MEANING: dict[Kind, str] = {"deb": "Debian", "npm": "npm", "pypi": "Python"}
_ALGORITHMS = {"sha256": "SHA-256", "sha512": "SHA-512"}


class SbomError(Exception):
    """An image's document cannot be read; the message says of which image and why."""


@dataclass(frozen=True, order=True)
class Package:
    """One package in an image.

    Attributes:
        kind: ``deb``, ``npm`` or ``pypi``.
        name: The package's name, as its source writes it.
        version: Its version.
        licence: An SPDX expression or the author's own words; ``""`` when the package does not say.
        digest: Of the file that was installed: ``sha256:…`` or ``sha512:…`` in hexadecimal; ``""`` when not known.
    """

    kind: Kind
    name: str
    version: str
    licence: str = ""
    digest: str = ""

    @property
    def purl(self) -> str:
        """The package URL (github.com/package-url/purl-spec)."""
        space = "debian/" if self.kind == "deb" else ""
        suffix = "?distro=debian-13" if self.kind == "deb" else ""
        name = quote(self.name, safe="/") if self.kind == "npm" else quote(self.name)
        return f"pkg:{self.kind}/{space}{name}@{quote(self.version)}{suffix}"


@dataclass(frozen=True)
class Sbom:
    """All packages of an image.

    Attributes:
        image: Its name, such as ``learner``.
        version: Its version.
        packages: Sorted by kind and name.
    """

    image: str
    version: str
    packages: tuple[Package, ...]

    def find(self, text: str) -> list[Package]:
        """The packages whose name contains ``text``, whatever its case."""
        return [package for package in self.packages if text.lower() in package.name.lower()]


@dataclass(frozen=True)
class Change:
    """A package of which one image has another version, or another file of the same version, than the other image."""

    before: Package
    after: Package


@dataclass(frozen=True)
class Difference:
    """What one image has and the other has not."""

    added: tuple[Package, ...]
    removed: tuple[Package, ...]
    changed: tuple[Change, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


def difference(before: Sbom, after: Sbom) -> Difference:
    """The packages added, removed and changed between two images; licences alone are no change."""
    old = {(package.kind, package.name): package for package in before.packages}
    new = {(package.kind, package.name): package for package in after.packages}
    both = sorted(set(old) & set(new))
    return Difference(
        added=tuple(new[key] for key in sorted(set(new) - set(old))),
        removed=tuple(old[key] for key in sorted(set(old) - set(new))),
        changed=tuple(
            Change(old[key], new[key])
            for key in both
            if (old[key].version, old[key].digest) != (new[key].version, new[key].digest)
        ),
    )


def document(image: str, version: str, packages: Iterable[Package]) -> bytes:
    """The CycloneDX document of an image, without time or random number: the same packages give the same bytes."""
    ordered = sorted(set(packages))
    content: dict[str, Any] = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {"type": "container", "bom-ref": "image", "name": f"doorstart/{image}", "version": version}
        },
        "components": [_component(package) for package in ordered],
    }
    name = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(content, sort_keys=True))
    content["serialNumber"] = f"urn:uuid:{name}"
    return (json.dumps(content, indent=1, sort_keys=True) + "\n").encode()


def _component(package: Package) -> dict[str, Any]:
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": package.purl,
        "name": package.name,
        "version": package.version,
        "purl": package.purl,
    }
    if package.licence:
        component["licenses"] = [{"license": {"name": package.licence}}]
    if package.digest:
        algorithm, _, value = package.digest.partition(":")
        component["hashes"] = [{"alg": _ALGORITHMS[algorithm], "content": value}]
    return component


def parse(content: bytes) -> Sbom:
    """The packages of a CycloneDX document that :func:`document` wrote.

    Raises:
        SbomError: it is not such a document.
    """
    try:
        fields = json.loads(content)
        image = fields["metadata"]["component"]
        packages = tuple(_package(component) for component in fields["components"])
        return Sbom(str(image["name"]).removeprefix("doorstart/"), str(image["version"]), packages)
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise SbomError(f"not a CycloneDX document of Doorstart: {error!r}") from None


def _package(component: dict[str, Any]) -> Package:
    kind = component["purl"].removeprefix("pkg:").partition("/")[0]
    if kind not in MEANING:
        raise ValueError(f"unknown kind of package {kind!r}")
    licences = component.get("licenses", [])
    hashes = component.get("hashes", [])
    algorithms = {name: short for short, name in _ALGORITHMS.items()}
    return Package(
        kind=cast(Kind, kind),
        name=component["name"],
        version=component["version"],
        licence=licences[0]["license"]["name"] if licences else "",
        digest=f"{algorithms[hashes[0]['alg']]}:{hashes[0]['content']}" if hashes else "",
    )


def read_document(client: docker.DockerClient, image_id: str, path: str = PATH) -> bytes:
    """A file of an image that is on the engine; nothing of the image is run.

    Raises:
        SbomError: there is no such image, or it has no such file.
    """
    try:
        container = client.api.create_container(image_id, command=["-"], network_disabled=True)["Id"]
    except ImageNotFound:
        raise SbomError(f"The engine has no image {image_id}.") from None
    except APIError as error:
        raise SbomError(f"The image {image_id} cannot be looked into: {error.explanation}") from None
    try:
        chunks, _ = client.api.get_archive(container, path)
        with tarfile.open(fileobj=io.BytesIO(b"".join(chunks))) as archive:
            file = archive.extractfile(archive.next() or "")
            if file is None:
                raise SbomError(f"{path} of the image {image_id} is not a file.")
            return file.read()
    except NotFound:
        raise SbomError(f"The image {image_id} has no {path}: it was not built by this version of Doorstart.") from None
    finally:
        client.api.remove_container(container, force=True)


def read(client: docker.DockerClient, image_id: str) -> Sbom:
    """What is in an image that is on the engine; nothing of the image is run.

    Args:
        client: The Docker engine.
        image_id: Id or tag.

    Raises:
        SbomError: there is no such image, or it has no document that can be read.
    """
    return parse(read_document(client, image_id))
