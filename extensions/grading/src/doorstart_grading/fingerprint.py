"""What the scores of a submission are made from, in one short word: if it is the same, grading again is for nothing."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

from nbgrader.api import Assignment, Gradebook, GradeCell, Notebook, SourceCell, TaskCell
from nbgrader.coursedir import CourseDirectory

from doorstart_grading import grader


def of_folder(folder: Path, suffix: str = "") -> str:
    """Of the names and contents of all files below a folder; links count by where they lead, and are not followed.

    Args:
        folder: may be missing.
        suffix: only files with this end of their name.
    """
    digest = hashlib.sha256()
    for path in sorted(folder.rglob(f"*{suffix}")):
        status = path.lstat()
        if stat.S_ISDIR(status.st_mode):
            continue
        digest.update(os.fsencode(path.relative_to(folder)) + b"\0")
        digest.update(_content(path, status.st_mode))
    return digest.hexdigest()


def of_assignment(coursedir: CourseDirectory, assignment: str, gradebook: Gradebook) -> str:
    """Of the instructor's version: its files, and what the gradebook says about its cells.

    Dates are not in it: what being late costs is worked out without grading (``doorstart_grading.late``).

    Raises:
        MissingEntry: the gradebook does not know the assignment.
    """
    found: Assignment = gradebook.find_assignment(assignment)
    digest = hashlib.sha256()
    for step in (coursedir.source_directory, coursedir.release_directory):
        digest.update(of_folder(Path(coursedir.format_path(step, ".", assignment))).encode())
    for what, *columns in (
        (SourceCell, SourceCell.name, SourceCell.cell_type, SourceCell.locked, SourceCell.checksum, SourceCell.source),
        (GradeCell, GradeCell.name, GradeCell.max_score),
        (TaskCell, TaskCell.name, TaskCell.max_score),
    ):
        query = gradebook.db.query(Notebook.name, *columns).select_from(what).join(Notebook)
        rows = query.filter(Notebook.assignment_id == found.id).order_by(Notebook.name, columns[0])
        digest.update(repr([tuple(row) for row in rows]).encode())
    return digest.hexdigest()


def of_submission(coursedir: CourseDirectory, assignment: str, student: str, of_its_assignment: str) -> str:
    """Of what was handed in, the instructor's version, and what grades."""
    folder = Path(coursedir.format_path(coursedir.submitted_directory, student, assignment))
    parts = (of_folder(folder), of_its_assignment, grader.label())
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def of_autograded(coursedir: CourseDirectory, assignment: str, student: str) -> str:
    """Of the notebooks that grading made."""
    folder = Path(coursedir.format_path(coursedir.autograded_directory, student, assignment))
    return of_folder(folder, ".ipynb")


def _content(path: Path, mode: int) -> bytes:
    if stat.S_ISLNK(mode):
        return b"link " + os.fsencode(path.readlink())
    if not stat.S_ISREG(mode):
        return b"other"
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
