"""What goes into each image of a checkout, and the tag that stands for all of it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from doorstart.images import groups, python
from doorstart.images.debian import SUITE
from doorstart.images.making import IMAGES
from doorstart.images.recipe import Recipe, read_all
from doorstart.images.sources import content
from doorstart.images.sources import tree as tree


class Inputs:
    """The inputs of the images of one checkout; nothing is fetched or built to tell them.

    Args:
        top: Top of the checkout.
        snapshot: As for :func:`doorstart.images.debian.sources`.
        state: Digest of the Debian packages that were fetched anew on request; ``""`` before the first time.
    """

    def __init__(self, top: Path, snapshot: str = "", state: str = "") -> None:
        self.top = top
        self.debian = [SUITE, snapshot, state]
        self.recipes = read_all(top)
        self.by_name = {recipe.name: recipe for recipe in self.recipes}
        self._requirements: dict[str, str] = {}
        self._groups: dict[str, list[tuple[str, ...]]] = {}
        self._digests: dict[str, str] = {}

    def debian_sets(self) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]], str]:
        """The Debian packages of the base, those that other images add to it, and the snapshot: what is fetched."""
        base = next(one for one in self.recipes if not one.parent)
        return base.debian, {one.name: one.debian for one in self.recipes if one.parent and one.debian}, self.debian[1]

    def parent(self, recipe: Recipe) -> Recipe | None:
        """The recipe of the image that this one starts from."""
        return self.by_name.get(recipe.parent)

    def lineage(self, recipe: Recipe) -> list[Recipe]:
        """The recipe and all that it starts from, ``base`` last."""
        parent = self.parent(recipe)
        return [recipe, *(self.lineage(parent) if parent else [])]

    def requirements(self, recipe: Recipe) -> str:
        """The hashed Python requirements of an image; empty if it has none."""
        if recipe.python and recipe.python not in self._requirements:
            self._requirements[recipe.python] = python.requirements(self.top, recipe.python)
        return self._requirements.get(recipe.python, "")

    def pins(self, recipe: Recipe) -> dict[str, python.Pin]:
        """All Python packages of an image, those of the images that it starts from included."""
        return {pin.name: pin for one in self.lineage(recipe) for pin in python.pins(self.requirements(one))}

    def groups(self, recipe: Recipe) -> list[tuple[str, ...]]:
        """The Python packages that an image adds to the one it starts from, in groups that share a layer."""
        if not self._groups:
            uses = {one.name: list(self.pins(one)) for one in self.recipes}
            self._groups = groups.by_use(uses, python.sizes(self.top), large=2_500_000, shared=4_000_000)
        inherited = self._groups.get(recipe.parent, [])
        return [group for group in self._groups[recipe.name] if group not in inherited]

    def sources(self, recipe: Recipe) -> list[Path]:
        """The files and folders of the checkout that this image, not those it starts from, is made of."""
        tools = [self.top / "images" / "install-debian"] if recipe.debian and recipe.parent else []
        own = python.sources_of(self.top, recipe)
        return [recipe.folder, *tools, *own, *(self.top / name for name in recipe.files)]

    def digest(self, recipe: Recipe) -> str:
        """A digest of all that goes into an image."""
        if recipe.name not in self._digests:
            seen = hashlib.sha256()
            parent = self.parent(recipe)
            sets = {one.name: one.debian for one in self.recipes}
            before = self.digest(parent) if parent else json.dumps([IMAGES, self.debian, sets])
            seen.update(json.dumps([before, self.requirements(recipe), self.groups(recipe)]).encode())
            seen.update(content(self.top, self.sources(recipe)))
            self._digests[recipe.name] = seen.hexdigest()
        return self._digests[recipe.name]

    def tag(self, recipe: Recipe) -> str:
        """The tag of an image: the beginning of the digest of all that goes into it."""
        return f"doorstart/{recipe.name}:{self.digest(recipe)[:16]}"
