"""Mistakes of an author are reported with the file, the place and what to do."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from doorstart.courses import CourseError, build_course, read_course, read_unit
from doorstart.courses.format import read_wrong_answers

COURSES = Path(__file__).parents[3] / "courses"
UNIT = "01-first-steps"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A copy of a shipped course, with what it needs beside it."""
    shutil.copytree(COURSES, tmp_path / "courses")
    return tmp_path / "courses" / "programming"


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text, f"the test is out of date: {file.name} has no {old!r}"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def check(course: Path) -> None:
    build_course(course, "en", course.parent.parent / "built")
    folder = course / "units" / UNIT
    read_wrong_answers(folder, read_unit(folder))


def test_shipped_course_is_right(course: Path) -> None:
    check(course)


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("course.toml", 'id = "programming"', 'id = "coding"', "course.toml, field id: the id is 'coding'"),
        ("course.toml", "qualifications = []", 'qualifications = ["BK-1"]', "course.toml, field qualifications.0"),
        ("course.toml", 'languages = ["en", "nl", "fr"]', "languages = []", "course.toml, field languages"),
        ("course.toml", 'licence = "BSD-3-Clause"', "", "course.toml, field licence: Field required"),
        ("course.toml", '"01-first-steps"', '"01-next"', "field units: there is no folder units/01-next"),
        (
            "course.toml",
            "qualifications = []",
            'qualifications = ["BK-0285"]',
            "field competences.01-first-steps: name what each unit practises of the qualifications",
        ),
        ("course.toml", "[title]", "[title", "course.toml: this is not valid TOML"),
        ("unit.toml", "minutes = 45", "minutes = 90", "unit.toml, field minutes: .* less than or equal to 45"),
        ("unit.toml", "minutes = 45", "minutes = 45\nhours = 1", "unit.toml, field hours: Extra inputs"),
        ("unit.toml", 'kind = "transfer"', 'kind = "write"', "the ladder lacks a task of kind transfer"),
        ("unit.toml", 'id = "vat-inside"', 'id = "line-total"', "two tasks have the same id"),
        ("unit.toml", "points = 2", "points = 4", 'line .*: task line-total: its text must say "\\(4 points\\)"'),
        ("unit.toml", 'table = "vat"', 'table = "tax"', "law/tax.toml: the file is missing"),
        ("unit.en.md", '"grade_id": "vat-inside", ', "", "the grade_id '' must be letters"),
        ("unit.en.md", '"points": 1', '"points": 2', "line .*: task line-total: its checks give 3 points"),
        ("unit.en.md", '"line-total-check"', '"line-total-check-more"', "line .*: the grade_id .* is used twice"),
        ("unit.en.md", "### BEGIN SOLUTION", "### BEGIN", "line .*: task line-total: its solution cell has no lines"),
        ("unit.en.md", "goods = pieces * price", "goods = pieces *", "line .*: .* not valid Python"),
        ("unit.en.md", '"line-total", "solution": true', '"line-total", "solutoin": true', "has no key 'solutoin'"),
        ("unit.en.md", 'include="money"', 'include="cash"', "shared/cash.en.md: the file is missing"),
        (
            "unit.en.md",
            'nbgrader={"grade_id": "line-total"',
            'nbgrader={"grade_id" "x"',
            "line .*: this is not key=JSON",
        ),
        ("wrong-answers.toml", "[[line-total]]", "[[line-totals]]", "field line-totals: unit.toml has no such task"),
        (
            "wrong-answers.toml",
            "score = 1",
            "score = 2",
            "field line-total.2.score: a wrong answer must get less than 2",
        ),
        ("wrong-answers.toml", "score = 0", "", "wrong-answers.toml, field line-total.0.score: Field required"),
    ],
)
def test_a_mistake_is_reported_with_its_place(course: Path, file: str, old: str, new: str, expected: str) -> None:
    change((course if file == "course.toml" else course / "units" / UNIT) / file, old, new)
    with pytest.raises(CourseError, match=expected):
        check(course)


def _remove(pattern: str) -> Callable[[str], str]:
    return lambda text: text.replace(pattern, "")


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (_remove("### BEGIN HIDDEN TESTS\n"), "it has no hidden check"),
        (lambda text: text.replace("assert got", "got"), "it has no visible check|not valid Python"),
        (
            lambda text: text.replace('"grade_id": "line-total-text", "locked": true', ""),
            "is not key=JSON|must be letters",
        ),
    ],
)
def test_a_task_without_its_parts_is_reported(course: Path, edit: Callable[[str], str], expected: str) -> None:
    file = course / "units" / UNIT / "unit.en.md"
    file.write_text(edit(file.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(CourseError, match=expected):
        check(course)


def test_a_competence_of_another_qualification_or_in_too_few_languages(course: Path) -> None:
    accounting = course.parent / "accounting"
    change(accounting / "course.toml", '= [\n  { qualification = "BK-0285"', '= [\n  { qualification = "BK-0001"')
    with pytest.raises(CourseError, match=r"competences\.\S+\.0: BK-0001 is not one of the course's qualifications"):
        read_course(accounting)
    change(accounting / "course.toml", "BK-0001", "BK-0285")
    change(accounting / "course.toml", "text = { en = ", "text = { de = ")
    with pytest.raises(CourseError, match=r"competences\.\S+\.0: it lacks the language en"):
        read_course(accounting)


def test_nothing_is_written_when_something_is_wrong(course: Path, tmp_path: Path) -> None:
    change(course / "units" / UNIT / "unit.en.md", "### BEGIN SOLUTION", "")
    with pytest.raises(CourseError):
        build_course(course, "en", tmp_path / "built")
    assert not (tmp_path / "built").exists()


def test_a_course_can_be_built_from_inside_its_folder(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(course)
    assert build_course(Path(), "en", course.parent.parent / "built") == [UNIT]


def test_a_language_that_is_not_offered(course: Path, tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="there is no 'fr', only en"):
        build_course(course, "fr", tmp_path / "built")


def test_generated_and_given_file_of_one_name(course: Path) -> None:
    folder = course / "units" / UNIT / "data"
    folder.mkdir()
    (folder / "vat-rates.csv").write_text("mine")
    with pytest.raises(CourseError, match=r"data/ has a file vat-rates\.csv already"):
        check(course)


def test_missing_course(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"course.toml: the file is missing"):
        read_course(tmp_path)
