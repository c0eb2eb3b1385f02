"""``doorstart course check``, with the real examiner: a right course is right, and each kind of mistake is found."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from doorstart.courses.check import Finding, check_unit
from doorstart_examiner.local import Nursery

COURSES = Path(__file__).parents[3] / "courses"
UNIT = "01-first-steps"


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with Nursery() as nursery:
        yield nursery


def found(nursery: Nursery, course: Path) -> list[Finding]:
    return list(check_unit(course, UNIT, "en", nursery.grade))


def changed(tmp_path: Path, file: str, before: str, after: str) -> Path:
    """A copy of the course Programming with one change."""
    for folder in ("programming", "shared", "firm", "law"):
        shutil.copytree(COURSES / folder, tmp_path / folder)
    path = tmp_path / "programming" / "units" / UNIT / file
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    return tmp_path / "programming"


def test_a_right_course_is_right(nursery: Nursery) -> None:
    assert found(nursery, COURSES / "programming") == []


def test_a_wrong_answer_that_gets_other_points_than_its_author_says(nursery: Nursery, tmp_path: Path) -> None:
    course = changed(tmp_path, "wrong-answers.toml", "score = 0", "score = 1")
    (finding,) = found(nursery, course)
    assert (finding.kind, finding.cell) == ("error", "line-total") and "gets 0 points, not 1" in finding.text


def test_a_reference_solution_that_fails(nursery: Nursery, tmp_path: Path) -> None:
    course = changed(tmp_path, "unit.en.md", "    to_pay = goods - discount\n    return to_pay", "    return goods")
    findings = found(nursery, course)
    assert any("the reference solution fails" in one.text and one.cell == "line-total-check" for one in findings)
    assert any("in the learner's own notebook" in one.text for one in findings)
