"""A layer of an image: a tar file whose bytes follow from what is in it, and from nothing else.

Entries are sorted, have one fixed time, and bring the folders above them. Which files go into which layer is decided
elsewhere.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import IO, cast

TIME = 315532800
"""The time of every file in an image, in seconds: 1 January 1980, the first that a zip file can have."""

WHITEOUT = ".wh."
"""Begins the name of an entry that stands for a removed file (OCI image specification, "Whiteouts")."""


@dataclass(frozen=True)
class File:
    """One entry of a layer.

    Attributes:
        path: Without a slash at its beginning.
        kind: As in :mod:`tarfile`: ``REGTYPE``, ``DIRTYPE``, ``SYMTYPE`` or ``LNKTYPE``.
        mode: Permissions.
        content: Of a file.
        target: Of a link.
        owner: User and group number.
        attributes: Extended attributes, as PAX headers.
    """

    path: str
    content: bytes = b""
    mode: int = 0o644
    kind: bytes = tarfile.REGTYPE
    target: str = ""
    owner: tuple[int, int] = (0, 0)
    attributes: tuple[tuple[str, str], ...] = ()

    @property
    def parents(self) -> list[str]:
        """The folders above it, the topmost first."""
        return [str(path) for path in reversed(PurePosixPath(self.path).parents)][1:]


def folder(path: str, mode: int = 0o755) -> File:
    """A folder of root's."""
    return File(path, mode=mode, kind=tarfile.DIRTYPE)


def symlink(path: str, target: str) -> File:
    """A symbolic link."""
    return File(path, mode=0o777, kind=tarfile.SYMTYPE, target=target)


@dataclass(frozen=True)
class Layer:
    """A layer in the cache, or only in the engine.

    Attributes:
        digest: ``sha256:…`` of the uncompressed tar file, which image configurations call ``diff_id``.
        size: Bytes of the tar file.
        path: The tar file; None if only the engine has the layer.
        made_by: What is in it, for people.
    """

    digest: str
    size: int
    path: Path | None
    made_by: str


def read_tar(stream: IO[bytes], keep: Callable[[str], bool] = lambda path: True) -> dict[str, File]:
    """The entries of a tar file by path, without devices; later ones replace earlier ones.

    Args:
        stream: The tar file, read once from front to end.
        keep: Whether the entry of a path is wanted.
    """
    files: dict[str, File] = {}
    with tarfile.open(fileobj=stream, mode="r|") as archive:
        for entry in archive:
            path = entry.name.removeprefix("./").strip("/")
            if not path or path == "." or entry.isdev() or not keep(path):
                continue
            content = cast(IO[bytes], archive.extractfile(entry)).read() if entry.isreg() else b""
            target = entry.linkname if entry.issym() else entry.linkname.removeprefix("./").strip("/")
            extra = {key: value for key, value in entry.pax_headers.items() if key.startswith("SCHILY.xattr.")}
            files[path] = File(
                path,
                content,
                entry.mode,
                tarfile.REGTYPE if entry.isreg() else entry.type,
                target if entry.issym() or entry.islnk() else "",
                (entry.uid, entry.gid),
                tuple(sorted(extra.items())),
            )
    return files


def write_tar(stream: IO[bytes], files: Iterable[File], folders: Mapping[str, File] | None = None) -> None:
    """Write a layer.

    Args:
        stream: Where it goes.
        files: Its entries, in any order.
        folders: How folders above the entries are in the layers below; others belong to root and all may read them.
            An entry without the folders above it would give them other permissions.
    """
    entries: dict[str, File] = {}
    for file in files:
        for path in file.parents:
            entries.setdefault(path, (folders or {}).get(path) or folder(path))
        entries[file.path] = file
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive:
        # A hard link comes after what it links to.
        for file in sorted(entries.values(), key=lambda one: (one.kind == tarfile.LNKTYPE, one.path)):
            info = tarfile.TarInfo(file.path)
            info.type, info.mode, info.mtime, info.linkname = file.kind, file.mode & 0o7777, TIME, file.target
            info.uid, info.gid = file.owner
            info.size = len(file.content)
            info.pax_headers = dict(file.attributes)
            archive.addfile(info, io.BytesIO(file.content))


def merge(lower: Mapping[str, File], upper: Mapping[str, File]) -> dict[str, File]:
    """Two layers as one: removed files stay marked as removed, for they may be in a layer below both."""
    merged = dict(lower)
    for path in upper:
        head, name = str(PurePosixPath(path).parent), PurePosixPath(path).name
        if name.startswith(WHITEOUT):
            gone = str(PurePosixPath(head, name.removeprefix(WHITEOUT)))
            merged = {one: file for one, file in merged.items() if one != gone and not one.startswith(f"{gone}/")}
        else:
            merged.pop(str(PurePosixPath(head, f"{WHITEOUT}{name}")), None)
    merged.update(upper)
    return merged


class LayerCache:
    """Layers that were made before, by a key that stands for all that goes into one."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def find(self, key: str) -> Layer | None:
        """The layer with this key, if it was made before."""
        try:
            known = json.loads((self.place / f"{key}.json").read_text())
            path = self.place / f"{key}.tar"
            size = path.stat().st_size
        except (OSError, ValueError):
            return None
        if size != known["size"]:  # the machine went down while it was written
            return None
        return Layer(known["digest"], size, path, known["made_by"])

    def make(self, key: str, made_by: str, files: Iterable[File], folders: Mapping[str, File] | None = None) -> Layer:
        """Write a layer and remember it."""
        self.place.mkdir(parents=True, exist_ok=True)
        path = self.place / f"{key}.tar"
        with tempfile.NamedTemporaryFile(dir=self.place, delete=False) as spool:
            hashing = _Hashing(spool)
            write_tar(cast(IO[bytes], hashing), files, folders)
        Path(spool.name).replace(path)
        layer = Layer(f"sha256:{hashing.hash.hexdigest()}", path.stat().st_size, path, made_by)
        note = {"digest": layer.digest, "size": layer.size, "made_by": made_by}
        (self.place / f"{key}.json").write_text(json.dumps(note) + "\n")
        return layer

    def content_key(self, files: Iterable[File]) -> str:
        """A key for a layer that is known by its content only."""
        seen = hashlib.sha256()
        for file in sorted(files, key=lambda one: one.path):
            seen.update(repr(replace(file, content=hashlib.sha256(file.content).digest())).encode())
        return seen.hexdigest()[:32]


class _Hashing:
    """A stream that hashes what is written to it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream
        self.hash = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.hash.update(data)
        return self.stream.write(data)

    def tell(self) -> int:
        return self.stream.tell()
