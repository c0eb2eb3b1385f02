"""Files that change in a working folder, so that both sides have the same: what a test writes, learner's code can read.

Only ordinary files, by paths below the folder. What arrives is checked as what it is: a message from anybody.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
import stat
import sys
import tarfile
import time
from pathlib import Path
from typing import Any

from doorstart_examiner.link.errors import BadMessage
from doorstart_examiner.said import said

MIB = 1024 * 1024
MOST_FILES = 200
"""At once."""
MOST_BYTES = 4 * MIB
"""At once; the codec's own limit is above it."""
MOST_ENTRIES = 5000
"""That are looked at."""
MOST_TAKEN_FILES = 2000
MOST_TAKEN_BYTES = 32 * MIB
"""In all, of the other side's on a side that protects its files: examiners of many learners share its disk."""
_SKIPPED = frozenset({"__pycache__", ".ipynb_checkpoints", ".ipython", ".cache", ".config", ".local", ".matplotlib"})
_WRITES = ("os.", "shutil.", "subprocess.", "sqlite3.", "tempfile.", "pty.")
_READS = frozenset({"os.listdir", "os.scandir", "os.walk", "os.fwalk", "os.chdir", "os.putenv", "os.unsetenv"})

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_CLOCK_TICK = 100_000_000
"""Nanoseconds: more than the clock of a file system is apart from ours, or stands still."""

Stamp = tuple[int, int, int]

_written = False
_watching = False
_always = False


def watch() -> None:
    """Notice from now on whether this process may have written a file: if not, no folder needs to be read."""
    global _watching
    if not _watching:
        _watching = True
        sys.addaudithook(_audit)


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    global _written, _always
    if event == "open":
        flags = arguments[2]
        if type(flags) is not int or flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND):
            _written = True
    elif event.startswith(_WRITES) and event not in _READS:
        _written = True
        # These go on writing after the event.
        _always = _always or event.startswith(("subprocess.", "sqlite3.", "os.posix_spawn", "os.fork"))


