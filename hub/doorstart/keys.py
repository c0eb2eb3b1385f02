"""Secrets of a site: made at first start, different on every installation, readable by those who need them."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path


def ensure(path: Path, *, gid: int | None = None) -> str:
    """The secret in a file; made if the file is not there. 64 hexadecimal digits.

    Args:
        path: The file; its folder exists. Mode 0600.
        gid: A group that may read it as well; the mode is 0640 then.

    Raises:
        OSError: the file can be neither read nor written.
    """
    with contextlib.suppress(FileExistsError):
        fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        descriptor = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        if gid is not None:
            os.chown(fresh, -1, gid)
            fresh.chmod(0o640)
        try:
            # A link, not a rename: two that start at once end with one secret.
            os.link(fresh, path)
        finally:
            fresh.unlink()
    return path.read_text().strip()
