"""Folders that appear whole or not at all: filled aside, then moved into place."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from doorstart_exchange_client.wire import unpack


@contextmanager
def unpacked(archive: bytes, beside: Path) -> Iterator[Path]:
    """The archive's files in a hidden folder on the disk of ``beside``; what is left of it is deleted at the end."""
    beside.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".arriving-", dir=beside.parent) as temporary:
        folder = Path(temporary) / beside.name
        unpack(archive, folder)
        yield folder


def put(folder: Path, name: str, text: str) -> None:
    """Writes a text file in a folder, whatever has that name there now."""
    place = folder / name
    if place.is_dir():
        shutil.rmtree(place)
    place.write_text(text, encoding="utf-8")


def replace_folder(new: Path, target: Path) -> None:
    """Puts the folder ``new`` in the place of ``target``; both on one disk. The old one is deleted last."""
    old = new.with_name(f"{target.name}.old")
    if target.exists():
        _make_movable(target)
        target.rename(old)
    try:
        new.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def add_missing(new: Path, target: Path, tell: Callable[[str], None]) -> None:
    """Moves those files of ``new`` into ``target`` that are not there; never touches what is there.

    Args:
        tell: told of each file that was added, by its path.
    """
    for source in sorted(new.rglob("*")):
        relative = source.relative_to(new)
        place = target / relative
        if source.is_dir() or place.exists() or place.is_symlink():
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        source.rename(place)
        tell(str(relative))


def _make_movable(folder: Path) -> None:
    # nbgrader sets collected and graded folders read-only; moving a folder needs writing in it.
    folder.chmod(folder.stat().st_mode | 0o700)
