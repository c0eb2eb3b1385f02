"""Is there room for an import? Asked before the first byte is written."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from doorstart.bundle.errors import RefusedError

MARGIN = 256 << 20
"""Bytes that must be left on each disk."""
Free = Callable[[Path], int]
"""Free bytes of the disk that has a folder."""


def free(folder: Path) -> int:
    """Free bytes of the disk on which an existing folder is."""
    return shutil.disk_usage(folder).free


def check(needs: dict[Path, int], free: Free = free) -> None:
    """Check that every disk has room.

    Args:
        needs: How many bytes will be written below each folder.
        free: Tells the free bytes of a disk.

    Raises:
        RefusedError: a disk has not enough. The engine's folder is left out if it is not on this machine.
    """
    by_disk: dict[int, int] = defaultdict(int)
    folders: dict[int, Path] = {}
    for folder, size in needs.items():
        existing = next((one for one in (folder, *folder.parents[:-1]) if one.exists()), None)
        if existing is None:
            continue
        disk = existing.stat().st_dev
        by_disk[disk] += size
        folders.setdefault(disk, existing)
    for disk, size in by_disk.items():
        there = free(folders[disk])
        if there < size + MARGIN:
            raise RefusedError(
                "disk",
                f"The disk of {folders[disk]} has {_gib(there)} free, and the import needs {_gib(size + MARGIN)}. "
                "Remove old images (doorstart image prune) or make room, then run this again.",
            )


def _gib(size: int) -> str:
    return f"{size / (1 << 30):.1f} GiB"
