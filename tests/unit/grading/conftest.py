"""A real nbgrader course in a folder of its own, and a sandbox that runs everything in one place and trusts it.

The stand-in for the sandbox is only about the way there and back: it keeps nothing apart. That submissions cannot
cheat the real one is tested elsewhere.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook
from nbgrader.apps import NbGrader, NbGraderAPI
from traitlets.config import Config

from doorstart_grading.course import Course, Failure
from doorstart_grading.gradebook import GradedSubmission

from .stand_in import StandIn

COURSE = "sums.en"
UNIT = "ps1"
HIDDEN = "### BEGIN HIDDEN TESTS\n{}\n### END HIDDEN TESTS"
MAX = {"total-check": 2.0, "twice-check": 3.0, "essay": 4.0, "firm-check": 1.0}
RIGHT = {
    "total": "def total(numbers):\n    return sum(numbers)",
    "twice": "def twice(number):\n    return number * 2",
    "essay": "A sum adds numbers.",
    "firm": "firm = 'Morelan'",
}


def _meta(name: str, *, grade: bool = False, solution: bool = False, points: float | None = None) -> dict[str, Any]:
    locked = not solution
    found = {
        "schema_version": 3,
        "grade_id": name,
        "grade": grade,
        "solution": solution,
        "locked": locked,
        "task": False,
    }
    return {"nbgrader": found | ({} if points is None else {"points": points})}


def _solution(name: str, source: str) -> nbformat.NotebookNode:
    text = f"### BEGIN SOLUTION\n{source}\n### END SOLUTION"
    return new_code_cell(text, id=name, metadata=_meta(name, solution=True))


def _check(name: str, source: str) -> nbformat.NotebookNode:
    return new_code_cell(source, id=name, metadata=_meta(name, grade=True, points=MAX[name]))


def first_source() -> nbformat.NotebookNode:
    """The instructor's version of the notebook ``first``."""
    return new_notebook(
        metadata={"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
        cells=[
            new_markdown_cell("# Sums", id="title"),
            new_code_cell("%matplotlib inline\nimport math\nfrom decimal import Decimal as D", id="imports"),
            new_markdown_cell("Write `total`.", id="total-text", metadata=_meta("total-text")),
            _solution("total", RIGHT["total"]),
            _check(
                "total-check",
                "assert total([1, 2]) == 3, 'add all of them'\n"
                + HIDDEN.format("assert total([]) == 0, 'nothing is 0'"),
            ),
            _solution("twice", RIGHT["twice"]),
            _check("twice-check", "3 if twice(2) == 4 else 1"),
            new_markdown_cell(
                f"### BEGIN SOLUTION\n{RIGHT['essay']}\n### END SOLUTION",
                id="essay",
                metadata=_meta("essay", grade=True, solution=True, points=4),
            ),
        ],
    )


def second_source() -> nbformat.NotebookNode:
    """The instructor's version of the notebook ``second``."""
    cells = [_solution("firm", RIGHT["firm"]), _check("firm-check", "assert firm == 'Morelan'")]
    return new_notebook(metadata={}, cells=cells)


@dataclass
class ClassRoom:
    """A course, its sandbox, and submissions as ``nbgrader collect`` leaves them."""

    root: Path
    sandbox: StandIn
    course: Course = field(init=False)

    def __post_init__(self) -> None:
        self.course = Course()

    def released(self, name: str = "first") -> nbformat.NotebookNode:
        """What learners fetch."""
        return nbformat.read(self.root / "release" / UNIT / f"{name}.ipynb", as_version=4)

    def answered(self, name: str = "first", **answers: str) -> nbformat.NotebookNode:
        """What learners fetch, with right answers but for these."""
        notebook = self.released(name)
        for cell in notebook.cells:
            if cell.id in RIGHT:
                cell.source = (RIGHT | answers)[cell.id]
        return notebook

    def folder(self, student: str) -> Path:
        """Where a submission is."""
        return self.root / "submitted" / student / UNIT

    def submit(
        self, student: str, notebook: nbformat.NotebookNode | bytes | None = None, hour: int = 10, **answers: str
    ) -> Path:
        """Hand in both notebooks, at this hour; the path of the first one."""
        folder = self.folder(student)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "timestamp.txt").write_text(f"2026-03-01 {hour}:00:00 UTC")
        shutil.copytree(self.root / "release" / UNIT / "data", folder / "data", dirs_exist_ok=True)
        first = self.answered(**answers) if notebook is None else notebook
        content = first if isinstance(first, bytes) else nbformat.writes(first).encode()
        (folder / "first.ipynb").write_bytes(content)
        (folder / "second.ipynb").write_text(nbformat.writes(self.answered("second", **answers)))
        return folder / "first.ipynb"

    def grade(self, student: str) -> Failure | None:
        """Grade one submission, in this process."""
        return self.course.grade(UNIT, student)

    def scores(self, student: str) -> dict[str, float | None]:
        """Automatic scores by check."""
        with self.course.gradebook() as gradebook:
            submission = gradebook.find_submission(UNIT, student)
            return {grade.name: grade.auto_score for notebook in submission.notebooks for grade in notebook.grades}

    def has_grade(self, student: str) -> bool:
        """Whether grading came to its end, so that the scores are shown and may be returned."""
        with self.course.gradebook() as gradebook:
            return gradebook.db.get(GradedSubmission, (student, UNIT)) is not None

    def give(self, student: str, check: str, points: float) -> None:
        """Give points for a check of the first notebook, as formgrader does."""
        with self.course.gradebook() as gradebook:
            grade = gradebook.find_grade(check, "first", UNIT, student)
            grade.manual_score, grade.needs_manual_grade = points, False
            gradebook.db.commit()

    def waiting(self, student: str) -> set[str]:
        """Which checks wait for a person's points."""
        with self.course.gradebook() as gradebook:
            notebooks = gradebook.find_submission(UNIT, student).notebooks
            return {grade.name for notebook in notebooks for grade in notebook.grades if grade.needs_manual_grade}

    def remarks(self, student: str) -> list[str]:
        """What the instructor's report says."""
        with self.course.gradebook() as gradebook:
            return [one["text"] for one in json.loads(gradebook.db.get(GradedSubmission, (student, UNIT)).remarks)]

    def autograded(self, student: str, name: str = "first") -> nbformat.NotebookNode:
        """What grading made of a notebook."""
        notebook = nbformat.read(self.root / "autograded" / student / UNIT / f"{name}.ipynb", as_version=4)
        nbformat.validate(notebook)
        return notebook

    def api(self) -> NbGraderAPI:
        """What formgrader's buttons call."""
        return NbGraderAPI(coursedir=self.course.coursedir, parent=self.course.app)


