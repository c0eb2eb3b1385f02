"""The Hub's notice to a running server, for example that it will end at a certain time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

NOTICE = Path("/run/doorstart/server/notice.json")
"""Written by the Hub: ``{"kind": "ending", "at": ISO time, "reason": word}``; removed when it no longer holds."""
LONGEST = 4096


def read_notice(path: Path = NOTICE) -> dict[str, Any] | None:
    """The notice; None if there is none, or none that can be read."""
    try:
        with path.open("rb") as file:
            notice = json.loads(file.read(LONGEST))
    except (OSError, ValueError):
        return None
    if not isinstance(notice, dict) or not isinstance(notice.get("kind"), str):
        return None
    return {name: str(notice.get(name) or "") for name in ("kind", "at", "reason")}
