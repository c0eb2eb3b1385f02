"""What the reference solutions of a unit define, to compare with textbooks, well-kept libraries and a real system."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib
import pytest

from doorstart.courses.build import source_notebook
from doorstart.courses.cells import is_solution
from doorstart.courses.data import data_files
from doorstart.courses.reference import fill_in, reference_answers

COURSES = Path(__file__).parents[4] / "courses"
Names = Callable[[str, str], dict[str, Any]]


@pytest.fixture(scope="session")
def names(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Names]:
    """Runs a unit with its reference solutions, without its checks; the names that are then defined.

    ``names("stock-management", "06-order-quantity")["order_quantity"]`` is the reference solution of that task.
    """
    matplotlib.use("Agg")

    @cache
    def run(course: str, unit: str) -> dict[str, Any]:
        folder = COURSES / course / "units" / unit
        notebook = fill_in(source_notebook(folder, "en"), reference_answers(COURSES / course, unit, "en"))
        work = tmp_path_factory.mktemp(unit)
        (work / "data").mkdir()
        for name, content in data_files(folder, "en").items():
            (work / "data" / name).write_bytes(content)
        found: dict[str, Any] = {"__name__": "__main__"}
        with contextlib.chdir(work), contextlib.redirect_stdout(io.StringIO()):
            for cell in notebook.cells:
                is_check = cell.metadata.get("nbgrader", {}).get("grade") and not is_solution(cell)
                if cell.cell_type == "code" and not is_check:
                    exec(compile(cell.source, f"<{unit}>", "exec"), found)  # noqa: S102 (an author's own code)
        return found

    yield run
