"""The part of JupyterLab's page that is ours: ``extensions/lab/ui``, made on the host with JupyterLab's own builder.

Kept by a digest of its sources, so that it is made again only when they change; its tools are kept by their lock file.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

PLACE = Path("extensions/lab")
LOCK = ("package.json", "package-lock.json", ".npmrc")
SOURCES = (*LOCK, "build.config.js", "ui", "style", "schema")
BUILDER = Path("node_modules/@jupyter/builder/lib/build-labextension.js")
CORE = Path("node_modules/@jupyterlab/core-meta/core.package.json")
OUTPUT = "labextension"


class LabError(Exception):
    """The extension could not be made; the message has what the tool said."""


def build(top: Path, cache: Path, say: Callable[[str], None]) -> Path:
    """The folder of the built extension, as JupyterLab finds it below ``share/jupyter/labextensions``.

    Args:
        top: top of the repository.
        cache: where tools and what was made are kept.
        say: called with one line before a step that takes more than a moment.

    Raises:
        LabError: Node.js or npm is missing, or failed.
    """
    source = top / PLACE
    made = cache / f"made-{digest(source, SOURCES)}"
    if not made.is_dir():
        builder = tools(source, cache, say)
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache, prefix="making-") as scratch:
            _make(source, Path(scratch), builder)
            _keep(Path(scratch) / OUTPUT, made)
    return made


def _keep(fresh: Path, place: Path) -> None:
    """Move a folder to its place, unless another process was faster: what is there is the same."""
    try:
        fresh.rename(place)
    except OSError:
        if not place.is_dir():
            raise


def _make(source: Path, scratch: Path, builder: Path) -> None:
    for name in SOURCES:
        copy = shutil.copytree if (source / name).is_dir() else shutil.copy2
        copy(source / name, scratch / name)
    # Names of modules are made from paths below the working folder: the same in every checkout.
    (scratch / "node_modules").symlink_to(Path("..") / builder.name / "node_modules")
    _run(["node", str(BUILDER), "--core-package-file", str(CORE), "."], scratch)


def tools(source: Path, cache: Path, say: Callable[[str], None]) -> Path:
    """The folder with the builder; JupyterLab's own packages, which are there when a page runs, are left out."""
    place = cache / f"tools-{digest(source, LOCK)}"
    if not place.is_dir():
        say("fetching the builder of JupyterLab extensions")
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache, prefix="fetching-") as scratch:
            folder = Path(scratch) / "tools"
            folder.mkdir()
            for name in LOCK:
                shutil.copy2(source / name, folder / name)
            _run(
                ["npm", "ci", "--omit=peer", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], folder
            )
            _keep(folder, place)
    return place


def _run(command: list[str], folder: Path) -> None:
    if not shutil.which(command[0]):
        raise LabError(f"{command[0]} is not installed. On Debian or Ubuntu: apt-get install nodejs npm")
    environment = {**os.environ, "NODE_ENV": "production"} if command[0] == "node" else None
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment)
    if done.returncode:
        raise LabError(f"JupyterLab's extension could not be made: {(done.stderr or done.stdout).strip()[:800]}")


def digest(source: Path, names: tuple[str, ...]) -> str:
    """What files and folders below ``source`` hold, in 16 hexadecimal digits."""
    seen = hashlib.sha256()
    for name in names:
        files = sorted((source / name).rglob("*")) if (source / name).is_dir() else [source / name]
        for path in files:
            if path.is_file():
                content = hashlib.sha256(path.read_bytes()).hexdigest()
                seen.update(f"{path.relative_to(source)}\0{content}\n".encode())
    return seen.hexdigest()[:16]
