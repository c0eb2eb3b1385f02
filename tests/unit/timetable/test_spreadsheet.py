"""The file of a timetable: what is a lesson, what a holiday, and what is said of a wrong line."""

from __future__ import annotations

from datetime import date, time

import pytest

from doorstart.timetable.lessons import Holiday, Lesson
from doorstart.timetable.spreadsheet import WEEKDAYS, TimetableFileError, read


def test_lessons_holidays_and_dates_are_read() -> None:
    table = read(
        b"course,day,from,to,who\n"
        b"accounting.nl,Monday,9:00,11:00,\n"
        b"accounting.nl,donderdag,13.30,15u,bea ann\n"
        b"accounting.nl,2026-12-23,10,12,\n"
        b",2026-12-21/2027-01-03,,,\n"
        b"accounting.nl,4/1/2027,,,\n"
        b",1/11/2027 - 7/11/2027,,,\n"
    )
    assert table.lessons == (
        Lesson(course="accounting.nl", weekday=1, begins=time(9), ends=time(11)),
        Lesson(course="accounting.nl", weekday=4, begins=time(13, 30), ends=time(15), who=("ann", "bea")),
        Lesson(course="accounting.nl", on=date(2026, 12, 23), begins=time(10), ends=time(12)),
    )
    assert table.holidays == (
        Holiday(first=date(2026, 12, 21), last=date(2027, 1, 3)),
        Holiday(first=date(2027, 1, 4), last=date(2027, 1, 4), course="accounting.nl"),
        Holiday(first=date(2027, 11, 1), last=date(2027, 11, 7)),
    )


@pytest.mark.parametrize("header", ["cursus;dag;van;tot;wie", "cours;jour;de;à;qui", "Kurs;Wochentag;von;bis;wer"])
def test_the_columns_have_names_in_each_language(header: str) -> None:
    (lesson,) = read(f"{header}\naccounting.nl;1/2/2027;9:00;10:00;\n".encode()).lessons
    assert lesson.on == date(2027, 2, 1)


def test_no_word_means_two_days() -> None:
    words = [word for day in WEEKDAYS for word in day]
    assert len(words) == len(set(words))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Accounting,monday,9:00,10:00,", "not a course id"),
        ("law.nl,monday,9:00,10:00,", "there is no course 'law.nl'"),
        (",monday,9:00,10:00,", "needs a course"),
        ("accounting.nl,someday,9:00,10:00,", "neither a day of the week nor a date"),
        ("accounting.nl,2026-02-30,9:00,10:00,", "neither a day of the week nor a date"),
        ("accounting.nl,monday,9:70,10:00,", "is not a time"),
        ("accounting.nl,monday,9:00,,", "is not a time"),
        ("accounting.nl,monday,10:00,10:00,", "ends after it begins"),
        ("accounting.nl,monday,,,", "needs a date"),
        (",2027-01-03/2026-12-21,,,", "after its last"),
        ("accounting.nl,monday,9:00,10:00,Ann!", "is not a username"),
    ],
)
def test_a_wrong_line_is_told_with_its_number(line: str, reason: str) -> None:
    file = f"course,day,from,to,who\naccounting.nl,monday,9:00,10:00,\n{line}\n"
    with pytest.raises(TimetableFileError) as caught:
        read(file.encode(), {"accounting.nl"})
    (problem,) = caught.value.problems
    assert problem.line == 3
    assert reason in problem.reason


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        ("", "empty"),
        ("course,day,from\n", "no column 'to'"),
        ("course,day,from,to\n", "no lesson"),
        ("PK\3\4", "workbook"),
    ],
)
def test_a_file_without_lessons_is_refused(file: str, reason: str) -> None:
    with pytest.raises(TimetableFileError, match=reason):
        read(file.encode())
