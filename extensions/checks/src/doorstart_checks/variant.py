"""Numbers of one's own: values in a task that are different for each learner, and the same for ever for one.

The seed stands in the file ``variant.txt`` beside the notebook. The site makes it from the learner and the unit with a
key of its own. What a learner writes into the file changes nothing: grading puts the site's seed in its place.

The stream is SHA-256 of seed, name and a counter, so it does not depend on Python's ``random``, which may change.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

FILE = "variant.txt"
PREVIEW = "preview"
"""The seed where there is no file: an author's own trial."""
_WORD = 8
_LONGEST = 200

Item = TypeVar("Item")


class Variant:
    """A stream of values. Each call takes the next ones: the same calls in the same order give the same values.

    Args:
        seed: of the learner and the unit.
        name: of the task; another name, another stream.
    """

    def __init__(self, seed: str, name: str) -> None:
        self._numbers = _stream(seed, name)

    def whole(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included.

        Raises:
            ValueError: ``high`` is less than ``low``.
        """
        if high < low:
            raise ValueError(f"there is no whole number from {low} to {high}")
        return low + self._below(high - low + 1)

    def money(self, low: str, high: str) -> Decimal:
        """An amount in EUR from ``low`` to ``high``, both included, to the cent.

        Raises:
            ValueError: ``high`` is less than ``low``.
        """
        first, last = int(Decimal(low) * 100), int(Decimal(high) * 100)
        return Decimal(self.whole(first, last)).scaleb(-2)

    def one_of(self, items: Sequence[Item]) -> Item:
        """One of the items.

        Raises:
            ValueError: there is none.
        """
        return items[self.whole(0, len(items) - 1)]

    def some_of(self, items: Sequence[Item], count: int) -> list[Item]:
        """``count`` different ones of the items, in any order.

        Raises:
            ValueError: there are fewer.
        """
        if count > len(items):
            raise ValueError(f"there are no {count} different ones among {len(items)}")
        return self.shuffled(items)[:count]

    def shuffled(self, items: Sequence[Item]) -> list[Item]:
        """The items in another order (Fisher and Yates)."""
        result = list(items)
        for last in range(len(result) - 1, 0, -1):
            other = self._below(last + 1)
            result[last], result[other] = result[other], result[last]
        return result

    def _below(self, count: int) -> int:
        """From 0 to ``count`` - 1, all as likely: a number beyond the last whole multiple is drawn again."""
        limit = 2 ** (8 * _WORD) // count * count
        return next(number for number in self._numbers if number < limit) % count


def variant(name: str) -> Variant:
    """The values of the task ``name`` for the learner whose notebook this is."""
    return Variant(_seed(), name)


def _seed() -> str:
    try:
        return Path(FILE).read_text(encoding="utf-8", errors="replace")[:_LONGEST].split("\n")[0].strip() or PREVIEW
    except OSError:
        return PREVIEW


def _stream(seed: str, name: str) -> Iterator[int]:
    counter = 0
    while True:
        block = hashlib.sha256(f"{seed}\n{name}\n{counter}".encode("utf-8", "replace")).digest()
        for start in range(0, len(block), _WORD):
            yield int.from_bytes(block[start : start + _WORD], "big")
        counter += 1
