"""Lay an image together: the layers that its parent has, those of the packages that it adds, and its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import docker

from doorstart.images import archive, debian, dpkg, lab, labels, npm, python, sbom, wheels
from doorstart.images.dockerfile import run
from doorstart.images.inputs import Inputs
from doorstart.images.layers import File, Layer, LayerCache
from doorstart.images.making import LAYERS, Maker, key
from doorstart.images.python import Wheel
from doorstart.images.recipe import Recipe
from doorstart.images.sbom import Package

ABOUT = "About the image"
"""What made the layer with the list of packages and the summary; every image has one of its own."""


class Assembler:
    """Makes images of one checkout.

    Args:
        inputs: What they are made of.
        client: The Docker engine.
        cache: Where layers and fetched packages are kept.
        place: Where Debian packages are kept.
        say: Called with one line before each step that takes more than a moment.
    """

    def __init__(
        self, inputs: Inputs, client: docker.DockerClient, cache: Path, place: Path, say: Callable[[str], None]
    ) -> None:
        self.inputs = inputs
        self.client = client
        self.cache = cache
        self.debian = debian.Debian(place)
        self.say = say
        self.maker = Maker(client, LayerCache(cache / "layers"))
        self._wheels: dict[str, Wheel] = {}
        self._workspaces: dict[tuple[str, ...], list[Wheel]] = {}
        self._python: dict[tuple[str, ...], Layer] = {}
        self._made: dict[str, tuple[list[Layer], list[Package]]] = {}

    def fetch(self, missing: Sequence[Recipe]) -> None:
        """Fetch all that the missing images are made of, at once: it is the network that takes the time.

        Raises:
            debian.DebianError: the base could not be made.
            npm.NpmError: an npm package could not be fetched.
            lab.LabError: the JupyterLab extension could not be made.
            python.FetchError: a Python package could not be fetched.
        """
        with ThreadPoolExecutor() as pool:
            steps = (self._fetch_debian, self._fetch_python, self._fetch_npm)
            for running in [pool.submit(step, missing) for step in steps]:
                running.result()

    def _fetch_debian(self, missing: Sequence[Recipe]) -> None:
        if any(recipe.debian for recipe in missing) and not self.debian.complete:
            self.say("fetching Debian packages")
            debian.bootstrap(self.debian.place, *self.inputs.debian_sets())

    def _fetch_python(self, missing: Sequence[Recipe]) -> None:
        pins = {name: pin for recipe in missing for name, pin in self.inputs.pins(recipe).items()}
        wheelhouse = self.cache / "wheelhouse"
        self._wheels = python.fetch(wheelhouse, list(pins.values()), python.sdist_only(self.inputs.top), self.say)
        for recipe in missing:
            if recipe.workspace and recipe.workspace not in self._workspaces:
                folder = self.cache / "workspace" / key(*recipe.workspace)
                built = python.build_workspace(self.inputs.top, recipe.workspace, folder)
                self._workspaces[recipe.workspace] = built

    def _fetch_npm(self, missing: Sequence[Recipe]) -> None:
        for recipe in missing:
            if recipe.npm:
                npm.fetch(recipe.folder, self._modules(recipe), self.say)
            if recipe.lab:
                lab.build(self.inputs.top, self.cache / "lab", self.say)

    def _folders(self, recipe: Recipe) -> dict[str, Path]:
        """What was made for an image on the host, by the name by which its Dockerfile copies it."""
        folders = {"node_modules": self._modules(recipe)} if recipe.npm else {}
        if recipe.lab:
            folders["labextension"] = lab.build(self.inputs.top, self.cache / "lab", self.say)
        return folders

    def _modules(self, recipe: Recipe) -> Path:
        return self.cache / "npm" / key((recipe.folder / "package-lock.json").read_text()) / "node_modules"

    def make(self, recipe: Recipe, parent: str) -> None:
        """Make one image, under its tag.

        Args:
            recipe: What it is made of; :meth:`fetch` was called for it.
            parent: Id of the image that it starts from; ``""`` for the base.

        Raises:
            DockerfileError, debian.DebianError, compile.CompileError: a step failed.
        """
        if not parent:
            files = self.debian.root()
            layers = self.maker.debian(files)
            self._finish(recipe, "", {}, layers, dpkg.packages(files, self.debian.digests()))
            return
        below, packages = self._inherited(recipe.parent, parent)
        layers = [*below]
        if recipe.debian:
            script = self.inputs.top / "images" / "install-debian"
            added, files = self.maker.added_debian(parent, self.debian.pool(recipe.name), script)
            layers += added
            known = {package.name for package in packages}
            packages += [one for one in dpkg.packages(files, self.debian.digests()) if one.name not in known]
        if recipe.python:
            layers += self._python_layers(recipe)
            packages += [wheels.package_of(wheel.path, wheel.digest) for wheel in self._added(recipe)]
        if recipe.npm:
            packages += npm.packages(recipe.folder / "package-lock.json", self._modules(recipe))
        # The process is in it: two checkouts may make the same image on one engine at the same moment.
        stage = f"doorstart/stage:{self.inputs.digest(recipe)[:16]}-{os.getpid()}"
        before = self.client.images.get(parent).attrs["Config"]
        start = archive.load(self.client, stage, archive.configuration(before, {}), layers, len(below), parent)
        try:
            folders = self._folders(recipe)
            files_above, config = run(self.client, self.inputs.top, recipe, start, len(layers), folders)
        finally:
            self.client.api.remove_image(stage, noprune=True)
        made_by = f"images/{recipe.name}/Dockerfile"
        name = key(LAYERS, made_by, self.maker.cache.content_key(files_above))
        layers.append(self.maker.cache.find(name) or self.maker.cache.make(name, made_by, files_above))
        self._finish(recipe, parent, config, layers, packages)

    def _added(self, recipe: Recipe) -> list[Wheel]:
        """The Python packages that an image adds to the one it starts from."""
        names = sorted(name for group in self.inputs.groups(recipe) for name in group)
        return [*(self._wheels[name] for name in names), *self._workspaces.get(recipe.workspace, [])]

    def _python_layers(self, recipe: Recipe) -> list[Layer]:
        groups = self.inputs.groups(recipe)
        own = self._workspaces.get(recipe.workspace, [])
        if any(group not in self._python for group in groups):
            # All at once, also those of images that come later: starting Python and its byte code take their time.
            every = {group for one in self.inputs.recipes for group in self.inputs.groups(one)}
            here = [group for group in sorted(every) if set(group) <= set(self._wheels)]
            self.say("unpacking Python packages")
            grouped = [[self._wheels[name] for name in group] for group in here]
            # Not in the image's parent: that may run as somebody who may not write there.
            base = str(self.client.images.get(self.inputs.tag(self.inputs.lineage(recipe)[-1])).id)
            self._python = self.maker.python(base, [*grouped, *self._workspaces.values()])
        first = not any(one.python for one in self.inputs.lineage(recipe)[1:])
        layers = [self.maker.environment()] if first else []
        layers += [self._python[group] for group in groups]
        return [*layers, self._python[tuple(wheel.name for wheel in own)]] if own else layers

    def _inherited(self, name: str, image: str) -> tuple[list[Layer], list[Package]]:
        """Layers and packages of an image that is there."""
        if name in self._made:
            layers, packages = self._made[name]
            return list(layers), list(packages)
        return archive.layers_in(self.client, image), list(sbom.read(self.client, image).packages)

    def _finish(
        self, recipe: Recipe, parent: str, config: dict[str, Any], layers: list[Layer], packages: list[Package]
    ) -> None:
        """Add what tells of the image, and bring it into the engine."""
        top = self.inputs.top
        digest = self.inputs.digest(recipe)
        version = labels.version(top, digest)
        shown = [layer for layer in layers if layer.made_by != ABOUT]
        about = [
            File(sbom.PATH.strip("/"), sbom.document(recipe.name, version, packages)),
            File(labels.SUMMARY.strip("/"), labels.summary(recipe, version, packages, shown).encode()),
        ]
        sources = [path for one in self.inputs.lineage(recipe) for path in self.inputs.sources(one)]
        lock = [top / "uv.lock"] if any(one.python for one in self.inputs.lineage(recipe)) else []
        told = labels.labels(
            recipe,
            version,
            labels.revision(top, [*sources, *lock]),
            digest,
            "".join(pin.line for pin in self.inputs.pins(recipe).values()),
            [layer.size for layer in layers],
        )
        name = key(LAYERS, ABOUT, self.maker.cache.content_key(about))
        layer = self.maker.cache.find(name) or self.maker.cache.make(name, ABOUT, about)
        below = len(self._inherited(recipe.parent, parent)[0]) if parent else 0
        layers = [*layers, layer]
        archive.load(self.client, self.inputs.tag(recipe), archive.configuration(config, told), layers, below, parent)
        self._made[recipe.name] = (layers, packages)
