"""Every unit through nbgrader's real pipeline: who gets which points, and what a learner is not shown."""

from __future__ import annotations

from itertools import zip_longest

import nbformat
import pytest

from doorstart.courses import read_unit, reference_answers, reference_solution, wrong_solution
from doorstart.courses.cells import HIDDEN
from doorstart.courses.format import read_wrong_answers


def test_learner_gets_neither_solutions_nor_hidden_checks(course, unit, language, course_folder):
    source = nbformat.read(course_folder.root / "source" / unit / f"{unit}.ipynb", as_version=4)
    hidden = [match.group() for cell in source.cells for match in HIDDEN.finditer(cell.source)]
    solutions = list(reference_answers(course, unit, language).values())
    released = "\n".join(cell.source for cell in course_folder.learner_notebook.cells)
    assert len(hidden) >= len(solutions) - 1 >= 3
    for secret in (*hidden, *solutions, "SOLUTION", "HIDDEN TESTS", "YOUR CODE HERE"):
        assert secret.strip("\n") not in released
    for cell in course_folder.learner_notebook.cells:
        assert "-check-" not in cell.id or "assert " not in cell.source, f"{cell.id} shows a check that is to be hidden"


def test_points(course, unit, language, course_folder):
    """The reference solution gets all points, the untouched unit none, each wrong answer its own.

    Wrong answers to different tasks share a notebook: tasks do not depend on each other.
    """
    description = read_unit(course / "units" / unit)
    wrong = read_wrong_answers(course / "units" / unit, description)
    tasks = [task.id for task in description.tasks if task.kind != "text"]
    learner_notebook = course_folder.learner_notebook
    course_folder.submit("reference", reference_solution(course, unit, language, learner_notebook))
    course_folder.submit("untouched", learner_notebook)
    rounds = []
    for number, entries in enumerate(zip_longest(*wrong.values())):
        chosen = {task: number for task, entry in zip(wrong, entries, strict=True) if entry}
        notebook, expected = wrong_solution(course, unit, language, chosen, learner_notebook)
        course_folder.submit(f"wrong-{number}", notebook)
        rounds.append((chosen, expected))

    course_folder.autograde()

    full = {task.id: task.points for task in description.tasks if task.kind != "text"}
    assert course_folder.task_scores("reference", tasks) == full
    assert course_folder.errors("reference") == {}
    assert sum(score or 0 for score in course_folder.scores("untouched").values()) == 0
    by_hand = {task.id for task in description.tasks if task.kind == "text"}
    assert {name for name, score in course_folder.scores("reference").items() if score is None} == by_hand
    for number, (chosen, expected) in enumerate(rounds):
        assert course_folder.task_scores(f"wrong-{number}", tasks) == expected
        errors = course_folder.errors(f"wrong-{number}")
        for task, entry in ((task, wrong[task][n]) for task, n in chosen.items()):
            first = next(text for name, text in errors.items() if name.startswith(f"{task}-check"))
            says = entry.says if isinstance(entry.says, str) else entry.says.get(language, "")
            assert says in first, f"{task}: {entry.name}"


def test_stand_in_for_the_learner_version_is_the_same(course, unit, language, course_folder):
    """The notebook that is made without nbgrader differs from nbgrader's in its bookkeeping only."""
    ours = reference_solution(course, unit, language)
    theirs = reference_solution(course, unit, language, course_folder.learner_notebook)
    assert [(cell.id, cell.cell_type, cell.source.rstrip()) for cell in ours.cells] == [
        (cell.id, cell.cell_type, cell.source.rstrip()) for cell in theirs.cells
    ]


def test_data_is_handed_out(course, unit, language, course_folder):
    release = course_folder.root / "release" / unit
    assert sorted(p.name for p in release.iterdir()) == [f"{unit}.ipynb", "data"]
    assert [p.name for p in (release / "data").iterdir()]


def test_an_unknown_task_is_not_filled_in(course, unit, language):
    with pytest.raises(Exception, match="it has no answer with number 99"):
        wrong_solution(course, unit, language, {read_unit(course / "units" / unit).tasks[0].id: 99})
