"""The examiner's descriptions of a call without its values, in another language: ```total` with a list of 2 items``.

The learner gets them for hidden checks. The examiner makes them in English (its ``words.kind`` and
``words.argument_kinds``), of a closed set of forms. A text in which anything else stands is not of it, and stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

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
    (re.compile(rf"a ({_NAME})"), lambda words, found: words.gettext("a %(name)s", name=found[1])),
    (re.compile(rf"an ({_NAME})"), lambda words, found: words.gettext("an %(name)s", name=found[1])),
]
_CALL: Final = re.compile(r"(`[^`]+`) with (.+)")
_NAMED: Final = re.compile(rf"({_NAME}): (.+)")
_SEPARATOR: Final = re.compile(r", | and (?!\d+ columns)")


def said(text: str, words: Words) -> str:
    """A description of a value or a call; the text itself if it is not one."""
    call = _CALL.fullmatch(text)
    if not call:
        return _kind(text, words) or text
    arguments = [_argument(one, words) for one in _SEPARATOR.split(call[2])]
    if not all(arguments):
        return text
    told = [one for one in arguments if one]
    if len(told) > 1:
        told = [words.gettext("%(several)s and %(last)s", several=", ".join(told[:-1]), last=told[-1])]
    return words.gettext("%(function)s with %(arguments)s", function=call[1], arguments=told[0])


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
