"""What packages changed from one image to the next, so that the person at the gate sees it before an import.

The site's state file says which packages its promoted images have; whoever makes the bundle has the new images.
"""

from __future__ import annotations

from collections.abc import Mapping

import docker

from doorstart.bundle.contents import PackageChange
from doorstart.images import sbom

Packages = dict[str, str]
"""Versions by kind and name, such as ``pypi pygments``."""


def read(client: docker.DockerClient, image: str) -> Packages:
    """The packages of an image on the engine; none if it has no list of them."""
    try:
        found = sbom.read(client, image)
    except sbom.SbomError:
        return {}
    return {f"{package.kind} {package.name}": package.version for package in found.packages}


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[PackageChange]:
    """What differs, by kind and name; nothing if one of the two lists is missing."""
    if not before or not after:
        return []
    return [
        PackageChange(package=name, before=before.get(name, ""), after=after.get(name, ""))
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    ]
