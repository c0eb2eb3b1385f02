"""Saving a notebook's scores: nbgrader's rules, with one question to the gradebook instead of one for each cell.

One rule is ours. For nbgrader, all points that a person gave wait for a person when the work is graded again; here,
only if the work is another (``doorstart_grading.hooks.before``), or if they waited already.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Comment, Grade, Gradebook, MissingEntry, SubmittedNotebook
from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades
from sqlalchemy.orm import joinedload


class SaveGrades(SaveAutoGrades):
    """nbgrader's SaveAutoGrades, which decides on each score, with all of a notebook saved at once or not at all."""

    def preprocess(self, notebook: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Save the scores and comments of one notebook; it is not changed.

        Raises:
            MissingEntry: the gradebook does not know the notebook, or a cell of it.
        """
        place = resources["nbgrader"]
        self.notebook_id, self.assignment_id = place["notebook"], place["assignment"]
        self.student_id, self.db_url = place["student"], place["db_url"]
        self._knows_who_waits = self._has_its_name()
        with Gradebook(self.db_url) as gradebook:
            self.gradebook = _Page(
                gradebook.find_submission_notebook(self.notebook_id, self.assignment_id, self.student_id), gradebook
            )
            # The loop over the cells, without the opening of a gradebook around it.
            result: tuple[NotebookNode, dict[str, Any]] = NbGraderPreprocessor.preprocess(self, notebook, resources)
            gradebook.db.commit()
        return result

    def _add_score(self, cell: NotebookNode, resources: dict[str, Any]) -> None:
        name = cell.metadata["nbgrader"]["grade_id"]
        grade = self.gradebook.find_grade(name, self.notebook_id, self.assignment_id, self.student_id)
        waited = grade.needs_manual_grade or not self._knows_who_waits
        super()._add_score(cell, resources)
        if grade.manual_score is not None:
            grade.needs_manual_grade = waited

    def _has_its_name(self) -> bool:
        """Whether the notebook was not renamed. If it was, Autograde took it for missing: nothing waits any more."""
        coursedir = self.parent.parent.coursedir
        folder = coursedir.format_path(coursedir.submitted_directory, self.student_id, self.assignment_id)
        return Path(folder, f"{self.notebook_id}.ipynb").exists()


class _Page:
    """What SaveAutoGrades asks of a gradebook, about one notebook of one submission."""

    def __init__(self, notebook: SubmittedNotebook, gradebook: Gradebook) -> None:
        self.db = self
        query = gradebook.db.query
        grades = query(Grade).options(joinedload(Grade.cell)).filter(Grade.notebook_id == notebook.id)
        comments = query(Comment).options(joinedload(Comment.cell)).filter(Comment.notebook_id == notebook.id)
        self._grades = {grade.cell.name: grade for grade in grades}
        self._comments = {comment.cell.name: comment for comment in comments}

    def find_grade(self, name: str, *_: str) -> Grade:
        return _find(self._grades, name)

    def find_comment(self, name: str, *_: str) -> Comment:
        return _find(self._comments, name)

    def commit(self) -> None:
        """Nothing yet: the notebook is saved as a whole."""


def _find(rows: dict[str, Any], name: str) -> Any:
    try:
        return rows[name]
    except KeyError:
        raise MissingEntry(f"The gradebook has no entry for the cell {name!r} of this submission.") from None
