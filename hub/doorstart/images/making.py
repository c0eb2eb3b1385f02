"""The layers of an image, each from the cache if its input is what it was.

Layers of Python packages depend on nothing but the wheels, those of Debian packages on nothing but the packages: a
change of the one leaves the others as they are, byte for byte.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import docker

from doorstart.images import compile as bytecode
from doorstart.images import dpkg, groups, wheels
from doorstart.images.debian import DebianError
from doorstart.images.layers import File, Layer, LayerCache, read_tar, write_tar
from doorstart.images.python import Wheel
from doorstart.images.trim import wanted


def _code(*modules: str) -> str:
    here = Path(__file__).parent
    return hashlib.sha256(b"".join((here / f"{name}.py").read_bytes() for name in modules)).hexdigest()


LAYERS = _code("compile", "layers", "trim", "wheels")
"""Stands for the code that decides what is in a layer of packages."""

IMAGES = _code(
    "archive",
    "assemble",
    "compile",
    "dockerfile",
    "dpkg",
    "groups",
    "labels",
    "layers",
    "making",
    "sbom",
    "trim",
    "wheels",
)
"""Stands for the code that decides what is in an image."""


def key(*parts: object) -> str:
    """A name for what is kept, from all that it depends on."""
    return hashlib.sha256(json.dumps(list(map(str, parts))).encode()).hexdigest()[:32]


class Maker:
    """Makes layers.

    Args:
        client: The Docker engine.
        cache: The layers that there are.
    """

    def __init__(self, client: docker.DockerClient, cache: LayerCache) -> None:
        self.client = client
        self.cache = cache

    def debian(self, files: Mapping[str, File]) -> list[Layer]:
        """Layers of Debian files: large packages alone, small ones together, dpkg's list of packages last."""
        owner = dpkg.owners(files)
        sizes: dict[str, int] = {}
        for path, name in owner.items():
            sizes[name] = sizes.get(name, 0) + len(files[path].content)
        rest = sizes.pop("", 0)
        folders = {path: file for path, file in files.items() if file.kind == b"5"}
        made = []
        for names in groups.by_size(sizes, large=4_000_000, shared=16_000_000):
            chosen = set(names)
            mine = [files[path] for path, name in owner.items() if name in chosen and path not in folders]
            made.append(self._content(f"Debian: {said(names)}", mine, folders))
        mine = [files[path] for path, name in owner.items() if path in folders or (rest and not name)]
        made.append(self._content("Debian: list of packages, folders", mine, folders))
        return made

    def _content(self, made_by: str, files: Sequence[File], folders: Mapping[str, File]) -> Layer:
        name = key(LAYERS, made_by, self.cache.content_key([*files, *folders.values()]))
        return self.cache.find(name) or self.cache.make(name, made_by, files, folders)

    def added_debian(self, base: str, pool: Sequence[Path], script: Path) -> tuple[list[Layer], dict[str, File]]:
        """Layers of what installing ``.deb`` files changes in the base image, and the files.

        Args:
            base: Id of the base image.
            pool: The ``.deb`` files.
            script: What installs them and leaves the changes in ``/delta``.

        Raises:
            DebianError: they could not be installed.
        """
        container = self.client.api.create_container(base, ["/build/install"], network_disabled=True)["Id"]
        try:
            with tempfile.TemporaryFile() as spool:
                debs = [File(f"build/debian/{deb.name}", deb.read_bytes()) for deb in pool]
                write_tar(spool, [*debs, File("build/install", script.read_bytes(), 0o755)])
                spool.seek(0)
                self.client.api.put_archive(container, "/", spool)
            self.client.api.start(container)
            if self.client.api.wait(container)["StatusCode"]:
                text = self.client.api.logs(container, tail=10).decode(errors="replace")
                raise DebianError(f"Debian packages could not be installed:\n{text}")
            chunks, _ = self.client.api.get_archive(container, "/delta", chunk_size=1024 * 1024)
            with tempfile.TemporaryFile() as spool:
                for chunk in chunks:
                    spool.write(chunk)
                spool.seek(0)
                found = read_tar(spool)
        finally:
            self.client.api.remove_container(container, force=True)
        files = {path: file for path, file in _below("delta", found).items() if wanted(path)}
        return self.debian(files), files

    def environment(self) -> Layer:
        """The layer of an empty virtual environment."""
        name = key(LAYERS, "environment")
        return self.cache.find(name) or self.cache.make(name, "Python: the environment", wheels.environment())

    def python(self, base: str, grouped: Iterable[Sequence[Wheel]]) -> dict[tuple[str, ...], Layer]:
        """Layers of Python packages, by the names of the packages in each.

        Args:
            base: Id of the base image, whose Python makes the byte code.
            grouped: The wheels of each layer.

        Raises:
            CompileError: byte code could not be made.
        """
        paths = {tuple(wheel.name for wheel in group): [wheel.path for wheel in group] for group in grouped}
        keys = {names: key(LAYERS, *map(_hash, paths[names])) for names in paths}
        missing = {
            keys[names]: [file for path in paths[names] for file in wheels.files_of(path)]
            for names in keys
            if not self.cache.find(keys[names])
        }
        compiled = bytecode.compiled(self.client, base, missing)
        made = {}
        for names, name in keys.items():
            if found := self.cache.find(name):
                made[names] = found
            else:
                unique = {file.path: file for file in [*missing[name], *compiled[name]]}
                made[names] = self.cache.make(name, f"Python: {said(names)}", unique.values())
        return made


def said(names: Sequence[str]) -> str:
    """Some names, for people; not all if they are many."""
    return ", ".join(names) if len(names) <= 8 else f"{', '.join(names[:7])} and {len(names) - 7} more"


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _below(top: str, files: Mapping[str, File]) -> dict[str, File]:
    """The files below a folder, as seen from it."""
    found = {}
    for path, file in files.items():
        if path.startswith(f"{top}/"):
            short = path.removeprefix(f"{top}/")
            target = file.target.removeprefix(f"{top}/") if file.kind == b"1" else file.target
            found[short] = File(short, file.content, file.mode, file.kind, target, file.owner, file.attributes)
    return found
