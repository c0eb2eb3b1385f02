"""Which file of a submission is which notebook of the assignment, also when a learner renamed it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from nbgrader.api import Gradebook, Notebook, SourceCell
from nbgrader.coursedir import CourseDirectory

from doorstart_grading.reading import read

SUFFIX = ".ipynb"
_COPY = re.compile(r"(?:[-_ ]*copy[-_ ]*\d*|[-_ ]*\(\d+\))+\Z", re.IGNORECASE)
"""What JupyterLab, browsers and file managers put behind a name when they copy a file."""


def notebooks_of(coursedir: CourseDirectory, assignment: str) -> dict[str, set[str]]:
    """The names of an assignment's notebooks, each with the names of its cells.

    Raises:
        MissingEntry: the gradebook does not know the assignment.
    """
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        known = gradebook.find_assignment(assignment)
        query = gradebook.db.query(Notebook.name, SourceCell.name).outerjoin(SourceCell, Notebook.source_cells)
        found: dict[str, set[str]] = {}
        for notebook, cell in query.filter(Notebook.assignment_id == known.id):
            found.setdefault(notebook, set()).update({cell} - {None})
    return found


def locate(folder: Path, notebooks: Mapping[str, set[str]]) -> dict[str, Path]:
    """The files that hold these notebooks; one that cannot be found for certain is not there.

    A file counts for a missing notebook if its name is the notebook's but for case or the mark of a copy, or else if
    it has half of the notebook's named cells or more; and only if no other file could be it as well.

    Args:
        folder: of the submission.
        notebooks: what :func:`notebooks_of` says.
    """
    found = {name: folder / f"{name}{SUFFIX}" for name in notebooks if os.path.lexists(folder / f"{name}{SUFFIX}")}
    others = strangers(folder, notebooks)
    for name in sorted(notebooks.keys() - found.keys()):
        alike = [path for path in others if _COPY.sub("", path.stem).casefold() == name.casefold()]
        candidates = alike or [path for path in others if _holds(path, notebooks[name])]
        if len(candidates) == 1:
            found[name] = candidates[0]
            others.remove(candidates[0])
    return found


def strangers(folder: Path, notebooks: Mapping[str, set[str]]) -> list[Path]:
    """Notebook files of a submission whose names the assignment does not have."""
    paths = sorted(folder.glob(f"*{SUFFIX}"))
    return [path for path in paths if path.stem not in notebooks and not path.is_symlink() and path.is_file()]


def _holds(path: Path, names: set[str]) -> bool:
    common = names & {cell.name for cell in read(path).cells if cell.name}
    return len(common) * 2 >= len(names) > 0
