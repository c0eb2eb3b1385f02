"""Keeps the timetable in a file of the Hub's state; whoever reads it sees all of an import or nothing of it."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import ValidationError

from doorstart import names
from doorstart.timetable.lessons import Timetable

FILE = Path(names.STATE / "hub" / "timetable.json")


class TimetableError(Exception):
    """The timetable cannot be read; the message says what to do."""


def read(path: Path = FILE) -> Timetable:
    """The timetable; an empty one if there is none.

    Raises:
        TimetableError: the file is damaged.
    """
    try:
        return Timetable.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return Timetable()
    except (OSError, ValidationError):
        raise TimetableError(
            "The timetable of this site cannot be read. Import it again: doorstart timetable import FILE.csv"
        ) from None


def write(table: Timetable, path: Path = FILE) -> None:
    """Put a timetable in the place of the one before."""
    fresh = path.with_suffix(".new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(table.model_dump_json(indent=1))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
