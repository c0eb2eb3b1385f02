"""Random numbers that are the same for ever, on every machine: SHA-256 of a seed, a name and a counter.

Whole numbers only. Python's ``random`` may give other values in another version, and logarithms and powers differ in
the last digit between machines; neither is used here or in what is built on it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import TypeVar

_WORD = 8
_RANGE = 1 << (8 * _WORD)

Item = TypeVar("Item")


class Stream:
    """A stream of whole numbers: the same seed and name give the same numbers.

    Args:
        seed: of the season; any text.
        name: of what the numbers are for, so that more draws of one thing do not change another.
    """

    def __init__(self, seed: str, name: str) -> None:
        self._numbers = _words(seed, name)

    def whole(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included.

        One is likelier than another by less than ``high - low`` in 2**64, which is nothing here.
        """
        return low + next(self._numbers) * (high - low + 1) // _RANGE

    def around(self, middle: int, width: int) -> int:
        """A whole number at most ``width`` away from ``middle``, those near it more often: the sum of two draws."""
        return middle - width + self.whole(0, width) + self.whole(0, width)

    def one_of(self, items: Sequence[Item]) -> Item:
        """One of the items."""
        return items[self.whole(0, len(items) - 1)]


def _words(seed: str, name: str) -> Iterator[int]:
    counter = 0
    while True:
        block = hashlib.sha256(f"{seed}\n{name}\n{counter}".encode("utf-8", "replace")).digest()
        for start in range(0, len(block), _WORD):
            yield int.from_bytes(block[start : start + _WORD], "big")
        counter += 1
