"""The files of this repository that something is made of, and a digest of what they hold."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

LEFT_BEHIND = ("__pycache__", "node_modules", ".ipynb_checkpoints")


def tree(path: Path) -> Iterator[Path]:
    """The files of a source tree, sorted, without what tools leave behind."""
    if path.is_file():
        yield path
        return
    found = []
    for folder, folders, files in os.walk(path):
        folders[:] = [name for name in folders if name not in LEFT_BEHIND]
        found += [Path(folder) / name for name in files]
    yield from sorted(child for child in found if child.is_file())


def content(top: Path, sources: Iterable[Path]) -> bytes:
    """A line for each file below some files and folders, with its path below ``top`` and a digest of what it holds."""
    lines = []
    for path in (file for source in sources for file in tree(source)):
        if path.name != "README.md":
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            lines.append(f"{path.relative_to(top)}\0{digest}\n".encode())
    return b"".join(lines)
