"""What is known of the learner's objects without asking. What they would answer is for :mod:`.proxies`."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from doorstart_examiner.link.standins import UNCHANGING, StandIn, StandInClass, class_note

PREDICATES = frozenset(
    {
        *(name for cls in (str, bytes, set, float, int, Decimal) for name in dir(cls) if name.startswith("is")),
        *("startswith", "endswith", "equals", "identical", "all", "any", "empty"),
    }
)
"""Attributes by which plain data is judged, and by which an object could claim to be right."""


def is_object(value: object) -> bool:
    """Whether this stands for an object of the learner's."""
    return isinstance(type(value), StandInClass)


def is_module(value: Any) -> bool:
    """Whether this stands for a module of the learner kernel."""
    if not isinstance(value, StandIn):
        return False
    cls = type(value)
    return class_note(cls).name == "module" and cls.__module__ == "builtins"


def is_plain(value: Any) -> bool:
    """Whether this stands for an instance of a subclass of a plain type, such as ``class Money(Decimal)``."""
    return isinstance(value, StandIn) and class_note(type(value)).base is not None


def is_unchanging(value: Any) -> bool:
    """Whether this stands for an instance of a subclass of a plain type whose values cannot change."""
    return isinstance(value, StandIn) and class_note(type(value)).base in UNCHANGING


def overrides(subject: Any, name: str) -> bool:
    """Whether an attribute of such an instance is the subclass's own."""
    note = class_note(type(subject))
    return name in note.overrides or not hasattr(note.base, name)
