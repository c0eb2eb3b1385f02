"""Comparing feedback in a learner's home with what the exchange has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from doorstart_exchange_client.wire import digest_of


def is_fetched(folder: Path, files: list[dict[str, Any]]) -> bool:
    """Whether all these files are in the folder, with exactly these contents."""
    return all(is_same(folder / str(file["path"]), str(file["sha256"])) for file in files)


def is_same(path: Path, sha256: str) -> bool:
    """Whether the file is there with this content."""
    try:
        return digest_of(path.read_bytes()) == sha256
    except OSError:
        return False
