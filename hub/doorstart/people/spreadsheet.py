"""Reads a table out of the kinds of CSV file that spreadsheet programs write. Knows nothing of people.

Accepted: UTF-8 with or without a byte-order mark, UTF-16 with one, Windows-1252; comma, semicolon or tab; quoted
fields; any line ending; blank lines; a first line ``sep=;``; empty columns at the right.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

MAX_BYTES = 4 * 1024 * 1024
"""Largest file: some 40,000 people, far beyond any site; more is a mistake (a film, a disk image)."""

DELIMITERS = ";,\t"


class SpreadsheetError(ValueError):
    """The file is not a table. ``line`` counts from 1; 0 means the file as a whole."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


@dataclass(frozen=True)
class Line:
    """One line of the table: the number of its first line in the file, from 1, and its fields without outer spaces."""

    number: int
    fields: tuple[str, ...]


def decode(data: bytes) -> str:
    """The file's text, whatever of the accepted encodings it is in.

    Raises:
        SpreadsheetError: too large, or not text.
    """
    if len(data) > MAX_BYTES:
        raise SpreadsheetError(0, f"The file is larger than {MAX_BYTES // 1024**2} MiB, so it is hardly a roster.")
    if data.startswith(b"PK\x03\x04"):
        raise SpreadsheetError(0, 'This is a workbook, not a CSV file. Open it and choose "Save as", type CSV.')
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "windows-1252"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise SpreadsheetError(0, 'This is not a text file. Save it from the spreadsheet as "CSV UTF-8" and try again.')


def read(data: bytes) -> Iterator[Line]:
    """The lines that hold something, the header first.

    Raises:
        SpreadsheetError: not a table; raised when the bad line is reached.
    """
    text = decode(data)
    delimiter, skip = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    start = 1
    while True:
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise SpreadsheetError(
                start,
                f"This line cannot be split into columns ({error}). Most often a double quote is missing or left over.",
            ) from error
        line, start = Line(start, tuple(field.strip() for field in fields)), reader.line_num + 1
        if line.number > skip and any(line.fields):
            yield line


def _delimiter(text: str) -> tuple[str, int]:
    """The delimiter, and how many lines at the top are not part of the table."""
    skip = 0
    for number, line in enumerate(io.StringIO(text, newline=None), start=1):
        stripped = line.strip("\r\n")
        if stripped.lower().startswith("sep=") and len(stripped) == 5 and stripped[4] in DELIMITERS:
            return stripped[4], number
        if stripped.strip(" " + DELIMITERS):
            return max(DELIMITERS, key=stripped.count), skip
    return DELIMITERS[0], skip
