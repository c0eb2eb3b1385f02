"""The shipped courses, and nbgrader's real pipeline to grade solved notebooks with, in one process."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import NbGrader, NbGraderAPI
from traitlets.config import Config

from doorstart.courses import build_course, read_course
from doorstart.courses.new import new_unit

COURSES = Path(__file__).parents[3] / "courses"
WRITTEN_UNIT = "01-orders"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test with the arguments ``course``, ``unit`` and ``language`` runs for each unit of each shipped course.

    One that needs nbgrader runs for the first unit of each course: of all units, ``course check`` grades more, faster.
    """
    if {"course", "unit", "language"} <= set(metafunc.fixturenames):
        most = 1 if "course_folder" in metafunc.fixturenames else None
        found = [
            pytest.param(file.parent, unit, language, id=f"{file.parent.name}.{language}/{unit}")
            for file in sorted(COURSES.glob("*/course.toml"))
            for language in read_course(file.parent).languages[:most]
            for unit in read_course(file.parent).units[:most]
        ]
        metafunc.parametrize(("course", "unit", "language"), found)


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A course as ``doorstart course new`` makes it, in English and Dutch, with one unit: :data:`WRITTEN_UNIT`."""
    course = tmp_path / "courses" / "orders"
    new_unit(course, WRITTEN_UNIT, ["en", "nl"])
    return course


def change(file: Path, old: str, new: str) -> None:
    """Replace a text where it first stands in a file."""
    text = file.read_text(encoding="utf-8")
    assert old in text, f"the test is out of date: {file.name} has no {old!r}"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


@dataclass
class CourseFolder:
    """nbgrader's course folder of one course, with one of its units generated."""

    root: Path
    unit: str
    api: NbGraderAPI

    @property
    def learner_notebook(self) -> nbformat.NotebookNode:
        """What a learner fetches."""
        return nbformat.read(self.root / "release" / self.unit / f"{self.unit}.ipynb", as_version=4)

    def submit(self, learner: str, notebook: nbformat.NotebookNode) -> None:
        """Put a notebook where ``nbgrader collect`` would."""
        folder = self.root / "submitted" / learner / self.unit
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / f"{self.unit}.ipynb")

    def autograde(self) -> None:
        """Grade all that was submitted, each in a kernel of its own."""
        result = self.api.autograde(self.unit, "*")
        assert result["success"], result.get("log", "") + result.get("error", "")

    def scores(self, learner: str) -> dict[str, float | None]:
        """The automatic score of each graded cell by its grade_id; None where a person must grade."""
        with Gradebook(f"sqlite:///{self.root}/gradebook.db") as gradebook:
            grades = gradebook.find_submission_notebook(self.unit, self.unit, learner).grades
            return {grade.name: grade.auto_score for grade in grades}

    def task_scores(self, learner: str, tasks: list[str]) -> dict[str, float]:
        """The automatic points of each of these tasks, from those of its checks."""
        scores = self.scores(learner)
        return {task: sum(v or 0 for name, v in scores.items() if name.startswith(f"{task}-check")) for task in tasks}

    def errors(self, learner: str) -> dict[str, str]:
        """What each cell that failed says on its last line, by grade_id or cell id, in the notebook's order."""
        path = self.root / "autograded" / learner / self.unit / f"{self.unit}.ipynb"
        return {
            cell.metadata.get("nbgrader", {}).get("grade_id", cell.id): output.evalue
            for cell in nbformat.read(path, as_version=4).cells
            if cell.cell_type == "code"
            for output in cell.outputs
            if output.output_type == "error"
        }


@pytest.fixture(scope="session")
def _generated() -> dict[tuple[Path, str, str], CourseFolder]:
    return {}


@pytest.fixture
def course_folder(
    course: Path,
    unit: str,
    language: str,
    tmp_path_factory: pytest.TempPathFactory,
    _generated: dict[tuple[Path, str, str], CourseFolder],
) -> CourseFolder:
    """The unit built, and generated as ``nbgrader generate_assignment UNIT --create --force`` does; made once."""
    key = (course, unit, language)
    if key not in _generated:
        _generated[key] = _generate(course, unit, language, tmp_path_factory.mktemp("course"))
    return _generated[key]


def _generate(course: Path, unit: str, language: str, root: Path) -> CourseFolder:
    build_course(course, language, root)
    with pytest.MonkeyPatch.context() as patch:
        # nbgrader calls the command alembic, and looks for its configuration where it is started.
        patch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
        patch.chdir(root)
        app = NbGrader()
        app.initialize([], root=str(root))
        config = Config(app.config)
        config.CourseDirectory.root = str(root)
        folder = CourseFolder(root, unit, NbGraderAPI(config=config))
        result = folder.api.generate_assignment(unit)
    assert result["success"], result.get("log", "") + result.get("error", "")
    return folder
