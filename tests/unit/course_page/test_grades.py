"""What counts as a grade, and the files that spreadsheets open."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest

from doorstart_course_page import grades_command, language
from doorstart_course_page.facts import Agreed, Facts, Grade, Key
from doorstart_course_page.grades_columns import each_mark, overview
from doorstart_course_page.grades_csv import as_csv
from doorstart_course_page.grades_table import Grades, Row, table_of
from doorstart_course_page.grades_text import no_formula
from doorstart_course_page.grades_xlsx import as_xlsx
from doorstart_exchange_client.client import ExchangeClient
from doorstart_grading.course import CourseError
from doorstart_grading.late import Rule

NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
DUE = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
BRUSSELS = ZoneInfo("Europe/Brussels")
NAMES = {"ann": "Ann", "bob": '=cmd|" /C calc"!A0', "eve": "Ève; \n<b>\u202eEve</b>", "zed": "Zed"}
MAXIMA = {"01-first": 8.0, "02-second": 8.0}
SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
LATE = DUE + timedelta(days=1, hours=1)
FACTS = Facts(
    titles={},
    dues={"01-first": DUE, "02-second": None},
    collected={("01-first", "ann"): LATE},
    grades={
        ("01-first", "ann"): Grade(LATE, 6.0, 8.0, 1.5, False, ""),
        ("01-first", "bob"): Grade(DUE - timedelta(hours=1), 3.0, 8.0, 0.0, False, ""),
        ("02-second", "bob"): Grade(DUE, 7.0, 8.0, 0.0, True, ""),
    },
    agreed={},
    rule=Rule(),
)
"""Two units of which one is due; Ann was late, Bob in time, and Eve and Zed handed nothing in."""


def table(now: datetime = NOW, handed_in: dict[Key, datetime] | None = None, **changes: Any) -> Grades:
    return table_of(replace(FACTS, **changes), handed_in or {}, MAXIMA, NAMES, now)


def row_of(grades: Grades, learner: str) -> Row:
    return next(row for row in grades.rows if row.learner == learner)


def test_points_are_those_after_what_lateness_cost():
    row = row_of(table(), "ann")
    mark = row.marks[0]
    assert (mark.state, mark.points, mark.taken_off, mark.days_late) == ("graded", 6.0, 1.5, 2)
    assert (row.points, row.maximum, row.average) == (6.0, 8.0, 0.75)


def test_what_is_not_handed_in_counts_only_when_its_time_is_over():
    eve = row_of(table(), "eve")
    assert [mark.state for mark in eve.marks] == ["missing", "open"]
    assert (eve.points, eve.maximum, eve.share) == (0.0, 8.0, 0.0)
    early = row_of(table(NOW - timedelta(days=30)), "eve")
    assert (early.marks[0].state, early.share, early.average) == ("open", None, None)


def test_a_date_of_ones_own_is_time():
    agreed = {("01-first", "eve"): Agreed(DUE + timedelta(days=30), False)}
    assert row_of(table(agreed=agreed), "eve").marks[0].state == "open"
    assert row_of(table(NOW + timedelta(days=30), agreed=agreed), "eve").marks[0].state == "missing"
    agreed = {("01-first", "ann"): Agreed(DUE + timedelta(days=2), False)}
    assert row_of(table(agreed=agreed), "ann").marks[0].days_late == 0


def test_what_waits_for_a_person_or_a_grade_does_not_count():
    grades = table(collected={("02-second", "zed"): DUE, ("01-first", "ann"): LATE + timedelta(days=1)})
    assert row_of(grades, "bob").marks[1].state == "to check"
    assert row_of(grades, "zed").marks[1].state == "waiting"
    assert row_of(grades, "ann").marks[0].state == "waiting", "something newer than what was graded"
    assert (row_of(grades, "bob").points, row_of(grades, "bob").maximum) == (3.0, 8.0)


def test_what_the_exchange_has_and_the_course_has_not_is_handed_in():
    early = DUE - timedelta(hours=1)
    grades = table(handed_in={("01-first", "eve"): early, ("01-first", "bob"): early + timedelta(minutes=1)})
    eve = row_of(grades, "eve")
    assert (eve.marks[0].state, eve.marks[0].handed_in, eve.maximum) == ("waiting", early, 0), "nobody collected it yet"
    assert row_of(grades, "bob").marks[0].state == "waiting", "something newer than what was graded"
    same = table(handed_in={("01-first", "ann"): LATE, ("01-first", "bob"): early})
    assert [row_of(same, name).marks[0].state for name in ("ann", "bob")] == ["graded", "graded"]


def test_who_handed_something_in_is_in_the_table_also_without_a_name():
    collected = {("01-first", "tom"): DUE, ("notes", "uma"): None}
    grades = table(collected=collected, handed_in={("02-second", "sam"): DUE})
    assert [row.learner for row in grades.rows if row.learner not in NAMES] == ["sam", "tom"]
    assert row_of(grades, "tom").marks[0].state == row_of(grades, "sam").marks[1].state == "waiting"


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
def test_csv_is_in_the_form_of_the_country(code, separator, points, share):
    half = {**FACTS.grades, ("01-first", "ann"): Grade(LATE, 5.5, 8.0, 2.0, False, "")}
    grades = table(grades=half)
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


def test_a_workbook_has_numbers_and_times_and_nothing_that_acts():
    grades = table()
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


def test_a_file_says_nothing_of_site_or_machine():
    grades = table()
    with zipfile.ZipFile(io.BytesIO(as_xlsx([overview(grades, language.of("nl"))], BRUSSELS))) as file:
        about = file.read("docProps/core.xml").decode() + file.read("docProps/app.xml").decode()
        assert {info.date_time[0] for info in file.infolist()} == {1980}
    assert "<dc:creator></dc:creator>" in about and "<Company></Company>" in about


@pytest.mark.parametrize("code", ["en", "nl"])
def test_without_the_exchange_the_command_refuses_in_words(tmp_path, monkeypatch, code):
    class Away:
        """A book whose exchange is away; what is in it is never read."""

        id, course = "sums.en", type("Here", (), {"require": staticmethod(lambda _: None)})

        def exchange(self, attempts):
            return ExchangeClient(str(tmp_path / "none.sock"), token="", sleep=lambda _: None, attempts=attempts)

    monkeypatch.setattr(grades_command, "Book", Away)
    monkeypatch.setenv("DOORSTART_LANGUAGE", code)
    with pytest.raises(CourseError, match={"en": "does not answer", "nl": "antwoordt niet"}[code]):
        grades_command.export("sums.en", tmp_path / "grades.csv")
    assert not (tmp_path / "grades.csv").exists()


def test_hundreds_of_grades_take_no_time():
    names = {f"learner{n}": f"Learner {n}" for n in range(400)}
    grades = table_of(FACTS, {}, MAXIMA, names, NOW)
    assert len(grades.rows) == 402
    assert len(as_csv(overview(grades, language.of("fr")), "fr", BRUSSELS).splitlines()) == 404
