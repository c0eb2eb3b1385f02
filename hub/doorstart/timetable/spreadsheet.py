"""Reads a timetable from a table of a spreadsheet program. Described for its writers in ``docs/timetable.md``."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from datetime import date, time

from pydantic import ValidationError

from doorstart import names
from doorstart.people import spreadsheet
from doorstart.people.roster import Problem
from doorstart.timetable.lessons import Holiday, Lesson, Timetable

COLUMNS: dict[str, tuple[str, ...]] = {
    "course": ("course", "cursus", "vak", "cours", "kurs"),
    "day": ("day", "weekday", "date", "dag", "weekdag", "datum", "jour", "tag", "wochentag"),
    "from": ("from", "begin", "start", "van", "de", "debut", "von", "beginn"),
    "to": ("to", "until", "end", "tot", "einde", "a", "fin", "bis", "ende"),
    "who": ("who", "wie", "qui", "wer"),
}
"""For each column the header words that mean it."""
WEEKDAYS = (
    ("monday", "mon", "maandag", "ma", "lundi", "lun", "montag"),
    ("tuesday", "tue", "dinsdag", "di", "mardi", "mar", "dienstag"),
    ("wednesday", "wed", "woensdag", "wo", "mercredi", "mer", "mittwoch", "mi"),
    ("thursday", "thu", "donderdag", "do", "jeudi", "jeu", "donnerstag"),
    ("friday", "fri", "vrijdag", "vr", "vendredi", "ven", "freitag", "fr"),
    ("saturday", "sat", "zaterdag", "za", "samedi", "sam", "samstag", "sa"),
    ("sunday", "sun", "zondag", "zo", "dimanche", "dim", "sonntag", "so"),
)
"""Monday first. No short word means two days: German ``di`` and ``do`` are the Dutch ones' days."""
_CLOCK = re.compile(r"([01]?\d|2[0-3])(?:[:.hu]([0-5]\d)?)?\Z")
_RANGE = re.compile(r"\s+-\s+|(?<=\d{4}-\d\d-\d\d)/")
"""Between two dates: ISO 8601's slash, or a dash with spaces."""


class TimetableFileError(ValueError):
    """The file cannot be used. ``problems`` has every wrong line, in the order of the file."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def read(data: bytes, known_courses: Collection[str] | None = None) -> Timetable:
    """The timetable in a file.

    Args:
        data: The file's bytes.
        known_courses: The site's course ids; without it only the form of course ids is checked.

    Raises:
        TimetableFileError: something is wrong, with every wrong line; then nothing of the file may be used.
    """
    lessons: list[Lesson] = []
    holidays: list[Holiday] = []
    problems: list[Problem] = []
    try:
        lines = spreadsheet.read(data)
        header = next(lines, None)
        where = _columns(header)
        for line in lines:
            fields = {name: line.fields[at] if at < len(line.fields) else "" for name, at in where.items()}
            try:
                one = _row(fields, known_courses)
            except ValueError as error:
                problems.append(Problem(line.number, _said(error)))
                continue
            if isinstance(one, Lesson):
                lessons.append(one)
            else:
                holidays.append(one)
    except spreadsheet.SpreadsheetError as error:
        problems.append(Problem(error.line, error.reason))
    if not lessons and not problems:
        problems.append(Problem(0, "There is no lesson in the file."))
    if problems:
        raise TimetableFileError(problems)
    return Timetable(lessons=tuple(lessons), holidays=tuple(holidays))


def _columns(header: spreadsheet.Line | None) -> dict[str, int]:
    needed = "course, day, from, to, and perhaps who"
    if header is None:
        raise TimetableFileError([Problem(0, f"The file is empty. It needs the columns {needed}.")])
    found: dict[str, int] = {}
    for at, field in enumerate(header.fields):
        for name, words in COLUMNS.items():
            if _plain(field) in words:
                found.setdefault(name, at)
    if missing := [name for name in ("course", "day", "from", "to") if name not in found]:
        reason = f"The first line has no column {' and no column '.join(map(repr, missing))}. It needs: {needed}."
        raise TimetableFileError([Problem(header.number, reason)])
    return found


def _row(fields: dict[str, str], known_courses: Collection[str] | None) -> Lesson | Holiday:
    """A line: a lesson, or, without times, days without lessons.

    Raises:
        ValueError: it is neither; the message says why.
    """
    course, day = fields["course"], fields["day"]
    if course and not names.COURSE_ID.match(course):
        raise ValueError(f"{course!r} is not a course id, such as accounting.nl")
    if course and known_courses is not None and course not in known_courses:
        raise ValueError(f"there is no course {course!r} on this site; there is {', '.join(sorted(known_courses))}")
    weekday = next((number for number, words in enumerate(WEEKDAYS, 1) if _plain(day) in words), None)
    if not fields["from"] and not fields["to"]:
        if weekday:
            raise ValueError("a line without times is a holiday and needs a date, such as 2026-12-21/2027-01-03")
        days = [_date(one) for one in _RANGE.split(day, maxsplit=1)]
        return Holiday(first=days[0], last=days[-1], course=course)
    if not course:
        raise ValueError("a lesson needs a course")
    who = tuple(sorted(filter(None, re.split(r"[\s,;]+", fields.get("who", "")))))
    if wrong := [name for name in who if not names.USERNAME.match(name)]:
        raise ValueError(f"{wrong[0]!r} is not a username; usernames in the last column are apart by spaces")
    return Lesson(
        course=course,
        weekday=weekday,
        on=None if weekday else _date(day),
        begins=_clock(fields["from"]),
        ends=_clock(fields["to"]),
        who=who,
    )


def _date(text: str) -> date:
    text = text.strip()
    if found := re.fullmatch(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})", text):
        text = f"{found[3]}-{found[2]:>02}-{found[1]:>02}"
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is neither a day of the week nor a date such as 2026-12-21") from None


def _clock(text: str) -> time:
    found = _CLOCK.match(text.strip().casefold())
    if not found:
        raise ValueError(f"{text!r} is not a time such as 13:30")
    return time(int(found[1]), int(found[2] or 0))


def _plain(text: str) -> str:
    """A word without capitals and accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().strip())
    return "".join(letter for letter in decomposed if letter.isalnum())


def _said(error: ValueError) -> str:
    if isinstance(error, ValidationError):
        return str(error.errors()[0]["msg"]).removeprefix("Value error, ")
    return str(error)
