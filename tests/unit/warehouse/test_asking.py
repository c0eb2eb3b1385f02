"""Policies that cannot be used: each has its message, and none ends in a traceback or in nonsense."""

from __future__ import annotations

import string
import time
from decimal import Decimal
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorstart_warehouse import PolicyError, attempt, simulate
from doorstart_warehouse.asking import LARGEST_ORDER, MOST_PRINTED, pieces_of
from doorstart_warehouse.problem import _WHAT, LANGUAGES, Kind

from .cases import constant_season, nothing


class Five(int):
    """What claims to be a number."""


UNUSABLE: list[tuple[Any, str, str]] = [
    (None, "nothing", "returned nothing. Return a number in each branch"),
    ("12", "text", "returned text: '12'"),
    ("x" * 10_000, "text", "returned text: 'xxx"),
    (True, "kind", "returned a bool"),
    ([12], "kind", "returned a list"),
    ({}, "kind", "returned a dict"),
    (12j, "kind", "returned a complex"),
    (Five(5), "kind", "returned a Five"),
    (np.array([3, 4]), "kind", "returned a ndarray"),
    (np.bool_(True), "kind", "returned a bool"),
    (-1, "negative", "returned -1. An order is 0 or more"),
    (-0.5, "negative", "returned -0.5"),
    (np.int64(-7), "negative", "returned -7"),
    (-(10**5000), "negative", "returned -10**"),
    (2.5, "fraction", "returned 2.5. Nobody can order part of a piece"),
    (Decimal("0.1"), "fraction", "returned 0.1"),
    (float("nan"), "no number", "returned nan"),
    (float("inf"), "no number", "returned inf"),
    (-float("inf"), "no number", "returned -inf"),
    (Decimal("NaN"), "no number", "returned NaN"),
    (Decimal("sNaN"), "no number", "returned sNaN"),
    (np.float64("nan"), "no number", "returned nan"),
    (LARGEST_ORDER + 1, "huge", "ordered 100001 pieces. An order has at most 100000"),
    (10**5000, "huge", "ordered 10**5000 pieces"),
    (1e300, "huge", "ordered 1e+300 pieces"),
    (Decimal("1E+999999"), "huge", "ordered 1e+999999 pieces"),
]


@pytest.mark.parametrize(("answer", "kind", "said"), UNUSABLE, ids=[said for _, _, said in UNUSABLE])
def test_what_is_no_order_stops_the_season(answer: Any, kind: str, said: str) -> None:
    with pytest.raises(PolicyError) as caught:
        simulate(constant_season(70), lambda *_: answer)
    assert caught.value.kind == kind
    assert str(caught.value).startswith('In week 1, for "Plain": your policy ')
    assert said in str(caught.value)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    "answer", [70, 70.0, Decimal("70"), Decimal("7E+1"), np.int64(70), np.float64(70), np.uint8(70)]
)
def test_whole_numbers_of_any_kind_are_orders(answer: Any) -> None:
    result = simulate(constant_season(70), lambda *_: answer)
    assert result.fill_rate == 1
    assert all(type(event["pieces"]) is int for event in result.log)


@given(st.one_of(st.integers(), st.floats(), st.decimals(), st.text(), st.binary(), st.lists(st.integers())))
def test_whatever_comes_back_is_judged(answer: Any) -> None:
    kind, pieces = pieces_of(answer)
    assert 0 <= pieces <= LARGEST_ORDER
    if kind is None:
        assert pieces == answer
    else:
        assert attempt(constant_season(70), lambda *_: answer).problem


def test_it_says_when_and_for_what() -> None:
    calls: list[str] = []

    def late(article: dict[str, Any], *_: Any) -> int:
        calls.append(article["article"])
        return -1 if len(calls) == 6 * 11 + 4 else 0

    with pytest.raises(PolicyError) as caught:
        simulate("practice-1", late)
    assert (caught.value.week, caught.value.article) == (12, "Cook book")
    assert len(calls) == 6 * 11 + 4


def test_an_exception_is_named() -> None:
    problem = attempt("practice-1", lambda *_: 1 // 0).problem
    assert "stopped with ZeroDivisionError: integer division or modulo by zero. Call the function once" in problem
    assert "takes 1 positional argument but 4 were given" in attempt("practice-1", lambda article: 0).problem  # type: ignore[arg-type,misc]
    assert "'NoneType' object is not callable" in attempt("practice-1", None).problem  # type: ignore[arg-type]


def test_an_exception_that_cannot_be_shown_is_named() -> None:
    class SilentError(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    def policy(*_: Any) -> int:
        raise SilentError

    assert "stopped with SilentError. Call" in attempt("practice-1", policy).problem


def test_who_interrupts_is_obeyed() -> None:
    def policy(*_: Any) -> int:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate("practice-1", policy)


def test_what_the_examiner_says_goes_through() -> None:
    """The link to the learner's code may break; that is no fault of the policy."""
    broken = type("CannotCross", (Exception,), {"__module__": "doorstart_examiner.link.errors", "__init__": _two})

    def policy(*_: Any) -> int:
        raise broken("what", "why")

    with pytest.raises(broken):
        attempt("practice-1", policy)


def _two(self: Any, one: str, other: str) -> None:
    """An exception that SimPy could not make again."""


def test_some_printing_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    def policy(article: dict[str, Any], *_: Any) -> int:
        print(article["article"])
        return 0

    simulate("practice-1", policy)
    assert capsys.readouterr().out.count("\n") == 156


def test_much_printing_ends_the_season(capsys: pytest.CaptureFixture[str]) -> None:
    def policy(*_: Any) -> int:
        print("x" * 999)
        return 0

    assert "printed more than 20000 characters" in attempt("practice-1", policy).problem
    assert len(capsys.readouterr().out) == MOST_PRINTED


def test_a_slow_policy_ends_the_season() -> None:
    def policy(*_: Any) -> int:
        time.sleep(0.02)
        return 0

    before = time.monotonic()
    # 156 calls would take more than 3 seconds.
    assert "needed more than 0 seconds in all" in attempt("practice-1", policy, seconds=0.2).problem
    assert time.monotonic() - before < 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_in_every_language(language: Any) -> None:
    assert set(_WHAT[language]) == set(get_args(Kind))
    for kind, text in _WHAT[language].items():
        wanted = {name for _, name, _, _ in string.Formatter().parse(text) if name}
        assert wanted == {name for _, name, _, _ in string.Formatter().parse(_WHAT["en"][kind]) if name}
        said = str(PolicyError(kind, 3, "Cook book", language, value="7", most=9))
        assert "Cook book" in said
        assert "3" in said
        assert "{" not in said


def test_in_dutch() -> None:
    problem = attempt("practice-1", lambda *_: -5, language="nl").problem
    assert problem.startswith('In week 1, voor "Notebook A5, lined": je bestelregel gaf -5 terug. Een bestelling is 0')


def test_a_notebook_shows_the_message_alone() -> None:
    with pytest.raises(PolicyError) as caught:
        simulate("practice-1", lambda *_: None)
    assert caught.value._render_traceback_() == [str(caught.value)]
    assert caught.value.__suppress_context__


def test_attempt_of_a_policy_that_works() -> None:
    done = attempt("practice-1", nothing)
    assert done.problem == ""
    assert done.result == simulate("practice-1", nothing)
