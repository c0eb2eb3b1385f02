"""What learners write as a row of tokens, so that a new name, another layout or a comment makes no difference.

Code is read as Python's lexical analysis describes it (The Python Language Reference, chapter 2), but simplified:
whatever is written, also half a program, gives tokens, in time that grows with its length only. Layout gives none.
"""

from __future__ import annotations

import builtins
import keyword
import re
from dataclasses import dataclass

LONGEST_TEXT = 50_000
"""Characters of one cell that are looked at."""
LONGEST_TOKEN = 60
"""Characters of a string or a word that count."""

NAME = "\xb7"
"""Stands for every name that a learner is free to choose."""

_KEPT = frozenset(keyword.kwlist) | frozenset(dir(builtins)) | {"Decimal", "date", "timedelta"}
_CODE = re.compile(
    r"""
      (?P<comment>\#[^\n]*)
    | (?P<string>(?P<prefix>[rRbBuUfF]{0,2})(?:
          \"{3}(?P<long>[\s\S]*?)\"{3} | '{3}(?P<long2>[\s\S]*?)'{3}
        | \"(?P<short>(?:[^\"\\\n]|\\.)*)\" | '(?P<short2>(?:[^'\\\n]|\\.)*)' ))
    | (?P<number>\.?\d[\w.]*)
    | (?P<name>[^\W\d]\w*)
    | (?P<operator>\*\*=|//=|>>=|<<=|[-+*/%&|^@:=!<>]=|->|\*\*|//|<<|>>|\S)
    """,
    re.VERBOSE,
)
_WORD = re.compile(r"[^\W_]+(?:[.,'\u2019][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Token:
    """A token, and where it stands."""

    text: str
    """As it is compared."""
    start: int
    end: int
    """Characters of the cell, the first and the one after the last."""


def code_tokens(source: str) -> tuple[list[Token], list[Token]]:
    """The tokens of a code cell: of its code, and the words of its comments.

    Keywords, built-in names and what stands behind a point stay as they are; all other names are :data:`NAME`. A
    number is what it is worth, and a string what is between its quotes.
    """
    code: list[Token] = []
    words: list[Token] = []
    for match in _CODE.finditer(source, 0, min(len(source), LONGEST_TEXT)):
        kind = match.lastgroup
        if match["comment"] is not None:
            words += _words(match.group(), match.start())
        elif match["string"] is not None:
            code.append(Token(_string(match), *match.span()))
        elif kind == "number":
            code.append(Token(_number(match.group()), *match.span()))
        elif kind == "name":
            code.append(Token(_name(match.group(), code), *match.span()))
        elif match.group() not in ";\\":
            code.append(Token(match.group(), *match.span()))
    return code, words


def prose_tokens(source: str) -> list[Token]:
    """The words of a text, without regard to capitals and punctuation."""
    return _words(source[:LONGEST_TEXT], 0)


def _words(text: str, offset: int) -> list[Token]:
    return [
        Token(match.group()[:LONGEST_TOKEN].casefold(), offset + match.start(), offset + match.end())
        for match in _WORD.finditer(text)
    ]


def _string(match: re.Match[str]) -> str:
    if "f" in match["prefix"].casefold():
        return "f''"  # names stand in it
    inside = next((match[name] for name in ("long", "long2", "short", "short2") if match[name] is not None), "")
    return f"'{inside[:LONGEST_TOKEN]}'"


def _number(text: str) -> str:
    """``1_000`` and ``1000.0`` are the same; what is no number is as it stands."""
    try:
        return f"{float(text[:LONGEST_TOKEN].replace('_', '')):.12g}"
    except ValueError:
        return text[:LONGEST_TOKEN]


def _name(text: str, before: list[Token]) -> str:
    if text in _KEPT or (before and before[-1].text == "."):
        return text[:LONGEST_TOKEN]
    return NAME
