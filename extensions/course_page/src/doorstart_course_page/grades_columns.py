"""What the exported tables of grades have in their columns, and what these are called; CSV and XLSX have the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from doorstart_course_page.grades_table import Grades, Mark, Row
from doorstart_grading.translation import N_, Words

Cell = str | float | datetime | None
Kind = Literal["text", "number", "percent", "moment"]

STATES = {
    "graded": N_("graded"),
    "to check": N_("to be checked by hand"),
    "waiting": N_("waits for a grade"),
    "open": N_("not handed in yet"),
    "missing": N_("not handed in"),
}


@dataclass(frozen=True)
class Sheet:
    """One table."""

    title: str
    heads: list[str]
    kinds: list[Kind]
    rows: list[list[Cell]]
    fixed: int
    """Columns on the left, and rows on top, that stay when the rest is scrolled: columns here, the head is one row."""


def overview(grades: Grades, words: Words) -> Sheet:
    """A line for each learner: the points of each unit, the total, and days late where somebody was late."""
    say = words.gettext
    late = [at for at in range(len(grades.units)) if any(row.marks[at].days_late for row in grades.rows)]
    heads = [
        say(N_("Username")),
        say(N_("Name")),
        *(unit.name for unit in grades.units),
        say(N_("Points")),
        say(N_("Maximum")),
        say(N_("Share of the points")),
        say(N_("Average, each unit the same")),
        *(say(N_("%(unit)s: days late"), unit=grades.units[at].name) for at in late),
    ]
    points: list[Kind] = ["number"] * len(grades.units)
    days: list[Kind] = ["number"] * len(late)
    kinds: list[Kind] = ["text", "text", *points, "number", "number", "percent", "percent", *days]
    highest: list[Cell] = ["", say(N_("Maximum")), *(unit.maximum for unit in grades.units)]
    highest += [sum(unit.maximum for unit in grades.units), None, None, None, *(None for _ in late)]
    rows = [highest, *(_line(row, late) for row in grades.rows)]
    return Sheet(say(N_("Grades")), heads, kinds, rows, fixed=2)


def each_mark(grades: Grades, words: Words) -> Sheet:
    """A line for each learner and unit: when, how late, and how the points come about."""
    say = words.gettext
    heads = [N_("Username"), N_("Name"), N_("Unit"), N_("State"), N_("Handed in"), N_("Days late")]
    heads += [N_("Taken off for being late"), N_("Points"), N_("Maximum")]
    kinds: list[Kind] = ["text", "text", "text", "text", "moment", "number", "number", "number", "number"]
    rows: list[list[Cell]] = [
        [
            row.learner,
            row.name,
            unit.name,
            say(STATES[mark.state]),
            mark.handed_in,
            mark.days_late or None,
            mark.taken_off or None,
            mark.points,
            unit.maximum,
        ]
        for row in grades.rows
        for unit, mark in zip(grades.units, row.marks, strict=True)
    ]
    return Sheet(say(N_("Each unit")), [say(head) for head in heads], kinds, rows, fixed=3)


def _line(row: Row, late: list[int]) -> list[Cell]:
    line: list[Cell] = [row.learner, row.name, *(_points(mark) for mark in row.marks)]
    line += [row.points, row.maximum, row.share, row.average]
    return line + [row.marks[at].days_late or None for at in late]


def _points(mark: Mark) -> float | None:
    """Nothing for what does not count yet, so that a column can be added up."""
    return mark.points if mark.counts else None
