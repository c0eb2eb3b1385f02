"""Archives on disk, by their SHA-256. Written aside, synced, renamed, and the folder synced: whole or not there."""

from __future__ import annotations

import errno
import fcntl
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from doorstart.exchange.archive import Limits, Member, normalise
from doorstart.exchange.errors import StoreFull


@dataclass(frozen=True, slots=True)
class StoredArchive:
    """An archive that was checked; ``size`` in bytes of the archive itself. When it is kept, it is on disk for good."""

    digest: str
    size: int
    members: list[Member]


class Blobs:
    """The folders of archives below the exchange's state folder."""

    def __init__(self, state: Path) -> None:
        self._incoming = state / "incoming"
        self._blobs = state / "blobs"
        for folder in (self._incoming, self._blobs):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sync_folder(state)

    def clean(self) -> int:
        """Deletes what killed processes left half-written, and returns how many files that were.

        A file that a living process is writing is locked by it, and stays.
        """
        count = 0
        for path in self._incoming.iterdir():
            with path.open("rb") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
                path.unlink(missing_ok=True)
                count += 1
        return count

    @contextmanager
    def temporary(self) -> Iterator[BinaryIO]:
        """An empty file in the store's file system, deleted at the end unless it was renamed."""
        with full_disk_is_an_answer(), tempfile.NamedTemporaryFile(dir=self._incoming, delete=False) as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX)
                yield cast(BinaryIO, file)
            finally:
                Path(file.name).unlink(missing_ok=True)

    def add(
        self, source: BinaryIO, limits: Limits, accept: Callable[[StoredArchive], None] | None = None
    ) -> StoredArchive:
        """Stores an archive, in canonical form. When this returns, a power cut does not lose it.

        Nothing is ever deleted from the store, so whoever may still refuse an archive does that in ``accept``.

        Args:
            source: seekable, read from its start.
            limits: what the archive may hold.
            accept: called when the archive is checked and before it is kept.

        Raises:
            BadArchive, TooLarge, TooManyFiles: it breaks a rule; nothing is stored.
            StoreFull: no space; nothing is stored.
            Exception: what ``accept`` raises; nothing is stored.
        """
        with self.temporary() as file:
            digest, members = normalise(source, file, limits)
            archive = StoredArchive(digest, file.tell(), members)
            if accept is not None:
                accept(archive)
            file.flush()
            os.fsync(file.fileno())
            target = self.path(digest)
            if not target.parent.is_dir():
                target.parent.mkdir(mode=0o700, exist_ok=True)
                _sync_folder(self._blobs)
            # Replaces equal bytes by equal bytes when it is there already.
            Path(file.name).rename(target)
            _sync_folder(target.parent)
        return archive

    def path(self, digest: str) -> Path:
        """Where the archive with this digest is."""
        return self._blobs / digest[:2] / digest


@contextmanager
def full_disk_is_an_answer() -> Iterator[None]:
    """Turns the system's "no space left" into :class:`StoreFull`."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StoreFull from error
        raise


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
