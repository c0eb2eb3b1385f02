"""Whether a value is the expected one, and if not, in what way.

Kinds count: ``"3"`` is not 3, True is not 1, a tuple is not a list. Numbers do not have to be of one type: 3.0 is 3.
Where money is expected, as a Decimal, the amount must be exact, and must not be a float: what looks right may be a
binary fraction beside it. Floats may differ by one in a million unless a tolerance is given.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

RELATIVE = 1e-6
"""Tolerance of floats when the author gives none."""
_TINY = 1e-9
_CENT = Decimal("0.01")
_NUMBERS = (int, float, Decimal)


@dataclass(frozen=True)
class Difference:
    """How a value differs: a key of :data:`doorstart_checks.words.WORDS`, and what goes into its text."""

    word: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


def difference(got: Any, expected: Any, within: float | None = None, any_order: bool = False) -> Difference | None:
    """How ``got`` differs from ``expected``; None if it does not.

    Args:
        got: of any type; only of plain types is anything asked.
        expected: a plain value, an array, or a pandas Series or DataFrame.
        within: how much floats may differ.
        any_order: whether the items of a list, or the rows of a table, may be in another order.
    """
    got, expected = _plain(got), _plain(expected)
    if _is_table(expected):
        return _table(got, expected, within, any_order)
    if type(expected) in (list, tuple):
        return _sequence(got, expected, within, any_order)
    if type(expected) is dict:
        return _dictionary(got, expected, within)
    if type(expected) in _NUMBERS:
        return _number(got, expected, within)
    if type(expected) is str:
        return _text(got, expected)
    if type(got) is not type(expected):
        return _kind(got, expected)
    return None if bool(got == expected) else Difference()


def kind(value: Any) -> str:
    """The name of a value's type, as Python says it."""
    return type(value).__name__


def _kind(got: Any, expected: Any) -> Difference:
    if got is None:
        return Difference("no return")
    if type(expected) in _NUMBERS and type(got) is str:
        return Difference("text")
    if type(expected) is str and type(got) in _NUMBERS:
        return Difference("number")
    return Difference("kind", {"got": kind(got), "expected": kind(expected)})


def _plain(value: Any) -> Any:
    """Scalars of numpy as Python's own; named tuples as tuples; all else as it is."""
    cls = type(value)
    if cls.__module__ == "numpy" and getattr(value, "ndim", 1) == 0 and hasattr(value, "item"):
        return value.item()
    if cls.__module__ == "numpy" and cls.__name__ == "ndarray":
        return value.tolist()
    if tuple in cls.__bases__ and hasattr(cls, "_fields"):
        return tuple(value)
    return value


def _number(got: Any, expected: float | Decimal, within: float | None) -> Difference | None:
    if type(got) not in _NUMBERS:
        return _kind(got, expected)
    if type(expected) is Decimal:
        if type(got) is float:
            return Difference("float")
        amount = Decimal(got)
        if amount == expected or (within is not None and abs(amount - expected) <= Decimal(str(within))):
            return None
        is_near = amount.is_finite() and abs(amount - expected) < _CENT
        return Difference("rounding" if is_near else "")
    if within is None and type(expected) is int:
        return None if got == expected else Difference()
    one, other = float(got), float(expected)
    if within is not None:
        return None if one == other or abs(one - other) <= within else Difference()
    is_same = math.isclose(one, other, rel_tol=RELATIVE, abs_tol=_TINY) or (math.isnan(one) and math.isnan(other))
    return None if is_same else Difference()


def _text(got: Any, expected: str) -> Difference | None:
    if type(got) is not str:
        return _kind(got, expected)
    if got == expected:
        return None
    is_near = "".join(got.split()).casefold() == "".join(expected.split()).casefold()
    return Difference("spaces" if is_near else "")


def _sequence(got: Any, expected: Sequence[Any], within: float | None, any_order: bool) -> Difference | None:
    if type(got) is not type(expected):
        return _kind(got, expected)
    if len(got) != len(expected):
        return Difference("count", {"got": str(len(got)), "expected": str(len(expected))})
    if any_order:
        return None if _same_items(got, expected, within) else Difference()
    for place, (one, other) in enumerate(zip(got, expected, strict=True), start=1):
        found = difference(one, other, within)
        if found is not None:
            if len(expected) > 1 and _same_items(got, expected, within):
                return Difference("order")
            return found if found.word in ("float", "rounding") else Difference("place", {"place": str(place)})
    return None


def _same_items(got: Sequence[Any], expected: Sequence[Any], within: float | None) -> bool:
    left = list(expected)
    for item in got:
        found = next((n for n, other in enumerate(left) if difference(item, other, within) is None), None)
        if found is None:
            return False
        del left[found]
    return True


def _dictionary(got: Any, expected: Mapping[Any, Any], within: float | None) -> Difference | None:
    if type(got) is not dict:
        return _kind(got, expected)
    if len(got) != len(expected):
        return Difference("count", {"got": str(len(got)), "expected": str(len(expected))})
    for key, value in expected.items():
        if key not in got:
            return Difference()
        found = difference(got[key], value, within)
        if found is not None:
            return found if found.word in ("float", "rounding") else Difference()
    return None


def _is_table(value: Any) -> bool:
    return type(value).__module__.startswith("pandas") and kind(value) in ("DataFrame", "Series")


def _table(got: Any, expected: Any, within: float | None, any_order: bool) -> Difference | None:
    if not _is_table(got) or kind(got) != kind(expected):
        return _kind(got, expected)
    if kind(expected) == "DataFrame" and list(got.columns) != list(expected.columns):
        return Difference("columns")
    return _sequence(_rows(got, expected), _rows(expected, expected), within, any_order)


def _rows(table: Any, like: Any) -> list[Any]:
    """The rows of a table, with their labels if those of ``like`` are more than a count."""
    values = table.to_numpy(dtype=object).tolist()
    rows = [row if isinstance(row, list) else [row] for row in values]
    if kind(like.index) == "RangeIndex":
        return rows
    return [[label, *row] for label, row in zip(table.index.tolist(), rows, strict=True)]
