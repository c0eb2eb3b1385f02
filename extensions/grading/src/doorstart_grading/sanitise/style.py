"""The look of single elements: colours, weights, alignment and small sizes, and nothing that could load or place."""

from __future__ import annotations

import re
from typing import Any, Final

import tinycss2


def names(text: str) -> frozenset[str]:
    """The names in a text that holds nothing else."""
    return frozenset(text.split())


STYLE_LIMIT: Final = 1_000
"""Characters of the ``style`` of one element."""
_PROPERTIES: Final = names(
    """background background-color color font-style font-weight height text-align text-decoration vertical-align
    white-space width"""
)
_FUNCTIONS: Final = frozenset({"rgb", "rgba", "hsl", "hsla", "linear-gradient"})
_UNITS: Final = {"px": 2_000, "em": 100, "rem": 100, "ex": 100, "ch": 100, "deg": 360}
_STYLED_NAME = re.compile(r"T_[A-Za-z0-9_]{1,60}\Z")
_HEXADECIMAL = re.compile(r"[0-9a-fA-F]{3,8}\Z")
_STYLE = re.compile(r"[-a-zA-Z0-9#.,%(): ;]*\Z")
_NAME = re.compile(r"[a-zA-Z][-a-zA-Z]{0,30}\Z")
_STYLE_SHEET = re.compile(r"<style\b[^<>]*>([^<]*)</style", re.IGNORECASE)


def clean_style(style: str) -> str:
    """The declarations of a ``style`` that set a colour, a weight, an alignment or a small size, and nothing else."""
    return _style(style) if len(style) <= STYLE_LIMIT else ""


def style_sheet(markup: str) -> dict[str, str]:
    """What the style sheets of a pandas Styler say of single fields: ``#T_1f2e3_row0_col1 {color: red}``."""
    styles: dict[str, str] = {}
    for sheet in _STYLE_SHEET.findall(markup):
        for rule in tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True):
            style = _style(rule.content) if rule.type == "qualified-rule" else ""
            if style and all(part.type in ("hash", "whitespace") or part == "," for part in rule.prelude):
                for name in (part.value for part in rule.prelude if part.type == "hash"):
                    both = f"{styles[name]}; {style}" if name in styles else style
                    if _STYLED_NAME.match(name) and len(both) <= STYLE_LIMIT:
                        styles[name] = both
    return styles


def _style(declarations: Any) -> str:
    kept = []
    for declaration in tinycss2.parse_declaration_list(declarations, skip_comments=True, skip_whitespace=True):
        if declaration.type != "declaration" or declaration.lower_name not in _PROPERTIES:
            continue
        if all(_harmless(part) for part in declaration.value):
            kept.append(f"{declaration.lower_name}: {tinycss2.serialize(declaration.value).strip()}")
    cleaned = " ".join("; ".join(kept).split())
    return cleaned if _STYLE.match(cleaned) and len(cleaned) <= STYLE_LIMIT else ""


def _harmless(part: Any, functions: int = 2) -> bool:
    """Whether a part of a value can neither load nor place anything; ``functions`` may be inside each other."""
    if part.type in ("whitespace", "number", "percentage"):
        return True
    if part.type == "ident":
        return _NAME.match(part.value) is not None
    if part.type == "hash":
        return _HEXADECIMAL.match(part.value) is not None
    if part.type == "dimension":
        return bool(abs(part.value) <= _UNITS.get(part.lower_unit, -1))
    if part.type == "function":
        arguments = part.arguments if functions and part.lower_name in _FUNCTIONS else [part]
        return all(one is not part and _harmless(one, functions - 1) for one in arguments)
    return bool(part == ",")
