"""Which files go along into a kernel's throw-away container: a copy of the folder that the notebook is in, and no more.

The kernel may run a learner's code, so nothing of another learner, and nothing of the gradebook, may be among them.
Links are left out, and so are hidden files: neither belongs to an assignment, and a link may lead anywhere.
"""

from __future__ import annotations

import os
import stat
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

GRADEBOOK = "gradebook.db"
"""nbgrader's database; the folder that it is in is the root of a course."""
MIB = 1024 * 1024
SMALL = MIB
"""Largest file, in bytes, that goes along from a folder that is not an assignment's own."""
MAX_FILES = 1000
"""Most files and folders that go along; the sandbox takes no more."""

_ASSIGNMENT_DEPTH = {"source": 2, "release": 2, "submitted": 3, "autograded": 3, "feedback": 3}
"""How deep below a course's root nbgrader's folders of single assignments, or single submissions, are."""


class WorkFolderError(RuntimeError):
    """The notebook's folder cannot go along; the message is for an instructor."""


def pack(folder: Path, archive: BinaryIO, max_bytes: int) -> None:
    """Write the files that go along with a kernel in this folder to an uncompressed tar archive.

    Args:
        folder: the kernel's working folder.
        archive: opened for writing; left at its end.
        max_bytes: most bytes of files.

    Raises:
        WorkFolderError: there are too many files, or they are too large.
    """
    with tarfile.open(fileobj=archive, mode="w:", format=tarfile.PAX_FORMAT) as tar:
        add_files(tar, folder, max_bytes)


def add_files(
    tar: tarfile.TarFile,
    folder: Path,
    max_bytes: int,
    prefix: str = "",
    wanted: Callable[[str], bool] = lambda name: True,
) -> None:
    """Add the files that go along with a kernel in this folder to a tar archive.

    Args:
        tar: opened for writing.
        folder: the kernel's working folder.
        max_bytes: most bytes of files.
        prefix: goes before each file's name.
        wanted: whether a file goes along, by its name in the folder.

    Raises:
        WorkFolderError: there are too many files, or they are too large.
    """
    total = count = 0
    root = folder.resolve()
    for path in _chosen(root):
        name = str(path.relative_to(root))
        if not wanted(name):
            continue
        try:
            # Not followed if it became a link just now, and not waited for if it became a pipe.
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            continue
        with os.fdopen(descriptor, "rb") as file:
            entry = os.fstat(descriptor)
            if not stat.S_ISREG(entry.st_mode):
                continue
            total, count = total + entry.st_size, count + 1
            if total > max_bytes or count > MAX_FILES:
                raise WorkFolderError(
                    f"The folder {folder} is too large for the sandbox, in which notebooks run: it takes "
                    f"{MAX_FILES} files of {max_bytes // MIB} MB together. "
                    "Move what the notebook does not need elsewhere."
                )
            member = tarfile.TarInfo(prefix + name)
            member.size = entry.st_size
            tar.addfile(member, file)


def _chosen(root: Path) -> Iterator[Path]:
    if _belongs_together(root):
        yield from _walk(root)
        return
    for entry in _entries(root):
        database = entry.name.endswith((".db", ".db-wal", ".db-shm", ".db-journal"))
        if entry.is_file(follow_symlinks=False) and not database and entry.stat().st_size <= SMALL:
            yield Path(entry.path)


def _belongs_together(root: Path) -> bool:
    """Whether all below a folder may go along: not if it holds the work of several learners or a whole course."""
    for course in (root, *root.parents):
        if (course / GRADEBOOK).exists():
            parts = root.relative_to(course).parts
            return bool(parts) and len(parts) >= _ASSIGNMENT_DEPTH.get(parts[0], 1)
    return True


def _walk(folder: Path) -> Iterator[Path]:
    for entry in _entries(folder):
        if entry.is_file(follow_symlinks=False):
            yield Path(entry.path)
        elif entry.is_dir(follow_symlinks=False) and not Path(entry.path, GRADEBOOK).exists():
            yield from _walk(Path(entry.path))


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return sorted(
            (e for e in entries if not e.name.startswith((".", GRADEBOOK)) and e.name != "__pycache__"),
            key=lambda e: e.name,
        )
