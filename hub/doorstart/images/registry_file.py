"""The registry's file: read by all who start containers, written by one at a time, whole or not at all."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

from pydantic import ValidationError

from doorstart import names
from doorstart.images.registry import Registry, RegistryError

FILE = Path(names.STATE / "images" / "registry.json")
"""In the containers of the Hub and of the sandbox, which has it to read only."""


def read(path: Path = FILE) -> Registry:
    """The registry as it is now; an empty one if there is no file yet.

    Raises:
        RegistryError: the file cannot be read, or is no registry.
    """
    try:
        return Registry.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return Registry()
    except OSError as error:
        raise RegistryError(f"The registry of images cannot be read ({error.strerror}). Ask the admin.") from error
    except ValidationError as error:
        raise RegistryError(
            f"The registry of images is damaged ({error.error_count()} fields are wrong), so no image is promoted. "
            "Ask the admin to bring back registry.json from a backup."
        ) from error


def update(act: Callable[[Registry], Registry], path: Path = FILE) -> Registry:
    """Change the registry by an act; the new one. Others wait; what the act raises leaves the file as it is.

    The file is on the disk when this returns: a power cut leaves the old registry or the new one.

    Raises:
        RegistryError: as :func:`read`, or the act refuses.
        OSError: it cannot be written.
    """
    with path.with_name("registry.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        before = read(path)
        after = act(before)
        if after != before:
            _replace(path, after.model_dump_json(indent=1).encode())
        return after


def _replace(path: Path, content: bytes) -> None:
    fresh = path.with_name("registry.json.new")
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fchmod(file.fileno(), 0o644)
        os.fsync(file.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
