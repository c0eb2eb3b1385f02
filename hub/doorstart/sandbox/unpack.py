"""Taking in the working folder of a kernel: a tar archive, with files that a learner may have made."""

from __future__ import annotations

import tarfile
from pathlib import Path
from typing import BinaryIO

from doorstart.settings import MIB

MAX_FILES = 1000
"""Most files and folders in a working folder."""
_TAR_OVERHEAD = 2048 * MAX_FILES + MIB
"""Bytes that headers and padding may add to the files."""


class UnpackError(ValueError):
    """The archive is damaged, too large, or holds something other than files and folders."""


def archive_limit(max_bytes: int) -> int:
    """The largest archive, in bytes, that can hold ``max_bytes`` of files."""
    return max_bytes + _TAR_OVERHEAD


def unpack(archive: BinaryIO, folder: Path, max_bytes: int) -> None:
    """Unpack an uncompressed tar archive into an empty folder, owned by this process and readable by everybody.

    An archive of no bytes is an empty folder.

    Raises:
        UnpackError: see there. What was unpacked before the fault was found is left in the folder.
    """
    if not archive.read(1):
        return
    archive.seek(0)
    total = 0
    try:
        with tarfile.open(fileobj=archive, mode="r:") as tar:
            for count, member in enumerate(tar, start=1):
                if count > MAX_FILES:
                    raise UnpackError(
                        f"The folder holds more than {MAX_FILES} files. Move what is not needed elsewhere."
                    )
                if not (member.isdir() or member.isreg()) or member.issparse():
                    raise UnpackError(f"{member.name!r} is neither a file nor a folder. Replace it by a copy.")
                total += member.size
                if total > max_bytes:
                    raise UnpackError(
                        f"The folder's files are larger than {max_bytes // MIB} MB together. "
                        "Move what is not needed elsewhere."
                    )
                safe = tarfile.data_filter(member, str(folder))
                tar.extract(safe.replace(mode=0o755 if member.isdir() else 0o644), folder, filter="fully_trusted")
    except (tarfile.TarError, OSError, ValueError) as error:
        if isinstance(error, UnpackError):
            raise
        raise UnpackError(f"The folder's files could not be unpacked: {error}") from error
