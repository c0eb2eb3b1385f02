"""Reads files of a stick, which anybody can have made: no links, no devices, and no more than fits in the memory."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import IO

LARGEST = 32 << 20
"""Bytes of a file whose length nobody has signed: metadata, or what a bundle says of itself."""
_NOT_PLAIN = "it is a link, a folder or a device, and not a plain file"
_TOO_LARGE = f"it is larger than the {LARGEST >> 20} MiB that such a file can have"


def open_plain(path: Path) -> IO[bytes]:
    """Open a file of a stick for reading; never a link or a device, whose content could be anything.

    Raises:
        OSError: there is no such file, or it is not a plain one.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)  # a pipe must not keep us waiting
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO):
            raise OSError(errno.EINVAL, _NOT_PLAIN, str(path)) from None
        raise
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, _NOT_PLAIN, str(path))
    return os.fdopen(descriptor, "rb")


def read(path: Path) -> bytes:
    """The content of a small file of a stick.

    Raises:
        OSError: as :func:`open_plain`, or it is larger than :data:`LARGEST`.
    """
    with open_plain(path) as file:
        if os.fstat(file.fileno()).st_size > LARGEST:
            raise OSError(errno.EFBIG, _TOO_LARGE, str(path))
        return file.read(LARGEST)
