"""``doorstart course new``: what it makes passes the check, in each choice of languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from doorstart.courses.check import Graders, check_unit
from doorstart.courses.format import CourseError, Language, read_course
from doorstart.courses.new import new_unit


@pytest.fixture(scope="module")
def graders() -> Iterator[Graders]:
    with Graders() as graders:
        yield graders


@pytest.mark.parametrize("languages", [["en", "nl", "fr", "de"], ["nl"], ["de", "fr"]])
def test_a_new_unit_passes_the_check(tmp_path: Path, languages: list[Language], graders: Graders) -> None:
    course = tmp_path / "orders"
    new_unit(course, "01-orders", languages)
    report = check_unit(course, "01-orders", graders)
    assert report.languages == languages
    assert report.findings == []
    assert report.killed == report.mutants > 10


def test_units_are_listed_in_order_and_the_rest_of_the_description_stays(tmp_path: Path) -> None:
    course = tmp_path / "orders"
    new_unit(course, "02-orders")
    file = course / "course.toml"
    file.write_text("# A note of the author.\n" + file.read_text())
    new_unit(course, "01-start", ["fr"])
    assert read_course(course).units == ["01-start", "02-orders"]
    assert read_course(course).languages == ["en"], "a course's languages are its own"
    assert file.read_text().startswith("# A note of the author.\n")


@pytest.mark.parametrize("name", ["orders", "1-orders", "01-or ders", "../01-orders", "01-", ""])
def test_a_name_that_no_unit_can_have(tmp_path: Path, name: str) -> None:
    with pytest.raises(CourseError, match="cannot be a unit's name"):
        new_unit(tmp_path / "orders", name)
    assert not (tmp_path / "orders").exists()


def test_a_unit_that_is_there_is_left_alone(tmp_path: Path) -> None:
    folder = new_unit(tmp_path / "orders", "01-orders")
    (folder / "unit.en.md").write_text("mine")
    with pytest.raises(CourseError, match="the unit is there already"):
        new_unit(tmp_path / "orders", "01-orders")
    assert (folder / "unit.en.md").read_text() == "mine"
