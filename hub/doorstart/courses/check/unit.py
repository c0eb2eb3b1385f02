"""Is a course right? Its reference solutions and typical wrong answers are graded, as learners' work will be.

Runs the author's own code, unconfined, in processes of this machine: :mod:`doorstart_examiner.local`. Not for what a
learner has written.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any, Literal

from nbformat import NotebookNode

from doorstart.courses.build import source_notebook
from doorstart.courses.cells import grade_id, is_solution, without_hidden
from doorstart.courses.data import data_files
from doorstart.courses.format import Language, Unit, WrongAnswers, read_unit, read_wrong_answers
from doorstart.courses.reference import fill_in, reference_answers

HIDDEN = ("### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS")

Grade = Callable[[dict[str, Any], Mapping[str, bytes]], dict[str, Any]]
"""A grading job and its files in, its answer out; :meth:`doorstart_examiner.local.Nursery.grade`."""


@dataclass(frozen=True)
class Finding:
    """Something in a course that is not right, or that may surprise its author."""

    kind: Literal["error", "warning"]
    unit: str
    cell: str
    """The cell's grade_id."""
    text: str

    def plain(self) -> dict[str, str]:
        """For JSON."""
        return asdict(self)


def check_unit(course: Path, name: str, language: Language, grade: Grade) -> Iterator[Finding]:
    """What is wrong with one unit of a course.

    Its checks must be such that they can run apart from the learner's program; the reference solution must pass every
    check, there and in the learner's own notebook; the untouched unit must get no points; and each wrong answer must
    get the points that its author says, with the message that its author says.

    Args:
        course: the course's folder.
        name: the unit's id.
        language: of the unit's text.
        grade: grades.

    Raises:
        CourseError: the unit cannot be read.
    """
    folder = course / "units" / name
    unit, wrong = read_unit(folder), read_wrong_answers(folder, read_unit(folder))
    source = source_notebook(folder, language)
    files = {f"data/{file}": content for file, content in data_files(folder, language).items()}
    answers = reference_answers(course, name, language)
    run = _Run(name, source, files, grade)
    yield from run.traps()
    yield from run.all_pass(fill_in(source, answers), "the reference solution")
    yield from run.own_notebook(fill_in(source, answers))
    yield from run.wrong(unit, wrong, answers, language)


@dataclass(frozen=True)
class _Run:
    unit: str
    source: NotebookNode
    files: Mapping[str, bytes]
    grade: Grade

    def traps(self) -> Iterator[Finding]:
        from doorstart_examiner.examiner.traps import traps

        cells = [cell for cell in self.source.cells if cell.cell_type == "code"]
        for trap in traps([("test" if _is_test(cell) else "learner", cell.source) for cell in cells]):
            yield Finding(trap.level, self.unit, grade_id(cells[trap.cell]), f"line {trap.line}: {trap.reason}")

    def all_pass(self, notebook: NotebookNode, what: str) -> Iterator[Finding]:
        for cell, result in self._graded(notebook):
            if result["kind"] == "test" and result["status"] != "passed":
                yield Finding("error", self.unit, grade_id(cell), f"{what} fails: {_said(result)}")
            elif result["kind"] == "learner" and result["status"] != "ok":
                yield Finding("error", self.unit, grade_id(cell), f"with {what}, this cell fails: {_said(result)}")

    def own_notebook(self, notebook: NotebookNode) -> Iterator[Finding]:
        """The checks that a learner sees, run as the learner runs them."""
        for cell, result in self._graded(notebook, apart=False):
            if result["status"] != "ok":
                yield Finding("error", self.unit, grade_id(cell), f"in the learner's own notebook: {_said(result)}")

    def wrong(self, unit: Unit, wrong: WrongAnswers, right: Mapping[str, str], language: Language) -> Iterator[Finding]:
        """Wrong answers to different tasks share a notebook: tasks do not depend on each other."""
        points = {task.id: task.points for task in unit.tasks}
        for entries in zip_longest(*wrong.values()):
            chosen = {task: entry for task, entry in zip(wrong, entries, strict=True) if entry}
            notebook = fill_in(self.source, {**right, **{task: entry.answer for task, entry in chosen.items()}})
            results = [(grade_id(cell), cell, result) for cell, result in self._graded(notebook) if _is_test(cell)]
            for task, entry in chosen.items():
                mine = [(cell, result) for name, cell, result in results if name.startswith(f"{task}-check")]
                lost = sum(cell.metadata.nbgrader.points for cell, result in mine if result["status"] != "passed")
                if points[task] - lost != entry.score:
                    text = f"the wrong answer {entry.name!r} gets {points[task] - lost} points, not {entry.score}"
                    yield Finding("error", self.unit, task, text)
                said = next((_said(result) for _, result in mine if result["status"] != "passed"), "")
                if entry.says.get(language, "") not in said:
                    yield Finding("error", self.unit, task, f"the wrong answer {entry.name!r} is told: {said}")

    def _graded(self, notebook: NotebookNode, *, apart: bool = True) -> list[tuple[NotebookNode, dict[str, Any]]]:
        cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
        described = [
            {"kind": "test", "source": cell.source}
            if apart and _is_test(cell)
            else {"kind": "learner", "source": without_hidden(cell.source)}
            for cell in cells
        ]
        imports = [line for cell in self.source.cells if cell.cell_type == "code" for line in _imports(cell.source)]
        job = {"version": 1, "cells": described, "imports": imports, "hidden": list(HIDDEN), "limits": {}}
        return list(zip(cells, self.grade(job, self.files)["cells"], strict=True))


def _is_test(cell: NotebookNode) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("grade")) and not is_solution(cell)


def _imports(source: str) -> list[str]:
    return [ast.unparse(node) for node in ast.parse(source).body if isinstance(node, ast.Import | ast.ImportFrom)]


def _said(result: Mapping[str, Any]) -> str:
    check = result.get("check") or {}
    told = [check.get("learner", {}).get("message"), check.get("instructor", {}).get("error"), result.get("message")]
    told += [output["evalue"] for output in result.get("outputs", []) if output["output_type"] == "error"]
    return next((str(text) for text in told if text), result["status"])
