"""Grades as CSV that a spreadsheet in the person's language opens with a double click, without a question.

Excel reads a CSV file by the settings of the country: with a decimal comma the separator is a semicolon. That the file
is UTF-8 it only believes with a byte order mark.
"""

from __future__ import annotations

import csv
import io
from datetime import datetime, tzinfo

from doorstart_course_page.grades_columns import Cell, Kind, Sheet
from doorstart_course_page.grades_text import no_formula
from doorstart_grading.translation import Language

BYTE_ORDER_MARK = "\ufeff"


def as_csv(sheet: Sheet, language: Language, zone: tzinfo) -> bytes:
    """The file. Times are those of ``zone``."""
    comma = language != "en"
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";" if comma else ",", lineterminator="\r\n")
    writer.writerow([no_formula(head) for head in sheet.heads])
    for row in sheet.rows:
        writer.writerow([_said(cell, kind, comma, zone) for cell, kind in zip(row, sheet.kinds, strict=True)])
    return (BYTE_ORDER_MARK + text.getvalue()).encode()


def _said(cell: Cell, kind: Kind, comma: bool, zone: tzinfo) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return no_formula(cell)
    if isinstance(cell, datetime):
        return f"{cell.astimezone(zone):%Y-%m-%d %H:%M}"
    number = f"{100 * cell:.1f}%" if kind == "percent" else f"{round(cell, 2):.12g}"
    return number.replace(".", ",") if comma else number
