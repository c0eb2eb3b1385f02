"""What a check accepts, and what it says when it does not."""

from __future__ import annotations

import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest

from doorstart_checks import CheckFailed
from doorstart_checks.check import Check
from doorstart_checks.compare import difference
from doorstart_checks.en import check
from doorstart_checks.words import WORDS

TABLE = pd.DataFrame({"article": ["pen", "lamp"], "pieces": [3, 1]})


def giving(value: Any) -> Any:
    def answer() -> Any:
        return value

    return answer


def failure(checked: Any, *arguments: Any, **named: Any) -> CheckFailed:
    with pytest.raises(CheckFailed) as caught:
        checked(*arguments, **named)
    return caught.value


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (3, 3),
        (3.0, 3),
        (3, 3.0),
        (0.1 + 0.2, 0.3),
        (float("nan"), float("nan")),
        (Decimal("7.5"), Decimal("7.50")),
        (7, Decimal("7.00")),
        (np.float64(0.5), 0.5),
        (np.bool_(True), True),
        (np.array([1, 2]), [1, 2]),
        ([1, [2.0]], [1, [2]]),
        ((1, "a"), (1, "a")),
        ({"a": Decimal("1.0")}, {"a": Decimal("1.00")}),
        ({1, 2}, {2, 1}),
        (None, None),
        (datetime.date(2026, 9, 30), datetime.date(2026, 9, 30)),
        (Fraction(1, 3), Fraction(1, 3)),
        (TABLE, TABLE.copy()),
        (TABLE.set_index("article"), TABLE.set_index("article")),
    ],
)
def test_equal(got: Any, expected: Any) -> None:
    check(giving(got)).gives(expected)


@pytest.mark.parametrize(
    ("got", "expected", "word"),
    [
        (4, 3, ""),
        ("3", 3, "text"),
        (3, "3", "number"),
        (True, 1, "kind"),
        (1, True, "kind"),
        (None, 3, "no return"),
        (7.5, Decimal("7.50"), "float"),
        (Decimal("7.504"), Decimal("7.50"), "rounding"),
        (Decimal("7.51"), Decimal("7.50"), ""),
        (Decimal("NaN"), Decimal("7.50"), ""),
        (Decimal("Infinity"), Decimal("7.50"), ""),
        (0.3001, 0.3, ""),
        ("Total:  5", "total: 5", "spaces"),
        ([1, 2], [1, 2, 3], "count"),
        ([2, 1], [1, 2], "order"),
        ([1, 3], [1, 2], "place"),
        ([Decimal("1.001")], [Decimal("1.00")], "rounding"),
        ((1, 2), [1, 2], "kind"),
        ({"a": 1}, {"b": 1}, ""),
        ({"a": 1.0}, {"a": Decimal("1.00")}, "float"),
        (TABLE[["pieces", "article"]], TABLE, "columns"),
        (TABLE.iloc[::-1], TABLE, "order"),
        (TABLE["pieces"], TABLE, "kind"),
        (TABLE.assign(pieces=[3, 2]), TABLE, "place"),
        (TABLE.set_index("article").rename({"pen": "pencil"}), TABLE.set_index("article"), "place"),
    ],
)
def test_different(got: Any, expected: Any, word: str) -> None:
    found = difference(got, expected)
    assert found is not None and found.word == word


def test_tolerance_and_order_where_the_author_asks_for_it() -> None:
    check(giving(0.34)).gives(0.333, within=0.01)
    check(giving([2, 1, 2])).gives([1, 2, 2], any_order=True)
    check(giving(TABLE.iloc[::-1])).gives(TABLE, any_order=True)
    assert "0.333 (at most 0.001 more or less)" in str(failure(check(giving(0.34)).gives, 0.333, within=0.001))
    assert failure(check(giving([2, 1, 1])).gives, [1, 2, 2], any_order=True)


def test_an_object_that_equals_everything_equals_nothing() -> None:
    class Liar(int):
        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = int.__hash__

    class List(list[int]):
        def __eq__(self, other: object) -> bool:
            return True

    assert difference(Liar(4), 3) is not None
    assert difference(List(), [1]) is not None
    assert difference([Liar(4)], [3]) is not None
    assert difference({"a": Liar(4)}, {"a": 3}) is not None


def test_the_message_says_what_was_called_what_came_back_and_one_next_step() -> None:
    def total(prices: list[Decimal], rate: int = 0) -> Decimal:
        return Decimal("7.00")

    error = failure(check(total, [Decimal("2.50")], rate=21).gives, Decimal("3.03"), next_step="add the VAT.")
    assert error.called == 'total([Decimal("2.50")], rate=21)'
    assert (error.came_back, error.expected, error.next_step) == ("7.00", "3.03", "add the VAT.")
    assert error._render_traceback_() == [
        "Not right yet.",
        '  You called:  total([Decimal("2.50")], rate=21)',
        "  It returned: 7.00",
        "  Expected:    3.03",
        "  Next step:   add the VAT.",
    ]


def test_arguments_are_shown_as_they_were_before_the_call() -> None:
    def empty(stock: dict[str, int]) -> None:
        stock.clear()

    stock = {"pen": 3}
    error = failure(check(empty, stock).changes, stock, {"pen": 2})
    assert error.called == 'empty({"pen": 3})' and error.came_back == "{}"
    check(empty, stock).changes(stock, {})


def test_a_learners_error_is_named_and_a_gap_is_seen() -> None:
    def gap(price: int) -> int:
        return price * ____  # type: ignore[name-defined]  # noqa: F821

    error = failure(check(gap, 3).gives, 6)
    assert error.came_back.startswith("NameError") and error.note == WORDS["en"]["gap"]
    assert isinstance(error.__cause__, NameError)


def test_raises() -> None:
    def remove(pieces: int) -> int:
        if pieces < 0:
            raise ValueError("fewer than none")
        return 10 // pieces

    check(remove, -1).raises(ValueError)
    assert "no error" in failure(check(remove, 1).raises, ValueError).came_back
    assert "ZeroDivisionError" in failure(check(remove, 0).raises, ValueError).came_back


def test_prints() -> None:
    check(print, "a").prints("a")
    check(print, "a \nb\n\n").prints("a\nb")
    assert failure(check(print, "a b").prints, "a\nb").note == WORDS["en"]["spaces"]
    assert failure(check(lambda: None).prints, "a").came_back == "nothing"


def test_values_and_conditions() -> None:
    check.value("total", 3).gives(3)
    assert failure(check.value("total", 4).gives, 3).came_back == "total = 4"
    check.that(3 > 2, next_step="…")
    check.that(np.bool_(True), next_step="…")

    class Agreeing:
        def __bool__(self) -> bool:
            return True

    for value in (False, None, "yes", 1, Agreeing()):
        assert failure(check.that, value, next_step="give it a title").next_step == "give it a title"


@pytest.mark.parametrize("language", WORDS)
def test_all_languages_say_the_same_things(language: Any) -> None:
    english = WORDS["en"]
    assert WORDS[language].keys() == english.keys()
    for key, text in WORDS[language].items():
        assert sorted(_fields(text)) == sorted(_fields(english[key])), (language, key)
    error = failure(Check(language)(giving(1)).gives, 2, next_step="x")
    assert WORDS[language]["expected"] in str(error)


def _fields(text: str) -> list[str]:
    import string

    return [name for _, name, _, _ in string.Formatter().parse(text) if name]
