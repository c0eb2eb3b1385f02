"""The examiner's words for values and calls, in another language: ```total` with a list of 2 items``, ``at most 3``.

For hidden checks, the learner gets descriptions without values (:func:`said`); for others, what Python writes, and
words where it writes none (:func:`shown`). The examiner makes both in English (its ``words``), of a closed set of
forms. A text in which anything else stands is not of it, and stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from doorstart_grading import told
from doorstart_grading.translation import N_, Words

_PLAIN: Final = (
    N_("nothing (None)"),
    N_("True or False"),
    N_("a number"),
    N_("bytes"),
    N_("a date"),
    N_("a function"),
    N_("an object"),
    N_("text"),
    N_("a list"),
    N_("a tuple"),
    N_("a set"),
    N_("a dict"),
    N_("a deque"),
    N_("a table"),
    N_("a column"),
    N_("an array"),
)
_NAME: Final = r"[^\W\d]\w{0,79}"
_FORMS: Final[list[tuple[re.Pattern[str], Callable[[Words, re.Match[str]], str]]]] = [
    (
        re.compile(r"(a list|a tuple|a set|a dict|a deque) of (\d+) items?"),
        lambda words, found: words.ngettext(
            "%(kind)s of %(n)s item", "%(kind)s of %(n)s items", int(found[2]), kind=words.gettext(found[1])
        ),
    ),
    (
        re.compile(r"text of (\d+) characters"),
        lambda words, found: words.gettext("text of %(n)s characters", n=found[1]),
    ),
    (
        re.compile(r"a table of (\d+) rows and (\d+) columns"),
        lambda words, found: words.gettext(
            "a table of %(rows)s rows and %(columns)s columns", rows=found[1], columns=found[2]
        ),
    ),
    (
        re.compile(r"a column of (\d+) values"),
        lambda words, found: words.gettext("a column of %(n)s values", n=found[1]),
    ),
    (
        re.compile(r"an array of (\d+) values"),
        lambda words, found: words.gettext("an array of %(n)s values", n=found[1]),
    ),
    (
        re.compile(rf"an object of the class ({_NAME})"),
        lambda words, found: words.gettext("an object of the class %(name)s", name=found[1]),
    ),
    (
        re.compile(rf"the class ({_NAME})"),
        lambda words, found: words.gettext("the class %(name)s", name=found[1]),
    ),
    (re.compile(rf"a ({_NAME})"), lambda words, found: words.gettext("a %(name)s", name=found[1])),
    (re.compile(rf"an ({_NAME})"), lambda words, found: words.gettext("an %(name)s", name=found[1])),
]
_COMPARED: Final = {
    "not": N_("not %(value)s"),
    "less than": N_("less than %(value)s"),
    "at most": N_("at most %(value)s"),
    "more than": N_("more than %(value)s"),
    "at least": N_("at least %(value)s"),
    "one of": N_("one of %(value)s"),
    "none of": N_("none of %(value)s"),
    "about": N_("about %(value)s"),
}
_COMPARISON: Final = re.compile(rf"({'|'.join(_COMPARED)}) (.+)", re.DOTALL)
_ERROR: Final = re.compile(rf"(an? {_NAME}): (.+)", re.DOTALL)
_TABLE: Final = re.compile(r"(a table of \d+ rows and \d+ columns): (.+)")
_QUOTED: Final = r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\""""
_IN_CODE: Final = re.compile(rf"{_QUOTED}|\b(?P<words>an object of the class {_NAME}|the class {_NAME}|a function)\b")
"""What Python has no notation for, between values; not in a text of the learner's."""
_CALL: Final = re.compile(r"(`[^`]+`) with (.+)")
_NAMED: Final = re.compile(rf"({_NAME}): (.+)")
_SEPARATOR: Final = re.compile(r", | and (?!\d+ columns)")


def said(text: str, words: Words) -> str:
    """A description of a value or a call, or why there is none; the text itself if it is neither."""
    call = _CALL.fullmatch(text)
    if not call:
        return _kind(text, words) or told.said(text, words)
    arguments = [_argument(one, words) for one in _SEPARATOR.split(call[2])]
    if not all(arguments):
        return text
    given = [one for one in arguments if one]
    if len(given) > 1:
        given = [words.gettext("%(several)s and %(last)s", several=", ".join(given[:-1]), last=given[-1])]
    return words.gettext("%(function)s with %(arguments)s", function=call[1], arguments=given[0])


def shown(text: str, words: Words) -> str:
    """A value, a call or an error as the examiner shows it, with the words in it said."""
    whole = told.said(text, words)
    if whole != text:
        return whole
    if compared := _COMPARISON.fullmatch(text):
        return words.gettext(_COMPARED[compared[1]], value=_in_code(compared[2], words))
    for form in (_ERROR, _TABLE):
        if found := form.fullmatch(text):
            return f"{_kind(found[1], words)}: {told.said(found[2], words)}"
    # A single word may be a value as Python writes it, such as bytes: a class.
    return (_kind(text, words) if " " in text else None) or _in_code(text, words)


def _in_code(text: str, words: Words) -> str:
    return _IN_CODE.sub(lambda found: (found["words"] and _kind(found["words"], words)) or found[0], text)


def _argument(text: str, words: Words) -> str | None:
    kind = _kind(text, words)
    if kind is None and (named := _NAMED.fullmatch(text)):
        kind = _kind(named[2], words)
        return kind and f"{named[1]}: {kind}"
    return kind


def _kind(text: str, words: Words) -> str | None:
    if text in _PLAIN:
        return words.gettext(text)
    for form, say in _FORMS:
        if found := form.fullmatch(text):
            return say(words, found)
    return None
