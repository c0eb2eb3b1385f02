"""Markup: text and tables stay, as pandas and its Styler write them; nothing that runs, loads or leads away does."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from typing import Final

import nh3

from doorstart_grading.sanitise import notes
from doorstart_grading.sanitise.style import clean_style, names, style_sheet
from doorstart_grading.sanitise.text import CONTROL, REPLACEMENT, encodable

HTML_LIMIT: Final = 500_000
"""Characters of one ``text/html``."""
TAG_LIMIT: Final = 12_000
"""Tags of one ``text/html``. A table of 60 rows and 20 columns has about 5,400."""
DEPTH_LIMIT: Final = 100
"""Elements inside each other."""
LARGEST: Final = {"colspan": 1_000, "rowspan": 1_000, "span": 1_000, "start": 10**6, "width": 4_000, "height": 4_000}
"""Attributes that are numbers, and their largest values."""
_TAGS: Final = names(
    """abbr b blockquote br caption code col colgroup dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i ins kbd li mark
    ol p pre q s samp small span strong sub summary sup table tbody td tfoot th thead tr u ul var"""
)
_WITH_CONTENT: Final = names(
    """applet audio canvas embed frameset head iframe math noembed noframes noscript object script select style svg
    template textarea title video xmp"""
)
_SCOPES: Final = frozenset({"col", "row", "colgroup", "rowgroup"})
_STYLED: Final = ("caption", "div", "p", "span", "table", "td", "th", "tr")
_ATTRIBUTES: Final = {
    "col": {"span"},
    "colgroup": {"span"},
    "ol": {"start"},
    **{tag: {"style"} for tag in _STYLED},
    "table": {"style", "border", "id"},
    "td": {"style", "colspan", "rowspan", "id"},
    "th": {"style", "colspan", "rowspan", "scope", "id"},
}
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)((?:\s[^<>]*)?)>")
_ID = re.compile(r'\sid="([^"]*)"')
_REPLACED = re.compile(r'\s(?:id|style)="[^"]*"')


def clean_html(markup: str) -> str:
    """Markup of an output: text and tables, as pandas and its Styler write them; nothing else of it is left.

    The colours that a Styler puts in a style sheet become attributes of the table's fields. Attributes that stay are
    the ones that shape a table, and a ``style`` of colours, weights and alignment. Empty if it is too large or too
    deeply nested to be shown.
    """
    if len(markup) > HTML_LIMIT or markup.count("<") > TAG_LIMIT:
        return ""
    return clean(markup, style_sheet(markup))


def visible(markup: str) -> bool:
    """Whether cleaned markup shows anything."""
    return bool(html.unescape(_TAG.sub("", markup)).strip()) or "<img " in markup or "<hr" in markup


def clean(markup: str, styles: Mapping[str, str], picture: Callable[[str], str | None] | None = None) -> str:
    """The one place where markup is cleaned.

    Args:
        markup: of a learner.
        styles: the ``style`` that takes the place of an ``id``.
        picture: gives the ``data:`` address of a picture for the one that is asked for; without it, no picture stays.
    """

    def attribute(_: str, name: str, value: str) -> str | None:
        if name == "id":
            return value if value in styles else None
        if name == "style":
            return clean_style(value) or None
        if name == "border":
            return "1" if value == "1" else None
        if name == "scope":
            return value if value in _SCOPES else None
        if name == "alt":
            return re.sub(r'[<>&"]', "", value)[:1_000]
        if name == "src":
            return picture(value) if picture else None
        if name in LARGEST:
            return value if value.isascii() and value.isdecimal() and int(value[:8]) <= LARGEST[name] else None
        return value if name == "class" else None

    attributes: dict[str, set[str]] = {tag: set(kept) for tag, kept in _ATTRIBUTES.items()}
    if picture:
        attributes["img"] = {"src", "alt", "width", "height"}
    cleaned = nh3.clean(
        encodable(markup),
        tags={*_TAGS, "img"} if picture else set(_TAGS),
        clean_content_tags=set(_WITH_CONTENT),
        attributes=attributes,
        attribute_filter=attribute,
        allowed_classes={"table": {"dataframe"}},
        url_schemes={"data", "attachment"} if picture else set(),
        url_relative="deny",
        link_rel=None,
    )
    depth = 0

    def tag(found: re.Match[str]) -> str:
        nonlocal depth
        if found[2] not in ("br", "col", "hr", "img"):
            depth += -1 if found[1] else 1
        if depth > DEPTH_LIMIT:
            raise _TooDeepError
        if found[2] == "img" and ' src="' not in found[3]:
            return notes.PICTURE
        name = _ID.search(found[3])
        return found[0] if name is None else f'<{found[2]}{_REPLACED.sub("", found[3])} style="{styles[name[1]]}">'

    try:
        return CONTROL.sub(REPLACEMENT, _TAG.sub(tag, cleaned))
    except _TooDeepError:
        return ""


class _TooDeepError(Exception):
    """Elements inside each other, more than ``DEPTH_LIMIT``."""
