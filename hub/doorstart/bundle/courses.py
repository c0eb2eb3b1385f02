"""Folders of courses as they travel: each a tar file, the same content giving the same bytes.

What travels is the source (:mod:`doorstart.courses`): each course, and what the courses share. The site builds the
notebooks.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import shutil
import tarfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from doorstart.bundle.contents import BundledCourse
from doorstart.bundle.errors import BundleError, RefusedError
from doorstart.courses.format import read_course

SHARED = ("firm", "law", "shared")
"""What the courses share, beside them."""
LARGEST = 1 << 30
"""Bytes of a folder of courses, unpacked."""


@dataclass(frozen=True)
class Packed:
    """A folder of courses as a tar file. ``digest``: of the tar file."""

    name: str
    languages: list[str]
    content: bytes

    @property
    def digest(self) -> str:
        """The digest by which two sites know that they have the same."""
        return f"sha256:{hashlib.sha256(self.content).hexdigest()}"

    def compressed(self) -> bytes:
        """The tar file as it travels."""
        return gzip.compress(self.content, mtime=0)


def pack(courses: Path) -> dict[str, Packed]:
    """All folders of courses in a folder, by name; none if it is not there."""
    names = [path.parent.name for path in courses.glob("*/course.toml")]
    names += [name for name in SHARED if (courses / name).is_dir()]
    return {name: Packed(name, _languages(courses / name), _tar(courses / name)) for name in sorted(names)}


def unpack(courses: Path, wanted: BundledCourse, compressed: bytes) -> None:
    """Put a folder of courses below ``courses``, in place of one of that name.

    Raises:
        RefusedError: it is not what the bundle says, or has something in it that is no file or folder.
    """
    with gzip.open(io.BytesIO(compressed)) as stream:
        content = stream.read(LARGEST + 1)
    if len(content) > LARGEST or f"sha256:{hashlib.sha256(content).hexdigest()}" != wanted.digest:
        raise RefusedError("changed", f"The course {wanted.name} is not what the bundle says. Have a new bundle made.")
    try:
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            files = {entry.name: _content(archive, entry) for entry in archive}
    except (tarfile.TarError, ValueError) as error:
        raise RefusedError("format", f"The course {wanted.name} cannot be unpacked: {error}.") from None
    shutil.rmtree(courses / wanted.name, ignore_errors=True)
    for name, found in files.items():
        path = courses / wanted.name / name
        (path.parent if found is not None else path).mkdir(parents=True, exist_ok=True)
        if found is not None:
            path.write_bytes(found)


def _content(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> bytes | None:
    """The content of a file, None for a folder; whatever else an archive may have does not belong to a course."""
    name = PurePosixPath(entry.name)
    if name.is_absolute() or ".." in name.parts or not (entry.isfile() or entry.isdir()):
        raise ValueError(f"{entry.name} is neither a file nor a folder of it")
    stream = archive.extractfile(entry)
    return stream.read() if stream else None


def _languages(folder: Path) -> list[str]:
    return list(read_course(folder).languages) if (folder / "course.toml").is_file() else []


def _tar(folder: Path) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for path in sorted(path for path in folder.rglob("*") if "__pycache__" not in path.parts):
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                raise BundleError(f"{path} is neither a file nor a folder, and cannot travel. Replace it by a copy.")
            entry = tarfile.TarInfo(path.relative_to(folder).as_posix())
            entry.type, entry.mode = (tarfile.DIRTYPE, 0o755) if path.is_dir() else (tarfile.REGTYPE, 0o644)
            content = b"" if path.is_dir() else path.read_bytes()
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()
