"""Grading on a running site, as an instructor does it: formgrader's button, nbgrader's command, ``doorstart grade``.

What the sandbox does with a notebook is tested by itself; here it is the whole way, from a learner's submission to the
gradebook and back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from doorstart.courses.format import read_unit
from doorstart.courses.reference import reference_solution, wrong_solution

from .classroom import Classroom, Instructor, Learner

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]

FOLDER = Path(__file__).parents[2] / "courses" / "stock-management"
COURSE, UNIT = "stock-management.en", "01-goods-flow"
HOME = f"{COURSE}/{UNIT}/{UNIT}.ipynb"
WARNING = "import warnings\nwarnings.warn('careful')"
CHEAT = 'get_ipython().input_transformers_cleanup.append(lambda lines: ["pass\\n"])'


@dataclass
class Class:
    """Learners who handed in, by what they did, and their instructor, who collected it."""

    learners: dict[str, Learner]
    teacher: Instructor
    points: dict[str, float]
    """What each must get from the checks."""

    def command(self, arguments: str) -> Any:
        """Run ``doorstart … --json`` in the instructor's terminal; what it printed."""
        self.teacher.terminal(f"doorstart {arguments} --json > answer.json", 400)
        params = {"type": "file", "format": "text"}
        return json.loads(self.teacher.server.json("GET", "api/contents/answer.json", params=params)["content"])

    def graded(self, *options: str) -> dict[str, dict[str, Any]]:
        """Grade; the line of each learner, by what they did."""
        result = self.command(" ".join(["grade", COURSE, UNIT, *options]))
        assert result["ok"] and not result["interrupted"]
        lines = {one["student"]: one for one in result["submissions"]}
        return {what: lines[learner.name] for what, learner in self.learners.items()}

    def scores(self) -> dict[str, float]:
        """The points from checks, as formgrader shows them."""
        rows = {what: self.teacher.submission(UNIT, learner) for what, learner in self.learners.items()}
        return {what: row["code_score"] for what, row in rows.items()}


@pytest.fixture(scope="module")
def pupils(classroom: Classroom) -> Iterator[Class]:
    """Four submissions: all right, two wrong answers, a warning and a deleted check, and one line that cheats."""
    learners = {what: classroom.learner(COURSE, prefix=what) for what in ("right", "wrong", "warned", "cheat")}
    wrong = 0.0
    for what, learner in learners.items():
        learner.ask("fetch", UNIT)
        notebook = learner.notebook(HOME)
        if what == "cheat":
            notebook.cells.insert(0, new_code_cell(CHEAT))
        elif what == "wrong":
            notebook, scores = wrong_solution(FOLDER, UNIT, "en", {"compare": 2, "short-articles": 0}, notebook)
            wrong = float(sum(scores.values()))
        else:
            notebook = reference_solution(FOLDER, UNIT, "en", notebook)
        if what == "warned":
            notebook.cells.insert(0, new_code_cell(WARNING))
            notebook.cells = [cell for cell in notebook.cells if cell.id != "compare-check"]
        learner.save(HOME, nbformat.from_dict(notebook))
        learner.ask("submit", UNIT)
    teacher = classroom.instructor(COURSE)
    teacher.collect(UNIT)
    most = read_unit(FOLDER / "units" / UNIT).autograded_points
    yield Class(learners, teacher, {"right": most, "wrong": wrong, "warned": most, "cheat": 0})


def test_a_class_is_graded_by_one_command(pupils: Class) -> None:
    found = pupils.graded("--workers", "2")
    assert {line["status"] for line in found.values()} == {"graded"}
    assert {what: line["score"] for what, line in found.items()} == pupils.points
    assert pupils.scores() == pupils.points
    assert found["warned"]["remarks"] == ["The check `compare-check` had been deleted; it was put back."]
    assert all("To be scored by hand: message." in line["needs_person"] for line in found.values() if line["score"])


def test_what_has_not_changed_is_not_graded_again(pupils: Class) -> None:
    pupils.graded()
    assert {line["status"] for line in pupils.graded().values()} == {"unchanged"}


def test_formgrader_and_nbgrader_give_the_same_scores(pupils: Class) -> None:
    pupils.graded()
    before = pupils.teacher.terminal(f"cd /course && sha256sum autograded/*/{UNIT}/*.ipynb")
    for learner in pupils.learners.values():
        pupils.teacher.press(f"submission/{UNIT}/{learner.name}/autograde")
    assert pupils.scores() == pupils.points
    pupils.teacher.terminal(f"nbgrader autograde {UNIT} --force")
    assert pupils.scores() == pupils.points
    after = pupils.teacher.terminal(f"cd /course && sha256sum autograded/*/{UNIT}/*.ipynb")
    pattern = r"[0-9a-f]{64}  autograded\S+"
    assert sorted(re.findall(pattern, after)) == sorted(re.findall(pattern, before)) != []


def test_who_gave_a_score_is_kept(pupils: Class) -> None:
    pupils.graded()
    learner, server = pupils.learners["wrong"], pupils.teacher.server
    notebooks = server.json("GET", f"formgrader/api/submitted_notebooks/{UNIT}/{UNIT}")
    (notebook,) = [one for one in notebooks if one["student"] == learner.name]
    grades = server.json("GET", "formgrader/api/grades", params={"submission_id": notebook["id"]})
    (message,) = [one for one in grades if one["name"] == "message"]
    server.json("PUT", f"formgrader/api/grade/{message['id']}", json={"manual_score": 2, "extra_credit": None})
    pupils.graded("--all")
    listed = pupils.command(f"grades {COURSE} {UNIT} --student {learner.name}")
    found = {one["check"]: one for one in listed}
    assert (found["message"]["by"], found["message"]["score"]) == (pupils.teacher.name, 2)
    assert found["compare-check"]["by"].startswith("Doorstart grading")
