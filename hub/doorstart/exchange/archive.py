"""Archives on their way in: read strictly, refused for anything unusual, and written again in one canonical form.

The wire format is a plain, uncompressed POSIX ``ustar`` archive (IEEE Std 1003.1-1988) of regular files. It is read by
the code below and not by :mod:`tarfile`, because a general reader also understands links, sparse files, long-name and
pax extensions; here they are not understood, so there is nothing in them to get wrong. Nothing is ever unpacked by the
service: what is stored is the canonical archive.
"""

from __future__ import annotations

import hashlib
import os
import re
import tarfile
from dataclasses import dataclass
from typing import BinaryIO

from doorstart.exchange.errors import BadArchive, TooLarge, TooManyFiles
from doorstart.exchange.filenames import NameRules

BLOCK = tarfile.BLOCKSIZE
COPY_SIZE = 1024 * 1024
OCTAL = re.compile(rb"[ 0]*([0-7]{0,12})[ \0]*\Z")
FOLDER = b"5"
REGULAR = (b"0", b"\0")
OTHER_KINDS = {
    b"1": "a hard link",
    b"2": "a link",
    b"3": "a device",
    b"4": "a device",
    b"6": "a pipe",
    b"S": "a sparse file",
    b"g": "an extended (pax) entry",
    b"x": "an extended (pax) entry",
    b"K": "an extended (GNU) entry",
    b"L": "an extended (GNU) entry",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What an archive may hold: bytes unpacked, files and folders, and file types (``.ipynb``, lower case)."""

    max_bytes: int
    max_files: int
    types: tuple[str, ...]

    @property
    def max_archive_bytes(self) -> int:
        """Most bytes of an archive that keeps the limits: each entry has a header and padding, and so has the end."""
        return self.max_bytes + 2 * BLOCK * self.max_files + tarfile.RECORDSIZE


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive; ``size`` in bytes."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class _Entry:
    path: str
    offset: int
    size: int


def normalise(source: BinaryIO, target: BinaryIO, limits: Limits) -> tuple[str, list[Member]]:
    """Checks the archive ``source`` and writes its files to ``target`` in canonical form.

    Canonical: files only, sorted by path, mode 0644, owner 0, time 0, so that the same files always give the same
    bytes and nothing but names and contents can carry a message.

    Args:
        source: seekable, read from its start.
        target: empty.

    Returns:
        The SHA-256 of the canonical archive in hexadecimal, and its files in order.

    Raises:
        BadArchive, TooLarge, TooManyFiles: ``source`` is refused; ``target`` may hold a part.
    """
    entries = sorted(_index(source, limits), key=lambda entry: entry.path)
    if not entries:
        raise BadArchive("empty", "There are no files in it. Check the folder's name, and that your work is saved.")
    whole = hashlib.sha256()
    members = []

    def write(data: bytes) -> None:
        whole.update(data)
        target.write(data)

    for entry in entries:
        write(_header(entry))
        content = hashlib.sha256()
        source.seek(entry.offset)
        left = entry.size
        while left:
            data = source.read(min(left, COPY_SIZE))
            if not data:
                raise _truncated()
            content.update(data)
            write(data)
            left -= len(data)
        write(bytes(-entry.size % BLOCK))
        members.append(Member(entry.path, entry.size, content.hexdigest()))
    end = target.tell() + 2 * BLOCK
    write(bytes(2 * BLOCK + -end % tarfile.RECORDSIZE))
    return whole.hexdigest(), members


def _header(entry: _Entry) -> bytes:
    info = tarfile.TarInfo(entry.path)
    info.size = entry.size
    info.mode = 0o644
    return info.tobuf(tarfile.USTAR_FORMAT, "utf-8", "strict")


def _index(source: BinaryIO, limits: Limits) -> list[_Entry]:
    end = source.seek(0, os.SEEK_END)
    source.seek(0)
    rules = NameRules(limits.types)
    entries = []
    count = total = 0
    while True:
        header = source.read(BLOCK)
        if len(header) < BLOCK:
            raise _truncated()
        if not any(header):
            break
        count += 1
        if count > limits.max_files:
            raise TooManyFiles(limits.max_files)
        name, kind, size = _parse(header)
        if kind == FOLDER:
            if size:
                raise _damaged("a folder has contents")
            rules.folder(name.removesuffix(b"/"))
            continue
        if kind not in REGULAR:
            shown = name.decode("utf-8", "replace")
            raise BadArchive(
                "not_a_file", f"{shown!r} is {OTHER_KINDS.get(kind, 'of an unknown kind')}. Only files can be sent."
            )
        path = rules.file(name)
        total += size
        if total > limits.max_bytes:
            raise TooLarge(limits.max_bytes)
        offset = source.tell()
        following = offset + size + -size % BLOCK
        if following > end:
            raise _truncated()
        entries.append(_Entry(path, offset, size))
        source.seek(following)
    while data := source.read(COPY_SIZE):
        if any(data):
            raise _damaged("there is data after its end")
    return entries


def _parse(header: bytes) -> tuple[bytes, bytes, int]:
    """Name, kind and size of an entry, from its header block (fields by offset: ``ustar`` in POSIX ``pax``)."""
    if header[257:265] != b"ustar\x0000":
        raise _damaged("it is not a plain ustar archive")
    checksum = sum(header[:148]) + sum(header[156:]) + 8 * ord(" ")
    if _octal(header[148:156]) != checksum:
        raise _damaged("a checksum is wrong")
    name = header[:100].split(b"\0", 1)[0]
    prefix = header[345:500].split(b"\0", 1)[0]
    return (prefix + b"/" + name if prefix else name), header[156:157], _octal(header[124:136])


def _octal(field: bytes) -> int:
    match = OCTAL.match(field)
    if match is None:
        raise _damaged("a number is not octal")
    return int(match[1] or b"0", 8)


def _damaged(why: str) -> BadArchive:
    return BadArchive("bad_archive", f"The archive cannot be read: {why}. Nothing was stored: try again.")


def _truncated() -> BadArchive:
    return BadArchive("truncated", "The archive is cut short. Nothing was stored: try again.")


def plain_from_any_tar(source: BinaryIO, target: BinaryIO) -> None:
    """Rewrites a tar archive of any kind, compressed or not, as ``ustar``; for archives that an admin made.

    Folders are dropped, a leading ``./`` is removed; everything else is left for :func:`normalise` to check.

    Raises:
        BadArchive: ``source`` is not a tar archive, or holds something other than files and folders.
    """
    try:
        with (
            tarfile.open(fileobj=source, mode="r|*") as old,
            tarfile.open(fileobj=target, mode="w", format=tarfile.USTAR_FORMAT) as new,
        ):
            for member in old:
                if member.isdir():
                    continue
                if not member.isreg() or member.issparse():
                    raise BadArchive("not_a_file", f"{member.name!r} is not a plain file. Only files can be released.")
                info = tarfile.TarInfo(member.name.removeprefix("./"))
                info.size = member.size
                new.addfile(info, old.extractfile(member))
    except (tarfile.TarError, OSError, EOFError, ValueError) as error:
        raise BadArchive("bad_archive", f"The input is not a tar archive that can be used: {error}.") from error
