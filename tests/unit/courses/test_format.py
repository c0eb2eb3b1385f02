"""Mistakes of an author are reported with the file, the place and what to do."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from doorstart.courses import CourseError, build_course, read_course, read_unit
from doorstart.courses.format import Competence, read_wrong_answers

from .conftest import WRITTEN_UNIT as UNIT
from .conftest import change

COURSES = Path(__file__).parents[3] / "courses"


@pytest.fixture
def course(written: Path) -> Path:
    """A course whose unit also has a file made from the law, and a cell that all units share."""
    for folder in ("law", "firm", "shared"):
        shutil.copytree(COURSES / folder, written.parent / folder)
    folder = written / "units" / UNIT
    with (folder / "unit.toml").open("a") as file:
        file.write('\n[[data]]\nfile = "vat-rates.csv"\nsource = "law"\ntable = "vat"\n')
    for language in read_course(written).languages:
        include = '<!-- #region include="money" -->\n<!-- #endregion -->\n\n\n<!-- #region glossary'
        change(folder / f"unit.{language}.md", "<!-- #region glossary", include)
    return written


def check(course: Path) -> None:
    build_course(course, "en", course.parent.parent / "built")
    folder = course / "units" / UNIT
    read_wrong_answers(folder, read_unit(folder))


def test_shipped_course_is_right(course: Path) -> None:
    check(course)


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("course.toml", 'id = "orders"', 'id = "coding"', "course.toml, field id: the id is 'coding'"),
        ("course.toml", "qualifications = []", 'qualifications = ["BK-1"]', "course.toml, field qualifications.0"),
        ("course.toml", 'languages = ["en", "nl"]', "languages = []", "course.toml, field languages"),
        ("course.toml", 'licence = "BSD-3-Clause"', "", "course.toml, field licence: Field required"),
        ("course.toml", '["01-orders"]', '["01-next"]', "field units: there is no folder units/01-next"),
        (
            "course.toml",
            "qualifications = []",
            'qualifications = ["BK-0285"]',
            "field competences.01-orders: name what each unit practises of the qualifications",
        ),
        ("course.toml", "[title]", "[title", "course.toml: this is not valid TOML"),
        ("unit.toml", "minutes = 45", "minutes = 90", "unit.toml, field minutes: .* less than or equal to 45"),
        ("unit.toml", "minutes = 45", "minutes = 45\nhours = 1", "unit.toml, field hours: Extra inputs"),
        ("unit.toml", 'kind = "transfer"', 'kind = "write"', "the ladder lacks a task of kind transfer"),
        ("unit.toml", 'id = "with-shipping"', 'id = "line-total"', "two tasks have the same id"),
        ("unit.toml", "points = 2", "points = 4", 'line .*: task line-total: its text must say "\\(4 points\\)"'),
        ("unit.toml", 'table = "vat"', 'table = "tax"', "law/tax.toml: the file is missing"),
        ("unit.en.md", '"grade_id": "with-shipping", ', "", "the grade_id '' must be letters"),
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
        (lambda text: text.replace("\ncheck(line_total", "\nprint(line_total"), "it has no visible check"),
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
    file = course / "course.toml"
    change(file, "qualifications = []", 'qualifications = ["BK-0285"]')
    with file.open("a") as more:
        more.write(f'[competences]\n{UNIT} = [{{ qualification = "BK-0001", text = {{ en = "counts" }} }}]\n')
    with pytest.raises(CourseError, match=r"competences\.01-orders\.0: BK-0001 is not one of the course's"):
        read_course(course)
    change(file, "BK-0001", "BK-0285")
    with pytest.raises(CourseError, match=r"competences\.01-orders\.0: it lacks the language nl"):
        read_course(course)
    change(file, 'en = "counts"', 'en = "counts", nl = "telt"')
    assert read_course(course).competences == {
        UNIT: [Competence(qualification="BK-0285", text={"en": "counts", "nl": "telt"})]
    }


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
