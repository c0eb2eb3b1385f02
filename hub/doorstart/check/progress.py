"""How a check of an image goes on: lines of JSON on standard output, and the same in a file for the Hub's page.

A line is ``{"now": step}`` when a step begins, ``{"step", "ok", "seconds", "note", "error"}`` when it has ended, and at
the end ``{"end": true, "error": text}``, where an empty error means that the image was good.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from doorstart.check.order import Order
from doorstart.check.report import Report
from doorstart.site.progress import Step

FILE = "check.json"
"""Beside the registry."""


class Line(BaseModel):
    """A step that has ended."""

    step: str
    ok: bool
    seconds: float
    note: str = ""
    error: str = ""


class Check(BaseModel):
    """The check that runs, or ran last."""

    order: Order
    started: datetime
    ended: datetime | None = None
    now: str = ""
    """The step that runs."""
    lines: list[Line] = Field(default_factory=list)
    error: str = ""
    """Why the image was not promoted."""


class Progress(Report):
    """A report that tells each step when it begins and when it ends.

    Args:
        path: The file for the Hub's page.
        order: What is being checked.
    """

    def __init__(self, path: Path, order: Order) -> None:
        super().__init__(as_json=True)
        self.path = path
        self.check = begin(path, order)

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """As a report's; told when it begins and when it has ended."""
        self._tell({"now": name}, now=name)
        note = ""
        try:
            with super().step(name) as current:
                yield current
                note = current.note
        finally:
            done = self.steps[-1]
            line = Line(step=done.name, ok=done.ok, seconds=done.seconds, note=note, error=done.error)
            self.check.lines.append(line)
            self._tell(line.model_dump(), now="")

    def add(self, line: Line) -> None:
        """Tell of something that has ended, and is no step of the report's."""
        self.check.lines.append(line)
        self._tell(line.model_dump(), now="")

    def end(self, failure: str) -> None:
        """Tell that it has ended; ``failure`` says why the image is not promoted, and is empty if it is."""
        self.check.error, self.check.ended = failure, datetime.now(UTC)
        self._tell({"end": True, "error": failure}, now="")

    def _tell(self, line: dict[str, Any], *, now: str) -> None:
        self.check.now = now
        print(json.dumps(line), flush=True)
        _write(self.path, self.check)


def begin(path: Path, order: Order) -> Check:
    """Note that a check begins, in the place of the one before."""
    check = Check(order=order, started=datetime.now(UTC))
    _write(path, check)
    return check


def _write(path: Path, check: Check) -> None:
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    fresh.write_text(check.model_dump_json())
    fresh.replace(path)


def read(path: Path) -> Check | None:
    """The check that runs or ran last; None if there never was one."""
    try:
        return Check.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None
