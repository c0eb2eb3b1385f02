"""Grades as a workbook for Excel or LibreOffice: numbers are numbers and times are times, whatever the language.

Written with XlsxWriter, which only writes: no formula, no macro, no link is in the file, and nothing of who made it.
The same grades give the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any

import xlsxwriter

from doorstart_course_page.grades_columns import Cell, Kind, Sheet
from doorstart_course_page.grades_text import no_formula, plain

_FORMS: dict[Kind, str] = {"text": "@", "number": "0.##", "percent": "0.0%", "moment": "yyyy-mm-dd hh:mm"}
_WIDTHS: dict[Kind, int] = {"text": 22, "number": 14, "percent": 16, "moment": 18}
_NO_TIME = datetime(2020, 1, 1, tzinfo=UTC)


def as_xlsx(sheets: Sequence[Sheet], zone: tzinfo, made: datetime | None = None) -> bytes:
    """The file. Times are those of ``zone``.

    Args:
        sheets: in this order.
        zone: that of the site.
        made: what the file says about when it was made; the same for the same grades.
    """
    content = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "remove_timezone": True,
    }
    with xlsxwriter.Workbook(content, options) as book:
        book.set_properties({"created": (made or _NO_TIME).astimezone(UTC).replace(tzinfo=None, microsecond=0)})
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        forms = {kind: book.add_format({"num_format": form}) for kind, form in _FORMS.items()}
        for sheet in sheets:
            _write(book.add_worksheet(plain(sheet.title)[:31]), sheet, zone, head, forms)
    return content.getvalue()


def _write(page: Any, sheet: Sheet, zone: tzinfo, head: Any, forms: dict[Kind, Any]) -> None:
    page.freeze_panes(1, sheet.fixed)
    for column, (title, kind) in enumerate(zip(sheet.heads, sheet.kinds, strict=True)):
        page.set_column(column, column, _WIDTHS[kind])
        page.write_string(0, column, no_formula(title), head)
    for number, row in enumerate(sheet.rows, start=1):
        for column, (cell, kind) in enumerate(zip(row, sheet.kinds, strict=True)):
            _cell(page, number, column, cell, zone, forms[kind])
    page.autofilter(0, 0, len(sheet.rows), max(0, len(sheet.heads) - 1))
    page.set_landscape()
    page.repeat_rows(0)


def _cell(page: Any, row: int, column: int, cell: Cell, zone: tzinfo, form: Any) -> None:
    if cell is None:
        return
    if isinstance(cell, str):
        page.write_string(row, column, no_formula(cell), form)
    elif isinstance(cell, datetime):
        page.write_datetime(row, column, cell.astimezone(zone).replace(tzinfo=None, microsecond=0), form)
    else:
        page.write_number(row, column, round(cell, 6), form)
