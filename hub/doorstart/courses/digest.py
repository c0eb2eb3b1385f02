"""What a course is made of, as a digest: whether something must be done again because a source has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType


def sources_digest(paths: Iterable[Path], packages: Iterable[ModuleType], about: str = "") -> str:
    """The digest of files, of folders with all below them, and of the modules of packages.

    Args:
        paths: in a fixed order.
        packages: whose ``.py`` files count.
        about: what else counts, as text.

    Returns:
        64 hexadecimal digits.
    """
    found = hashlib.sha256(about.encode())
    modules = (Path(root) for package in packages for root in package.__path__)
    sources = [file for path in paths for file in _files(path)]
    sources += [file for root in modules for file in _files(root) if file.suffix == ".py"]
    for file in sources:
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        found.update(f"{file.name} {content}\n".encode())
    return found.hexdigest()


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    yield from (file for file in sorted(path.rglob("*")) if file.is_file() and "__pycache__" not in file.parts)
