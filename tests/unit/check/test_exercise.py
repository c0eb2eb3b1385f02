"""A unit of a course as the checks use it."""

from __future__ import annotations

from pathlib import Path

from doorstart.check.exercise import Exercise, first_of, most_demanding
from doorstart.courses import read_course, read_unit

COURSES = Path(__file__).parents[3] / "courses"


def test_points_are_those_of_the_course() -> None:
    folder = COURSES / "stock-management"
    exercise = first_of(folder, "en")
    unit = read_unit(folder / "units" / read_course(folder).units[0])
    assert (exercise.points, exercise.autograded_points) == (unit.points, unit.autograded_points)


def test_its_code_has_the_solutions_and_not_the_starters() -> None:
    code = "\n".join(first_of(COURSES / "programming", "en").code())
    assert "____" not in code and "BEGIN SOLUTION" not in code


def test_it_is_laid_out_under_another_name_with_its_files(tmp_path: Path) -> None:
    exercise = first_of(COURSES / "stock-management", "en")
    exercise.lay_out(tmp_path, "renamed")
    top = tmp_path / "source" / "renamed"
    assert {str(path.relative_to(top)) for path in top.rglob("*.*")} == set(exercise.files)
    assert (tmp_path / "nbgrader_config.json").is_file()


def test_the_unit_that_imports_most_is_the_most_demanding() -> None:
    def unit(name: str, source: str) -> Exercise:
        cell = (
            f'{{"cell_type": "code", "source": {source!r}, "metadata": {{}}, "outputs": [], "execution_count": null}}'
        )
        cell = cell.replace("'", '"')
        notebook = f'{{"cells": [{cell}], "metadata": {{}}, "nbformat": 4, "nbformat_minor": 4}}'
        return Exercise("course.en", name, {f"{name}.ipynb": notebook.encode()}, b"")

    units = [unit("01", "x = 1"), unit("02", "import pandas"), unit("03", "from pandas import DataFrame")]
    assert most_demanding(units).unit == "02"
