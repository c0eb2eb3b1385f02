"""What a released assignment says of itself: title, minutes and the course's title, from its notebook's metadata.

``doorstart course build`` writes them there (``metadata.doorstart``), so that they come along however an assignment is
released. An assignment that was written by hand has none, and goes by its name.
"""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from doorstart.exchange.store.blobs import StoredArchive

NOTEBOOK_BYTES = 8 * 1024 * 1024
"""A notebook above this is not read for its description."""


class Description(BaseModel):
    """``minutes`` is the time at the screen that the author thinks it takes."""

    model_config = ConfigDict(frozen=True)

    title: str | None = Field(None, min_length=1, max_length=200)
    minutes: int | None = Field(None, ge=1, le=1000)
    course_title: str | None = Field(None, min_length=1, max_length=200)


def describe(archive: StoredArchive, path: Path, assignment: str) -> Description:
    """The description in an archive: of the notebook named as the assignment, or else of its first.

    Args:
        archive: the release.
        path: where it is on disk.
        assignment: the assignment's name.
    """
    names = [one.path for one in archive.members if one.path.endswith(".ipynb") and one.size <= NOTEBOOK_BYTES]
    names.sort(key=lambda name: name != f"{assignment}.ipynb")
    if not names:
        return Description()
    with tarfile.open(path, mode="r:") as tar:
        content = tar.extractfile(names[0])
        text = content.read() if content else b""
    try:
        return Description.model_validate(json.loads(text)["metadata"]["doorstart"])
    except (ValueError, KeyError, TypeError, RecursionError, ValidationError):
        return Description()
