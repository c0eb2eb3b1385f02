"""Build the images of this repository that the engine lacks, each with ``--network none``.

An image is tagged with a digest of all that goes into it, so an unchanged image is not built again, and two checkouts
on one engine do not overwrite each other's. An image is laid together from layers whose bytes follow from their inputs;
``docker build`` runs only what a recipe's Dockerfile says on top of them.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import docker
from docker.errors import ImageNotFound

from doorstart.images import debian
from doorstart.images.assemble import Assembler
from doorstart.images.inputs import Inputs
from doorstart.images.making import key
from doorstart.images.recipe import Recipe
from doorstart.settings import settings


class BuildError(Exception):
    """An image could not be built; the message says which, and what to do."""


@dataclass(frozen=True)
class Image:
    """A built image: its name, its tag, its id (``sha256:…``), its size in bytes, and whether this call built it."""

    name: str
    tag: str
    id: str
    size: int
    built: bool


class Builder:
    """Builds the images of one checkout.

    Args:
        top: Top of the checkout.
        client: The Docker engine.
        say: Called with one line before each step that takes more than a moment.
        snapshot: The state of Debian's archive that the base is made from, such as ``20260101``; ``""`` for the host's
            mirror as it is when the base is made; None for what the settings say.
    """

    def __init__(
        self, top: Path, client: docker.DockerClient, say: Callable[[str], None], snapshot: str | None = None
    ) -> None:
        self.top = top
        self.client = client
        self.say = say
        self.snapshot = settings().debian_snapshot if snapshot is None else snapshot
        self.cache = top / "build" / "images"
        self._read()

    def _read(self) -> None:
        state = self.cache / "debian" / f"state{self.snapshot}"
        self.inputs = Inputs(self.top, self.snapshot, state.read_text() if state.exists() else "")
        sets = json.dumps([self.inputs.debian, self.inputs.debian_sets()])
        self._debian = self.cache / "debian" / key(sets)
        self._images: dict[str, Image] = {}

    @property
    def recipes(self) -> list[Recipe]:
        """The recipes of the checkout, every parent before its children."""
        return self.inputs.recipes

    def tag(self, recipe: Recipe) -> str:
        """The tag that stands for all that goes into an image."""
        return self.inputs.tag(recipe)

    def build_all(self) -> dict[str, Image]:
        """Build what the engine lacks; the images by name."""
        return self.build([recipe.name for recipe in self.recipes])

    def build(self, names: Collection[str], again: bool = False) -> dict[str, Image]:
        """Build those of some images, and of those that they start from, that the engine lacks; the images by name.

        Args:
            names: Which images.
            again: Build also what the engine has. The same comes out; to see that it does, in a checkout without
                ``build/``.

        Raises:
            BuildError: there is no recipe of that name.
            DockerfileError: a step of a build failed.
            debian.DebianError: the base could not be made.
            npm.NpmError: an npm package could not be fetched.
            python.FetchError: a Python package could not be fetched.
            lab.LabError: the JupyterLab extension could not be made.
        """
        chosen = self._with_parents(names)
        with self._alone():
            missing = [recipe for recipe in chosen if again or not self._known(recipe)]
            if missing:
                self._make(missing)
        return {name: self._images[name] for name in self.inputs.by_name if name in names}

    def fetch(self, names: Collection[str]) -> None:
        """Fetch all that some images, and those that they start from, are made of; also of images that the engine has.

        A build fetches only for what it builds. After this, a build of these images needs no network, whatever becomes
        of the engine's images.

        Raises:
            BuildError, debian.DebianError, npm.NpmError, python.FetchError, lab.LabError: as for :meth:`build`.
        """
        chosen = self._with_parents(names)
        with self._alone():
            self._assembler().fetch(chosen)

    def _with_parents(self, names: Collection[str]) -> list[Recipe]:
        """The recipes of these images and of those that they start from, every parent before its children."""
        if unknown := sorted(set(names) - set(self.inputs.by_name)):
            known = ", ".join(self.inputs.by_name)
            raise BuildError(f"There is no image named {unknown[0]}. There are: {known}")
        wanted = {one.name for name in names for one in self.inputs.lineage(self.inputs.by_name[name])}
        return [recipe for recipe in self.recipes if recipe.name in wanted]

    def refresh(self) -> None:
        """Fetch the Debian packages anew, so that what is built next has the mirror's newest.

        Raises:
            debian.DebianError: they could not be fetched.
        """
        with self._alone():
            self.say("fetching Debian packages")
            fresh = debian.bootstrap(self.cache / "debian" / "fresh", *self.inputs.debian_sets())
            (self.cache / "debian" / f"state{self.snapshot}").write_text(fresh.state())
            self._read()
            fresh.move(self._debian)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One build at a time in a checkout: two would write to the same folders."""
        self.cache.mkdir(parents=True, exist_ok=True)
        with (self.cache / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self.say("waiting for another build in this checkout")
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _known(self, recipe: Recipe, built: bool = False) -> Image | None:
        if recipe.name not in self._images:
            try:
                found = self.client.images.get(self.tag(recipe))
            except ImageNotFound:
                return None
            made = Image(recipe.name, self.tag(recipe), str(found.id), int(found.attrs["Size"]), built)
            self._images[recipe.name] = made
        return self._images[recipe.name]

    def _make(self, missing: list[Recipe]) -> None:
        assembler = self._assembler()
        assembler.fetch(missing)
        for recipe in missing:
            self.say(f"building {recipe.name}: {recipe.summary}")
            assembler.make(recipe, self._images[recipe.parent].id if recipe.parent else "")
            self._known(recipe, built=True)

    def _assembler(self) -> Assembler:
        return Assembler(self.inputs, self.client, self.cache, self._debian, self.say)
