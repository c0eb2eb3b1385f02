"""What an image says of itself: labels for machines, a summary for people."""

from __future__ import annotations

import hashlib
import subprocess
import tomllib
from collections.abc import Sequence
from pathlib import Path

from doorstart.images.layers import Layer
from doorstart.images.recipe import Recipe
from doorstart.images.sbom import MEANING, Package

SUMMARY = "/usr/share/doorstart/summary.txt"
SIZES = "doorstart.sizes"
"""Label with the bytes of each layer, uncompressed, but for the last, which tells of the image."""

LICENCES = "BSD-3-Clause AND LicenseRef-those-of-the-packages"
"""Doorstart's own; those of the packages are in the image's list of packages."""


def version(top: Path, inputs: str) -> str:
    """The version of an image: the repository's, and the digest of what went into the image."""
    project = tomllib.loads((top / "pyproject.toml").read_text())["project"]
    return f"{project['version']}+{inputs[:8]}"


def revision(top: Path, sources: Sequence[Path]) -> str:
    """The last commit that changed any of these files, with ``-dirty`` if they have changed since; ``""`` without git.

    Not the newest commit of all: an image stays what it is when something else changes.
    """
    paths = ["--", *(str(path) for path in sources)]

    def git(*command: str) -> str:
        done = subprocess.run(["git", *command, *paths], cwd=top, capture_output=True, text=True)
        return done.stdout.strip() if done.returncode == 0 else ""

    try:
        commit = git("log", "-1", "--format=%H")
        return f"{commit}-dirty" if commit and git("status", "--porcelain") else commit
    except OSError:  # git is not installed
        return ""


def labels(recipe: Recipe, version: str, revision: str, inputs: str, lock: str, sizes: Sequence[int]) -> dict[str, str]:
    """The labels of an image.

    Args:
        recipe: What it is made of.
        version: From :func:`version`.
        revision: From :func:`revision`.
        inputs: Digest of all that goes into it.
        lock: The lines of the lock that name its Python packages.
        sizes: Bytes of its layers.
    """
    said = {
        "org.opencontainers.image.title": f"Doorstart: {recipe.name}",
        "org.opencontainers.image.description": recipe.summary,
        "org.opencontainers.image.version": version,
        "org.opencontainers.image.revision": revision,
        "org.opencontainers.image.licenses": LICENCES,
        "doorstart.name": recipe.name,
        "doorstart.inputs": inputs,
        "doorstart.lock": hashlib.sha256(lock.encode()).hexdigest() if lock else "",
        SIZES: " ".join(map(str, sizes)),
    }
    return {key: value for key, value in said.items() if value}


def summary(recipe: Recipe, version: str, packages: Sequence[Package], layers: Sequence[Layer]) -> str:
    """What an image is, for people.

    Args:
        recipe: What it is made of.
        version: From :func:`version`.
        packages: All packages in it.
        layers: All but those that tell of images.
    """
    counts = {kind: sum(package.kind == kind for package in packages) for kind in MEANING}
    listed = ", ".join(f"{count} {MEANING[kind]}" for kind, count in counts.items() if count)
    largest = sorted(layers, key=lambda one: (-one.size, one.made_by))[:10]
    return "\n".join(
        [
            f"{recipe.name}, version {version}",
            f"{recipe.summary}.",
            "",
            f"Size: {megabytes(sum(layer.size for layer in layers))}",
            f"Packages: {listed}",
            "",
            "The largest parts:",
            *(f"{megabytes(layer.size):>10}  {layer.made_by}" for layer in largest),
            "",
        ]
    )


def megabytes(size: int) -> str:
    """A size for people, in millions of bytes, as the engine shows it."""
    return f"{size / 1e6:.1f} MB"
