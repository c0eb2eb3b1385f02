"""Grades out of a real gradebook, and the files that spreadsheets open."""

from __future__ import annotations

import csv
import io
import os
import shutil
import sys
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from nbgrader.api import Gradebook

from doorstart_course_page import language
from doorstart_course_page.grades_columns import each_mark, overview
from doorstart_course_page.grades_csv import as_csv
from doorstart_course_page.grades_table import Grades, Mark, read_grades
from doorstart_course_page.grades_text import no_formula
from doorstart_course_page.grades_xlsx import as_xlsx

NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
DUE = datetime(2026, 3, 10, 12, 0)  # noqa: DTZ001  # as the gradebook keeps it: UTC, without saying so
BRUSSELS = ZoneInfo("Europe/Brussels")
NAMES = {"ann": "Ann", "bob": '=cmd|" /C calc"!A0', "eve": "Ève; \n<b>\u202eEve</b>", "zed": "Zed"}
SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two units of which one is due; Ann was late, Bob in time, and Eve handed nothing in."""
    path = tmp_path_factory.mktemp("grades") / "gradebook.db"
    with pytest.MonkeyPatch.context() as patch:
        # nbgrader calls the command alembic.
        patch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
        with Gradebook(f"sqlite:///{path}") as book:
            for unit, due in (("01-first", DUE), ("02-second", None)):
                book.add_assignment(unit, duedate=due)
                book.add_notebook("work", unit)
                for cell, points in (("a-check", 3), ("b-check", 5)):
                    book.add_grade_cell(cell, "work", unit, max_score=points, cell_type="code")
            for learner in ("ann", "bob", "eve"):
                book.add_student(learner)
            _graded(book, "ann", "01-first", (2.5, 5.0), DUE + timedelta(days=1, hours=1), taken_off=1.5)
            _graded(book, "bob", "01-first", (3.0, 0.0), DUE - timedelta(hours=1))
            _graded(book, "bob", "02-second", (3.0, 4.0), DUE, by_hand=True)
            book.db.connection().connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture
def gradebook(filled: Path, tmp_path: Path) -> Iterator[Gradebook]:
    """A copy of it for one test."""
    shutil.copy(filled, tmp_path / "gradebook.db")
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}") as book:
        yield book


def _graded(book, learner, unit, points, at, taken_off=0.0, by_hand=False):
    submission = book.add_submission(unit, learner, timestamp=at)
    submission.notebooks[0].late_submission_penalty = taken_off
    for grade in submission.notebooks[0].grades:
        grade.auto_score = points[0] if grade.name == "a-check" else points[1]
        grade.needs_manual_grade = by_hand and grade.name == "b-check"
    book.db.commit()


def marks(grades: Grades) -> dict[str, list[Mark]]:
    return {row.learner: list(row.marks) for row in grades.rows}


def test_points_are_those_after_what_lateness_cost(gradebook):
    grades = read_grades(gradebook, NAMES, {"01-first": ["ann", "bob"]}, NOW)
    ann = marks(grades)["ann"][0]
    assert (ann.state, ann.points, ann.taken_off, ann.days_late) == ("graded", 6.0, 1.5, 2)
    row = grades.rows[1]
    assert (row.learner, row.points, row.maximum, row.average) == ("ann", 6.0, 8.0, 0.75)


def test_what_is_not_handed_in_counts_only_when_its_time_is_over(gradebook):
    grades = read_grades(gradebook, NAMES, {}, NOW)
    assert [mark.state for mark in marks(grades)["eve"]] == ["missing", "open"]
    eve = next(row for row in grades.rows if row.learner == "eve")
    assert (eve.points, eve.maximum, eve.share) == (0.0, 8.0, 0.0)
    early = read_grades(gradebook, NAMES, {}, NOW - timedelta(days=30))
    assert marks(early)["eve"][0].state == "open"


def test_an_extension_is_time_and_no_submission(gradebook):
    gradebook.add_submission("01-first", "eve", extension=timedelta(days=30))
    gradebook.add_submission("02-second", "eve", extension=timedelta(days=30))
    gradebook.db.commit()
    assert [mark.state for mark in marks(read_grades(gradebook, NAMES, {}, NOW))["eve"]] == ["open", "open"]
    later = read_grades(gradebook, NAMES, {}, NOW + timedelta(days=30))
    assert [mark.state for mark in marks(later)["eve"]] == ["missing", "open"]


def test_what_waits_for_a_person_or_a_grade_does_not_count(gradebook):
    grades = read_grades(gradebook, NAMES, {"02-second": ["zed"]}, NOW)
    assert marks(grades)["bob"][1].state == "to check"
    assert marks(grades)["zed"][1].state == "waiting"
    bob = next(row for row in grades.rows if row.learner == "bob")
    assert (bob.points, bob.maximum) == (3.0, 8.0)


@pytest.mark.parametrize(
    "text", ["=1+1", " =1", "+1", "-1", "@SUM(A1)", "|x", "\t=1", "\r\n=1", "\uff1d1", "\x00=1", "%0a"]
)
def test_a_text_that_begins_as_a_formula_is_text(text):
    assert no_formula(text).startswith("'")


def test_ordinary_names_stay_as_they_are():
    for name in ("Ève", "O'Brien-Van Damme", "李雷", "x=1"):
        assert no_formula(name) == name


@pytest.mark.parametrize(
    ("code", "separator", "points", "share"),
    [("nl", ";", "5,5", "37,5%"), ("fr", ";", "5,5", "37,5%"), ("en", ",", "5.5", "37.5%")],
)
def test_csv_is_in_the_form_of_the_country(gradebook, code, separator, points, share):
    gradebook.find_submission("01-first", "ann").notebooks[0].late_submission_penalty = 2.0
    gradebook.db.commit()
    grades = read_grades(gradebook, NAMES, {}, NOW)
    content = as_csv(overview(grades, language.of(code)), code, BRUSSELS)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=separator))
    assert len({len(row) for row in rows}) == 1
    ann = next(row for row in rows if row[0] == "ann")
    assert ann[1:4] == ["Ann", points, ""] and ann[-1] == "2"
    bob = next(row for row in rows if row[0] == "bob")
    assert bob[1] == "'" + NAMES["bob"]
    assert next(row for row in rows if row[0] == "eve")[1] == "Ève;  <b> Eve</b>"
    assert share in bob


def cells(page: ElementTree.Element) -> dict[str, ElementTree.Element]:
    return {cell.attrib["r"]: cell for cell in page.iter(f"{SPACE}c")}


def test_a_workbook_has_numbers_and_times_and_nothing_that_acts(gradebook):
    grades = read_grades(gradebook, NAMES, {}, NOW)
    words = language.of("en")
    sheets = [overview(grades, words), each_mark(grades, words)]
    content = as_xlsx(sheets, BRUSSELS, grades.newest)
    assert content == as_xlsx(sheets, BRUSSELS, grades.newest), "the same grades, the same bytes"
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        names = file.namelist()
        texts = {name: file.read(name).decode() for name in names}
    assert not [
        name for name in names if "vba" in name.lower() or "link" in name.lower() or "connection" in name.lower()
    ]
    assert not [name for name, text in texts.items() if "TargetMode" in text or "<f>" in text or "hyperlink" in text]
    strings = [
        "".join(part.text or "" for part in one.iter(f"{SPACE}t"))
        for one in ElementTree.fromstring(texts["xl/sharedStrings.xml"])  # noqa: S314  # our own file
    ]
    assert "'" + NAMES["bob"] in strings and NAMES["bob"] not in strings
    wide = ElementTree.fromstring(texts["xl/worksheets/sheet1.xml"])  # noqa: S314
    # The maximum, then by name: the apostrophe of Bob's name is before A.
    assert [strings[int(cells(wide)[f"A{row}"].find(f"{SPACE}v").text)] for row in (3, 4)] == ["bob", "ann"]
    assert "t" not in cells(wide)["C4"].attrib and cells(wide)["C4"].find(f"{SPACE}v").text == "6"
    pane = wide.find(f".//{SPACE}pane").attrib
    assert pane["state"] == "frozen" and pane["topLeftCell"] == "C2"
    long = ElementTree.fromstring(texts["xl/worksheets/sheet2.xml"])  # noqa: S314
    when = float(cells(long)["E4"].find(f"{SPACE}v").text)
    at = datetime(1899, 12, 30, tzinfo=BRUSSELS) + timedelta(days=when)
    assert at.replace(tzinfo=None, microsecond=0) == datetime(2026, 3, 11, 14, 0)  # noqa: DTZ001  # by the site's clock


def test_a_file_says_nothing_of_site_or_machine(gradebook):
    grades = read_grades(gradebook, NAMES, {}, NOW)
    with zipfile.ZipFile(io.BytesIO(as_xlsx([overview(grades, language.of("nl"))], BRUSSELS))) as file:
        about = file.read("docProps/core.xml").decode() + file.read("docProps/app.xml").decode()
        assert {info.date_time[0] for info in file.infolist()} == {1980}
    assert "<dc:creator></dc:creator>" in about and "<Company></Company>" in about


def test_hundreds_of_grades_take_no_time(gradebook):
    names = {f"learner{n}": f"Learner {n}" for n in range(400)}
    grades = read_grades(gradebook, names, {}, NOW)
    assert len(grades.rows) == 403
    assert len(as_csv(overview(grades, language.of("fr")), "fr", BRUSSELS).splitlines()) == 405
