"""What stands in a message for an object that is not in it, and what stands there itself."""

from __future__ import annotations

from typing import Any

ATOMS = frozenset({type(None), bool, int, float, complex, str, bytes})
"""Types whose values stand in a message as they are."""


class Token:
    """What stands in a message for an object that is not in it. ``data`` is JSON."""

    __slots__ = ("data",)

    def __init__(self, data: list[Any]) -> None:
        self.data = data


WITH = Token(["with"])
"""At the beginning of a tuple: what follows is an opaque object, and values that go along with it."""
