"""The notes that stand for what is not shown. They are made in English, and said in a page's language when it is made.

A note is recognised by its words. A learner may have printed the same words, which then are said in that language too.
"""

from __future__ import annotations

import re
from html import escape
from typing import Final

from doorstart_grading.translation import N_, Words

LINES: Final = N_("(… %(n)s lines are left out here …)")
CHARACTERS: Final = N_("(… %(n)s characters are left out here …)")
OUTPUTS: Final = N_("(%(n)s more outputs are not shown here)")
DROPPED: Final = N_("(not shown here: %(what)s)")
TOO_MUCH: Final = N_("(this notebook shows too much: not shown here)")
PICTURE: Final = N_("(a picture is not shown here)")

DAMAGED_PICTURE: Final = N_("a picture that is damaged or too large")
NO_TEXT: Final = N_("markup without text, or too much of it")
OTHER: Final = N_("another kind of output")
KINDS: Final = {
    "application/javascript": "JavaScript",
    "text/javascript": "JavaScript",
    "application/pdf": N_("a PDF file"),
    "application/json": "JSON",
    "image/svg+xml": N_("an SVG picture"),
    "image/gif": N_("a GIF picture"),
    "application/vnd.jupyter.widget-view+json": N_("a control to use with the mouse (widget)"),
}
"""Kinds of outputs that are not shown, in words."""

_THOUSANDS: Final = "\N{NARROW NO-BREAK SPACE}"
_THINGS: Final = (DAMAGED_PICTURE, NO_TEXT, OTHER, *KINDS.values())
_THING: Final = "|".join(re.escape(thing) for thing in sorted(_THINGS, key=len, reverse=True))
_ENGLISH: Final = {
    re.compile(re.escape(english).replace(re.escape("%(n)s"), r"(\d[\d,]*)")): english
    for english in (LINES, CHARACTERS, OUTPUTS)
}
_DROPPED: Final = re.compile(rf"\(not shown here: ((?:{_THING})(?:, (?:{_THING}))*)\)")


def said(text: str, words: Words) -> str:
    """A text with the notes in it in another language."""

    def counted(found: re.Match[str]) -> str:
        return words.gettext(_ENGLISH[found.re], n=found[1].replace(",", _THOUSANDS))

    def dropped(found: re.Match[str]) -> str:
        things = re.sub(_THING, lambda thing: words.translations.gettext(thing[0]), found[1])
        return words.gettext(DROPPED, what=things)

    for form in _ENGLISH:
        text = form.sub(counted, text)
    return _DROPPED.sub(dropped, text).replace(TOO_MUCH, words.gettext(TOO_MUCH))


def said_in_markup(markup: str, words: Words) -> str:
    """As :func:`said`, for markup that has been cleaned; it stays as harmless as it was."""
    return markup.replace(PICTURE, escape(words.gettext(PICTURE)))
