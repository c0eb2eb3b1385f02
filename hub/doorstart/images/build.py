"""Build the images of this repository that the engine lacks, each with ``--network none``.

An image is tagged with a digest of all that goes into it, so an unchanged image is not built again, and two checkouts
on one engine do not overwrite each other's.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import docker
from docker.errors import ImageNotFound

from doorstart.images import debian, lab, python
from doorstart.images.recipe import Recipe, read_all

LEFT_BEHIND = ("__pycache__", "node_modules", ".ipynb_checkpoints")


class BuildError(Exception):
    """An image could not be built; the message ends with what the build said last."""


@dataclass(frozen=True)
class Image:
    """A built image: its name, its tag, its id (``sha256:…``), its size in bytes, and whether this call built it."""

    name: str
    tag: str
    id: str
    size: int
    built: bool


def tree(path: Path) -> Iterator[Path]:
    """The files of a source tree, sorted, without what tools leave behind."""
    if path.is_file():
        yield path
        return
    found = []
    for folder, folders, names in os.walk(path):
        folders[:] = [name for name in folders if name not in LEFT_BEHIND]
        found += [Path(folder) / name for name in names]
    yield from sorted(child for child in found if child.is_file())


class Builder:
    """Builds the images of one checkout.

    Args:
        top: Top of the checkout.
        client: The Docker engine.
        say: Called with one line before each step that takes more than a moment.
    """

    def __init__(self, top: Path, client: docker.DockerClient, say: Callable[[str], None]) -> None:
        self.top = top
        self.client = client
        self.say = say
        self.cache = top / "build" / "images"
        self.recipes = read_all(top)
        self._requirements: dict[str, str] = {}
        self._tags: dict[str, str] = {}
        self._images: dict[str, Image] = {}

    def requirements(self, recipe: Recipe) -> str:
        """The hashed Python requirements of an image; empty if it has none."""
        if recipe.python and recipe.python not in self._requirements:
            self._requirements[recipe.python] = python.requirements(self.top, recipe.python)
        return self._requirements.get(recipe.python, "")

    def tag(self, recipe: Recipe) -> str:
        """The tag that stands for all that goes into an image."""
        if recipe.name not in self._tags:
            seen = hashlib.sha256()
            parent = next((one for one in self.recipes if one.name == recipe.parent), None)
            debian_sets = {one.name: one.debian for one in self.recipes} if parent is None else {}
            seen.update(json.dumps([self.tag(parent) if parent else debian.SUITE, debian_sets]).encode())
            seen.update(self.requirements(recipe).encode())
            tools = [self.top / "images" / "install-python"] if recipe.python else []
            tools += [self.top / "images" / "install-debian"] if recipe.debian and parent else []
            sources = [
                recipe.folder,
                *tools,
                *python.sources_of(self.top, recipe),
                *(self.top / name for name in recipe.files),
            ]
            for path in (file for source in sources for file in tree(source)):
                if path.name != "README.md":
                    content = hashlib.sha256(path.read_bytes()).hexdigest()
                    seen.update(f"{path.relative_to(self.top)}\0{content}\n".encode())
            self._tags[recipe.name] = f"doorstart/{recipe.name}:{seen.hexdigest()[:16]}"
        return self._tags[recipe.name]

    def build_all(self) -> dict[str, Image]:
        """Build what the engine lacks; the images by name.

        Raises:
            BuildError: a step of a build failed.
            debian.DebianError: the base could not be made.
            python.FetchError: a Python package could not be fetched.
            lab.LabError: our JupyterLab extension could not be made.
        """
        with self._alone():
            return {recipe.name: self.ensure(recipe) for recipe in self.recipes}

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

    def ensure(self, recipe: Recipe) -> Image:
        """One image, and first those it starts from; built if the engine does not have it."""
        if recipe.name in self._images:
            return self._images[recipe.name]
        parent = next((self.ensure(one) for one in self.recipes if one.name == recipe.parent), None)
        tag = self.tag(recipe)
        built = False
        try:
            image = self.client.images.get(tag)
        except ImageNotFound:
            self.say(f"building {recipe.name}: {recipe.summary}")
            if parent:
                self._build(recipe, tag, parent)
            else:
                self._bootstrap(recipe, tag)
            image = self.client.images.get(tag)
            built = True
        made = Image(recipe.name, tag, str(image.id), int(image.attrs["Size"]), built)
        self._images[recipe.name] = made
        return made

    def _bootstrap(self, recipe: Recipe, tag: str) -> None:
        tarball = self.cache / "base.tar"
        pools = {self.cache / "debian" / one.name: one.debian for one in self.recipes if one.parent and one.debian}
        debian.bootstrap(tarball, recipe.debian, pools)
        name, _, version = tag.partition(":")
        self.client.api.import_image_from_file(str(tarball), repository=name, tag=version)
        tarball.unlink()

    def _build(self, recipe: Recipe, tag: str, parent: Image) -> None:
        self.cache.mkdir(parents=True, exist_ok=True)
        # A folder of its own: two commands may build at once. Beside the wheelhouse, so that wheels are linked into it.
        with tempfile.TemporaryDirectory(dir=self.cache, prefix=f"{recipe.name}-") as scratch:
            self._run(recipe, tag, parent, Path(scratch) / "context")

    def _run(self, recipe: Recipe, tag: str, parent: Image, context: Path) -> None:
        self._fill(recipe, context)
        said: list[str] = []
        with _archive(context) as archive:
            for event in self.client.api.build(
                fileobj=archive,
                custom_context=True,
                tag=tag,
                buildargs={"PARENT": parent.id},  # by id: a tag that is not there would be looked for in a registry
                network_mode="none",
                rm=True,
                forcerm=True,
                decode=True,
            ):
                said += [line for line in str(event.get("stream", "")).splitlines() if line.strip()]
                if "error" in event:
                    last = "\n".join([*said[-15:], event["error"]])
                    raise BuildError(f"The image {recipe.name} could not be built:\n{last}")

    def _fill(self, recipe: Recipe, context: Path) -> None:
        """Lay out the build context: the recipe's folder, and the packages that the build installs."""
        shutil.copytree(recipe.folder, context)
        for name in recipe.files:
            for path in tree(self.top / name):
                target = context / "files" / path.relative_to(self.top)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(path, target)
        if recipe.python or recipe.workspace:
            self._fill_python(recipe, context)
        if recipe.debian:
            pool = self.cache / "debian" / recipe.name
            if not any(pool.glob("*.deb")):
                self.say(f"fetching Debian packages of {recipe.name}")
                base = next(one for one in self.recipes if not one.parent)
                debian.bootstrap(self.cache / "pool.tar", base.debian, {pool: recipe.debian})
                (self.cache / "pool.tar").unlink()
            shutil.copytree(pool, context / "debian")
            self._add_tool("install-debian", context)
        if recipe.npm:
            npm_install(context)
        if recipe.lab:
            shutil.copytree(lab.build(self.top, self.cache / "lab", self.say), context / "labextension")

    def _fill_python(self, recipe: Recipe, context: Path) -> None:
        wanted = self.requirements(recipe)
        wheelhouse = self.cache / "wheelhouse"
        source_only = python.sdist_only(self.top)
        python.fetch(wheelhouse, wanted, source_only)
        (context / "wheelhouse").mkdir()
        for wheel in python.wheels_of(wheelhouse, wanted):
            (context / "wheelhouse" / wheel.name).hardlink_to(wheel)
        python.build_workspace(self.top, recipe.workspace, context / "workspace")
        (context / "workspace").mkdir(exist_ok=True)
        (context / "requirements.txt").write_text(python.with_built(wheelhouse, wanted, source_only))
        self._add_tool("install-python", context)
        shutil.copy2(Path(sys.executable).parent / "uv", context / "tools" / "uv")

    def _add_tool(self, name: str, context: Path) -> None:
        (context / "tools").mkdir(exist_ok=True)
        shutil.copy2(self.top / "images" / name, context / "tools" / name)


def npm_install(folder: Path) -> None:
    """Install the packages of a folder's ``package-lock.json``, without running any script of theirs.

    Raises:
        BuildError: npm is not installed, or failed.
    """
    if not shutil.which("npm"):
        raise BuildError("npm is not installed. On Debian or Ubuntu: apt-get install npm")
    command = ["npm", "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise BuildError(f"npm packages could not be fetched: {done.stderr.strip()[-500:]}")


def _archive(context: Path) -> IO[bytes]:
    """A build context as a tar file whose entries differ only when their content does."""
    spool = tempfile.TemporaryFile()  # noqa: SIM115  # handed to the caller

    def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = "root"
        entry.mtime = 0
        entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
        return entry

    with tarfile.open(fileobj=spool, mode="w") as archive:
        for path in sorted(context.rglob("*")):
            archive.add(path, arcname=str(path.relative_to(context)), recursive=False, filter=plain)
    spool.seek(0)
    return spool
