"""How a shared value of one type is taken apart, put together and watched."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Kind:
    """How one type of shared value is taken apart, put together and watched.

    Attributes:
        name: in messages.
        content: what it holds, as a list of objects, or, for a leaf, as a value for the codec.
        blank: an empty one, made before its content is known. The argument is the content as it arrived.
        fill: replaces what it holds.
        snapshot: what tells later whether it has changed.
        changed: whether it has.
        leaf: the codec knows its content; there are no objects in it to look for.
    """

    name: str
    content: Callable[[Any], Any]
    blank: Callable[[Any], Any]
    fill: Callable[[Any, Any], None]
    snapshot: Callable[[Any], Any]
    changed: Callable[[Any, Any], bool]
    leaf: bool = False


def different(values: Any, seen: list[Any] | None) -> bool:
    """Whether these are other objects than those that were seen; None: nothing was."""
    return seen is None or len(values) != len(seen) or any(map(operator.is_not, values, seen))
