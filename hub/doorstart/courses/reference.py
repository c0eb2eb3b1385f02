"""Solved notebooks: a unit with its reference solutions, or with typical wrong answers, ready to be submitted.

For checks of the whole loop and of the courses themselves. Never handed to a learner.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path

import nbformat

from doorstart.courses.build import source_notebook
from doorstart.courses.cells import grade_id, is_solution, solution, starter, without_hidden
from doorstart.courses.format import CourseError, Language, read_unit, read_wrong_answers


def learner_notebook(folder: Path, language: Language) -> nbformat.NotebookNode:
    """The unit in ``folder`` (``courses/<course>/units/<unit>``) as a learner gets it: starters, visible checks.

    nbgrader makes the real one; this one is for where nbgrader is not installed. It lacks nbgrader's checksums,
    which autograding fills in.

    Raises:
        CourseError: something in the unit is not right.
    """
    notebook = source_notebook(folder, language)
    for cell in notebook.cells:
        cell.source = starter(cell.source) if is_solution(cell) else without_hidden(cell.source)
    return notebook


def fill_in(notebook: nbformat.NotebookNode, answers: Mapping[str, str]) -> nbformat.NotebookNode:
    """A copy of a learner's notebook with ``answers`` (by grade_id) as the source of its solution cells.

    Raises:
        KeyError: the notebook has no solution cell with such a grade_id.
    """
    solved = copy.deepcopy(notebook)
    cells = {grade_id(cell): cell for cell in solved.cells if is_solution(cell)}
    for name, answer in answers.items():
        cells[name].source = answer
    return solved


def reference_answers(course: Path, unit: str, language: Language) -> dict[str, str]:
    """The reference solution of each task, by its id, which is also the grade_id of its cell.

    Args:
        course: the course folder, for example ``courses/programming``.
        unit: the unit's id.
        language: the language of the unit's text.

    Raises:
        CourseError: something in the unit is not right.
    """
    notebook = source_notebook(course / "units" / unit, language)
    return {grade_id(cell): solution(cell.source) for cell in notebook.cells if is_solution(cell)}


def reference_solution(
    course: Path, unit: str, language: Language, notebook: nbformat.NotebookNode | None = None
) -> nbformat.NotebookNode:
    """The unit's notebook as a learner would submit it with everything right.

    Args:
        course: the course folder, for example ``courses/programming``.
        unit: the unit's id.
        language: the language of the unit's text.
        notebook: the fetched assignment to fill in; by default one is made from the course.

    Raises:
        CourseError: something in the unit is not right.
        KeyError: ``notebook`` is not this unit's.
    """
    notebook = learner_notebook(course / "units" / unit, language) if notebook is None else notebook
    return fill_in(notebook, reference_answers(course, unit, language))


def wrong_solution(
    course: Path, unit: str, language: Language, wrong: Mapping[str, int], notebook: nbformat.NotebookNode | None = None
) -> tuple[nbformat.NotebookNode, dict[str, int]]:
    """The reference solution, but with typical wrong answers to some tasks.

    Args:
        course: the course folder.
        unit: the unit's id.
        language: the language of the unit's text.
        wrong: for each task to get wrong, which of its wrong answers to take, from 0.
        notebook: as in :func:`reference_solution`.

    Returns:
        The notebook, and the points that each task that checks grade must get.

    Raises:
        CourseError: something in the unit is not right, or a task has no such wrong answer.
    """
    folder = course / "units" / unit
    description = read_unit(folder)
    listed = read_wrong_answers(folder, description)
    scores = {task.id: task.points for task in description.tasks if task.kind != "text"}
    answers: dict[str, str] = {}
    for task, number in wrong.items():
        if not 0 <= number < len(listed.get(task, [])):
            raise CourseError(folder / "wrong-answers.toml", f"field {task}", f"it has no answer with number {number}")
        answers[task], scores[task] = listed[task][number].answer, listed[task][number].score
    return fill_in(reference_solution(course, unit, language, notebook), answers), scores
