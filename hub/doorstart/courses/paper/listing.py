"""Code as numbered lines for black-and-white paper: keywords bold, long lines broken with a mark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pygments.lexers.python import PythonLexer
from pygments.token import Keyword, Operator

COLUMNS = 84
"""Characters on a line of paper. ``sheet.css`` makes room for so many."""
GAP = re.compile(r"_{4,}")
GAP_COLUMNS = 16
"""Characters for which a gap leaves room; ``sheet.css`` has its width."""

Style = Literal["", "keyword", "gap"]


@dataclass(frozen=True)
class Row:
    """A line of paper. ``number`` is that of the line of code, and None where a line goes on."""

    number: int | None
    parts: list[tuple[Style, str]]


def rows(source: str, columns: int = COLUMNS) -> list[Row]:
    """The lines of paper, of ``columns`` characters at most, that show some Python code."""
    return [
        Row(None if place else number, parts)
        for number, line in enumerate(_lines(source.rstrip("\n").expandtabs(4)), start=1)
        for place, parts in enumerate(_broken(line, columns))
    ]


def _lines(source: str) -> Iterator[list[tuple[Style, str]]]:
    line: list[tuple[Style, str]] = []
    # An unfinished line of a starter, or a line of IPython, is no error: the lexer passes it on as it is.
    for kind, text in PythonLexer(stripnl=False, ensurenl=False).get_tokens(source):
        style: Style = ""
        if kind in Keyword or kind in Operator.Word:
            style = "keyword"
        elif GAP.fullmatch(text):
            style = "gap"
        first, *others = text.split("\n")
        line.append((style, first))
        for other in others:
            yield line
            line = [(style, other)]
    yield line


def _broken(line: list[tuple[Style, str]], columns: int) -> Iterator[list[tuple[Style, str]]]:
    """Break a line at a space where there is one in its last half, and elsewhere if not."""
    # A gap is one piece; all else is taken apart.
    pieces = [(style, part) for style, text in line for part in ([text] if style == "gap" else text)]
    start = next((place for place, (_, text) in enumerate(pieces) if text != " "), 0)
    indent = start + 4 if start + 4 <= columns // 2 else 4
    while (fits := _fits(pieces, columns)) < len(pieces):
        spaces = [place for place in range(max(start, fits // 2), fits) if pieces[place][1] == " "]
        end = spaces[-1] + 1 if spaces else fits
        yield _joined(pieces[:end])
        pieces, start = [("", " ") for _ in range(indent)] + pieces[end:], indent
    yield _joined(pieces)


def _fits(pieces: list[tuple[Style, str]], room: int) -> int:
    """How many pieces there is room for."""
    for place, (style, _) in enumerate(pieces):
        room -= GAP_COLUMNS if style == "gap" else 1
        if room < 0:
            return place
    return len(pieces)


def _joined(pieces: list[tuple[Style, str]]) -> list[tuple[Style, str]]:
    result: list[tuple[Style, str]] = []
    for style, text in pieces:
        if result and style == result[-1][0] != "gap":
            result[-1] = (style, result[-1][1] + text)
        else:
            result.append((style, text))
    return result