class Folder:
    """One side's working folder.

    Args:
        path: of the folder.
        protects: whether files that were there from the beginning stay as they are when the other side changes them,
            unless this side has changed them first; and whether what the other side may put here in all is limited.
    """

    def __init__(self, path: Path, *, protects: bool) -> None:
        self.path = path
        self._protects = protects
        self._protected: set[str] = set()
        self._known: dict[str, Stamp] = {}
        self._taken: dict[str, int] = {}
        """Sizes of the files that the other side has put here."""
        self._taken_folders: set[str] = set()
        self._recent: dict[str, bytes] = {}
        """Digests of files that were written just before they were looked at: the same stamp may hide another write."""
        self.refused: set[str] = set()
        """Files of this side that the other side changed, and which were not changed here; some of them, if many."""
        self.left_out: str | None = None
        """Why the last :meth:`changes` are not all."""
        self.touched()

    def unpack(self, archive: bytes) -> None:
        """Unpack a tar archive that the trusted side has made; its files are the same on both sides.

        Raises:
            tarfile.TarError, OSError: it is not one, or cannot be written.
        """
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:") as tar:
            for member in tar:
                if member.isfile() or member.isdir():
                    safe = tarfile.data_filter(member, str(self.path))
                    safe = safe.replace(mode=0o755 if member.isdir() else 0o644)
                    tar.extract(safe, self.path, filter="fully_trusted")
        self._known = dict(self._scan())
        self._protected = set(self._known)

    def touched(self) -> None:
        """Something may have been written that this process has not noticed."""
        global _written
        _written = True

    def changes(self) -> dict[str, bytes | None]:
        """What is different since the last time, by path: the new content, or None for a file that is gone.

        What is too much is left out, and :attr:`left_out` says so.
        """
        global _written
        if not (_written or _always):
            return {}
        self.left_out = None
        now = dict(self._scan())
        gone = sorted(self._known.keys() - now.keys())[:MOST_FILES]
        changed: dict[str, bytes | None] = dict.fromkeys(gone)
        total = 0
        for name in sorted(now):
            same = now[name] == self._known.get(name)
            if same and name not in self._recent:
                continue
            content = self._read(name)
            if content is None or (same and self._recent.pop(name) == _digest(content)):
                continue
            if total + len(content) > MOST_BYTES or len(changed) >= MOST_FILES:
                self.left_out = said(
                    "more than %(n)s files, or %(megabytes)s MB, were written at once",
                    n=MOST_FILES,
                    megabytes=MOST_BYTES // MIB,
                )
                continue
            total += len(content)
            changed[name] = content
            self._note(name, now[name], content)
        _written = False
        self._known = now
        self._protected -= changed.keys()
        return changed

    def take(self, changes: Any) -> str | None:
        """Do what the other side did.

        Returns:
            Why not all of it was done, because there is no room; otherwise None.

        Raises:
            BadMessage: not the other side's :meth:`changes`.
        """
        global _written
        before = _written
        why: str | None = None
        if type(changes) is not dict or len(changes) > MOST_FILES:
            raise BadMessage("not a set of files")
        for name, content in changes.items():
            parts = _parts(name)
            if content is not None and type(content) is not bytes:
                raise BadMessage("the content of a file is not bytes")
            if self._protects and name in self._protected:
                if len(self.refused) < MOST_FILES:
                    self.refused.add(name)
                continue
            if content is not None and self._protects and not self._has_room(parts, name, content):
                why = said(
                    "more than %(n)s files, or %(megabytes)s MB, were written at once",
                    n=MOST_TAKEN_FILES,
                    megabytes=MOST_TAKEN_BYTES // MIB,
                )
                continue
            try:
                self._put(parts, name, content)
            except OSError as error:  # A folder of that name, for instance: it cannot be carried over.
                if error.errno in _FULL and self._protects:
                    why = os.strerror(error.errno)
        _written = before
        return why

    def _has_room(self, parts: list[str], name: str, content: bytes) -> bool:
        """Whether this file of the other side may be here, too. It counts from then on."""
        taken = self._taken
        folders = {"/".join(parts[:depth]) for depth in range(1, len(parts))} - self._taken_folders
        names = len(taken) + (name not in taken) + len(self._taken_folders) + len(folders)
        size = sum(taken.values()) - taken.get(name, 0) + len(content)
        if names > MOST_TAKEN_FILES or size > MOST_TAKEN_BYTES:
            return False
        taken[name] = len(content)
        self._taken_folders |= folders
        return True

    def _put(self, parts: list[str], name: str, content: bytes | None) -> None:
        path = self.path
        for part in parts[:-1]:
            path = path / part
            if path.is_symlink():
                raise BadMessage("a path through a link")
            if content is not None:
                path.mkdir(exist_ok=True)
        path = path / parts[-1]
        if content is None:
            self._remove(path, name)
            return
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        try:
            with os.fdopen(os.open(path, flags, 0o644), "wb") as file:
                file.write(content)
        except OSError as error:
            if error.errno in _FULL:  # Rather none than half of it.
                self._remove(path, name)
            raise
        self._known[name] = stamp = _stamp(path.lstat())
        self._note(name, stamp, content)

    def _remove(self, path: Path, name: str) -> None:
        path.unlink(missing_ok=True)
        self._known.pop(name, None)
        self._taken.pop(name, None)

    def _note(self, name: str, stamp: Stamp, content: bytes) -> None:
        if time.time_ns() - stamp[0] < _CLOCK_TICK:
            self._recent[name] = _digest(content)

    def _read(self, name: str) -> bytes | None:
        try:
            descriptor = os.open(self.path / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            return None
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return None
            return file.read(MOST_BYTES + 1)

    def _scan(self) -> list[tuple[str, Stamp]]:
        found: list[tuple[str, Stamp]] = []
        folders = [""]
        looked_at = 0
        while folders:
            inside = folders.pop()
            try:
                entries = list(os.scandir(self.path / inside))
            except OSError:
                continue
            for entry in entries:
                looked_at += 1
                if looked_at > MOST_ENTRIES:
                    self.left_out = said("more than %(n)s files and folders are in the working folder", n=MOST_ENTRIES)
                    return found
                name = f"{inside}/{entry.name}" if inside else entry.name
                try:
                    if entry.is_dir(follow_symlinks=False):
                        if entry.name not in _SKIPPED:
                            folders.append(name)
                    elif entry.is_file(follow_symlinks=False) and _is_path(name):
                        found.append((name, _stamp(entry.stat(follow_symlinks=False))))
                except OSError:
                    continue
        return found


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content).digest()


def _stamp(entry: os.stat_result) -> Stamp:
    return entry.st_mtime_ns, entry.st_size, entry.st_ino


def _parts(name: object) -> list[str]:
    if type(name) is not str or not _is_path(name):
        raise BadMessage("not the path of a file")
    return name.split("/")


def _is_path(name: str) -> bool:
    try:
        if len(name.encode()) > 1000:
            return False
    except UnicodeEncodeError:
        return False
    parts = name.split("/")
    return len(parts) <= 20 and all(part not in ("", ".", "..") and "\0" not in part for part in parts)
