"""How hard a text is to read: words in its sentences and in its tasks, against the limits for plain language.

The limits are those for readers at level B1: sentences of 20 words at most and 15 on average, and at most 120 words
in a task. Code and tables are not counted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST_SENTENCE = 20
AVERAGE_SENTENCE = 15.0
LONGEST_TASK = 120

_CODE = re.compile(r"```.*?```|<!--.*?-->|^[ \t]*\|[^\n]*$", re.DOTALL | re.MULTILINE)
_INLINE_CODE = re.compile(r"`[^`]*`")
_MARKS = re.compile(r"^\s*(?:#+|[-*>]|\d+\.)\s+|[*_]{1,2}", re.MULTILINE)
_ENDS = re.compile(r"(?<=[.!?:])[\"')]*\s+|\n\s*\n|\n(?=\s*(?:#|[-*>]\s|\d+\.\s))")
_WORD = re.compile(r"[^\W_](?:[\w'\u2019.,-]*[^\W_])?")


@dataclass(frozen=True)
class Load:
    """The reading load of a text, in words."""

    words: int
    longest: int
    average: float
    longest_sentence: str


def sentences(markdown: str) -> list[str]:
    """The sentences of a Markdown text. A list item, a heading or a clause before a colon counts as one."""
    text = _INLINE_CODE.sub("code", _CODE.sub("\n\n", markdown))
    parts = (" ".join(_MARKS.sub("", part).split()) for part in _ENDS.split(text))
    return [part for part in parts if _WORD.search(part)]


def load(markdown: str) -> Load:
    """The reading load of a Markdown text; all zero for a text without words."""
    counted = [(len(_WORD.findall(sentence)), sentence) for sentence in sentences(markdown)]
    if not counted:
        return Load(0, 0, 0.0, "")
    longest, sentence = max(counted)
    words = sum(count for count, _ in counted)
    return Load(words, longest, words / len(counted), sentence)
