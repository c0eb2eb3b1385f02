"""What each image is made of: the typed form of ``images/<name>/image.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path


class RecipeError(Exception):
    """An ``image.toml`` is wrong; the message names the file and the field."""


@dataclass(frozen=True)
class Recipe:
    """One image.

    Attributes:
        name: The folder's name, and the image's.
        summary: One sentence for people.
        parent: The image it starts from; ``""`` only for ``base``.
        python: Where its Python packages are listed: ``extra:NAME`` or ``group:NAME`` of ``pyproject.toml``, or ``""``.
        workspace: Packages of this repository that are installed too.
        debian: Debian packages installed on top of the parent's.
        npm: Whether the folder has a ``package-lock.json`` whose packages are installed.
        lab: Whether our JupyterLab extension is built and put into the context as ``labextension``.
        files: Files and folders of the repository that the build reads, relative to its top.
        folder: The folder of the recipe.
    """

    name: str
    summary: str
    parent: str
    python: str
    workspace: tuple[str, ...]
    debian: tuple[str, ...]
    npm: bool
    lab: bool
    files: tuple[str, ...]
    folder: Path


def read(folder: Path) -> Recipe:
    """The recipe in a folder.

    Raises:
        RecipeError: the file is missing, is not TOML, or has a wrong field.
    """
    path = folder / "image.toml"
    try:
        fields = tomllib.loads(path.read_text())
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise RecipeError(f"{path}: {error}") from None
    unknown = set(fields) - {"summary", "parent", "python", "workspace", "debian", "npm", "lab", "files"}
    if unknown:
        raise RecipeError(f"{path}: unknown field {sorted(unknown)[0]!r}")
    if not fields.get("summary"):
        raise RecipeError(f"{path}: summary is missing")
    if not fields.get("parent") and folder.name != "base":
        raise RecipeError(f"{path}: parent is missing; every image but base starts from another one")
    return Recipe(
        name=folder.name,
        summary=str(fields["summary"]),
        parent=str(fields.get("parent", "")),
        python=str(fields.get("python", "")),
        workspace=tuple(fields.get("workspace", ())),
        debian=tuple(fields.get("debian", ())),
        npm=bool(fields.get("npm", False)),
        lab=bool(fields.get("lab", False)),
        files=tuple(fields.get("files", ())),
        folder=folder,
    )


def read_all(top: Path) -> list[Recipe]:
    """All recipes below ``images/`` of the repository ``top``, every parent before its children.

    Raises:
        RecipeError: a recipe is wrong, names a parent that does not exist, or is its own ancestor.
    """
    waiting = {path.parent.name: read(path.parent) for path in sorted((top / "images").glob("*/image.toml"))}
    ordered: dict[str, Recipe] = {}
    while waiting:
        ready = [recipe for recipe in waiting.values() if not recipe.parent or recipe.parent in ordered]
        if not ready:
            stuck = next(iter(waiting.values()))
            raise RecipeError(f"{stuck.folder / 'image.toml'}: no parent {stuck.parent!r} that can be built first")
        for recipe in ready:
            ordered[recipe.name] = waiting.pop(recipe.name)
    return list(ordered.values())
