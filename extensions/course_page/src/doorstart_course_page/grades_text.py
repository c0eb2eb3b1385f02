"""Text in a file for a spreadsheet: a learner's name is hostile text until it has been through here.

A spreadsheet runs a text that begins as a formula does (OWASP, *CSV Injection*,
https://owasp.org/www-community/attacks/CSV_Injection). An apostrophe in front makes it text, and shows.
"""

from __future__ import annotations

import re

LONGEST = 200
"""Characters of a cell."""

# Full-width forms too: some versions of Excel take them for the signs themselves.
_FORMULA = re.compile(r"\s*[=+\-@|%\uff1d\uff0b\uff0d\uff20]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]+")
"""Also what turns the direction of writing, so that a name cannot make a file read otherwise than it is."""


def plain(text: str) -> str:
    """One line of ordinary characters, and not too many."""
    return _CONTROL.sub(" ", text).strip()[:LONGEST]


def no_formula(text: str) -> str:
    """:func:`plain` text that no spreadsheet takes for a formula."""
    shown = plain(text)
    return f"'{shown}" if _FORMULA.match(shown) else shown
