"""The exchange's wire format, the client's side: names of headers, and archives made and unpacked.

An archive is an uncompressed POSIX ``ustar`` file: regular files only, sorted by path, mode 0644, owner 0, time 0, two
zero blocks, padded to 10240 bytes. The same files therefore always give the same bytes, and the digest (SHA-256 of the
archive, hexadecimal) names what was handed in. Refused by the service, and so not made here: links, hidden files,
paths over 255 bytes (100 for the last part), file types that are not on the service's list.
"""

from __future__ import annotations

import hashlib
import io
import os
import stat
import tarfile
from collections.abc import Callable
from pathlib import Path

PREFIX = "/services/exchange"
DIGEST_HEADER = "Doorstart-Digest"
VARIANT_HEADER = "Doorstart-Variant"
SCORE_HEADER = "Doorstart-Score"
VARIANT_FILE = "variant.txt"
"""Where ``doorstart_checks.variant`` reads the seed of a learner's own numbers."""
ARCHIVE_TYPE = "application/x-tar"
TIME_FORMAT = "%Y-%m-%d %H:%M:%S.%f %Z"
JUNK = ("__pycache__", "*.pyc", "*.pyo", "*~", "Thumbs.db", "desktop.ini")
"""File name patterns that are never work; hidden files and folders are left out too."""


class ArchiveError(Exception):
    """An archive cannot be made or unpacked; the message is for a person."""


def digest_of(data: bytes) -> str:
    """The digest of an archive: SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def pack(files: dict[str, bytes]) -> bytes:
    """The archive of these files, by path.

    Raises:
        ArchiveError: a path is too long for the format.
    """
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT, encoding="utf-8", errors="strict") as tar:
        for path in sorted(files):
            info = tarfile.TarInfo(path)
            info.size = len(files[path])
            try:
                tar.addfile(info, io.BytesIO(files[path]))
            except ValueError as error:
                raise ArchiveError(
                    f"The file name {path!r} cannot be sent: it is too long or has letters that cannot be stored. "
                    "Give it a shorter, plain name and try again."
                ) from error
    return buffer.getvalue()


def read_folder(
    folder: Path, ignored: Callable[[str], bool], warn: Callable[[str], None], max_bytes: int
) -> dict[str, bytes]:
    """The files below a folder, by path in it.

    Links are never followed; they and other things that are no files are left out with a warning. Hidden files and
    folders are left out.

    Args:
        ignored: whether to leave out files and folders of this name.
        warn: told what was left out and may have been wanted.
        max_bytes: most bytes to read into memory.

    Raises:
        ArchiveError: more than ``max_bytes``, or a file cannot be read.
    """
    files: dict[str, bytes] = {}
    total = 0
    for parent, folders, names in os.walk(folder, followlinks=False):
        for name in [*folders]:
            link = (Path(parent) / name).is_symlink()
            if link:
                warn(f"{name!r} is a link to a folder and is left out: only files in the folder itself are sent.")
            if link or name.startswith(".") or ignored(name):
                folders.remove(name)
        for name in names:
            if name.startswith(".") or ignored(name):
                continue
            path = Path(parent) / name
            content = _read_regular(path, max_bytes - total)
            if content is None:
                warn(f"{name!r} is a link or not a file, and is left out: only files in the folder itself are sent.")
                continue
            total += len(content)
            files[path.relative_to(folder).as_posix()] = content
    return files


def _read_regular(path: Path, most: int) -> bytes | None:
    """The file's bytes; None when it is a link, a pipe or something else that is no file."""
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return None
        # Opened without following a link and without waiting for a pipe, in case it was exchanged just now.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            content = file.read(most + 1)
    except OSError as error:
        raise ArchiveError(
            f"The file {path.name!r} cannot be read: {error.strerror}. Save it again and retry."
        ) from error
    if len(content) > most:
        raise ArchiveError(
            "The folder is too large to be sent. Delete large files or clear the output of notebooks, and try again."
        )
    return content


def unpack(archive: bytes, folder: Path) -> None:
    """Writes the files of an archive below a folder, which is made if it is not there.

    Raises:
        ArchiveError: the archive is damaged or holds something that the service would not have sent.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:", encoding="utf-8") as tar:
            for member in tar:
                if member.type != tarfile.REGTYPE or member.pax_headers:
                    raise ArchiveError(f"{member.name!r} is not a plain file; tell the admin.")
                # Checks that the path stays inside, and takes no owner from the archive.
                tar.extract(member, folder, filter=_plain)
    except (tarfile.TarError, OSError) as error:
        raise ArchiveError(f"What came from the exchange cannot be unpacked: {error}.") from error


def _plain(member: tarfile.TarInfo, path: str) -> tarfile.TarInfo | None:
    checked = tarfile.data_filter(member, path)
    # Without a time of its own, a file gets the time at which it arrived.
    return checked.replace(mtime=None, deep=False)  # type: ignore[arg-type]  # typeshed: int only; the docs allow None