@pytest.fixture(scope="session")
def _generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("generated")
    (root / "source" / UNIT / "data").mkdir(parents=True)
    (root / "source" / UNIT / "data" / "slips.csv").write_text("a;b\n1;2\n")
    nbformat.write(first_source(), root / "source" / UNIT / "first.ipynb")
    nbformat.write(second_source(), root / "source" / UNIT / "second.ipynb")
    with pytest.MonkeyPatch.context() as patch:
        # nbgrader calls the command alembic, and looks for its configuration where it is started.
        patch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
        patch.chdir(root)
        app = NbGrader()
        app.initialize([], root=str(root))
        config = Config(app.config)
        config.CourseDirectory.root = str(root)
        config.CourseDirectory.course_id = COURSE
        result = NbGraderAPI(config=config).generate_assignment(UNIT)
    assert result["success"], result.get("log", "") + result.get("error", "")
    return root


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[StandIn]:
    """The stand-in for the sandbox, behind a Unix socket."""
    with StandIn(tmp_path / "sandbox.sock") as running:
        yield running


@pytest.fixture
def room(_generated: Path, sandbox: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ClassRoom:
    """A course with one assignment of two notebooks, of which nothing has been handed in yet."""
    root = tmp_path / "course"
    shutil.copytree(_generated, root)
    (root / "nbgrader_config.py").write_text(
        "from doorstart_grading.config import configure\n"
        f"c = get_config()\nc.CourseDirectory.root = {str(root)!r}\nc.CourseDirectory.course_id = {COURSE!r}\n"
        f"configure(c, {str(sandbox.path)!r})\n"
    )
    monkeypatch.chdir(root)
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "nothing"))
    monkeypatch.setenv("JUPYTERHUB_USER", "teacher")
    NbGrader.clear_instance()
    room = ClassRoom(root, sandbox)
    with Gradebook(room.course.coursedir.db_url):
        pass
    return room
