"""A graded run: the policy is a function in another process, and the season is over in time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from doorstart_examiner.local import Nursery
from doorstart_warehouse import simulate

from .cases import season_minded

LEARNER = """
import math
import time

import numpy as np
import pandas as pd


def coming_demand(history, weeks):
    start = len(history) - 52
    return sum(history[start : start + weeks]) * sum(history[-8:]) / sum(history[-60:-52])


def good(article, on_hand, on_order, history):
    weeks = article["lead_weeks"] + 1
    position = on_hand + on_order
    if position <= 1.3 * coming_demand(history, weeks):
        return math.ceil(1.3 * coming_demand(history, weeks + 3) - position)
    return 0


def with_pandas(article, on_hand, on_order, history):
    return pd.Series(history[-8:]).sum() // 2 if on_hand + on_order < 50 else np.int64(0)


class Five(int):
    pass


class Any:
    def __eq__(self, other):
        return True

    def __index__(self):
        return 5

    __int__ = __index__


def cheat(article, on_hand, on_order, history):
    return Any()


def five(article, on_hand, on_order, history):
    return Five(5)


def raises(article, on_hand, on_order, history):
    return history[10_000]


def prints(article, on_hand, on_order, history):
    print("x" * 1000)
    return 0


def slow(article, on_hand, on_order, history):
    time.sleep(0.1)
    return 0


def endless(article, on_hand, on_order, history):
    while True:
        pass


def spoils(article, on_hand, on_order, history):
    order = good(article, on_hand, on_order, history)
    article.clear()
    history.clear()
    return order
"""
TEST = """
import time

from doorstart_warehouse import attempt

case_begin = time.monotonic()
case_run = attempt("graded", {name}, language="en")
print(case_run.problem or repr(case_run.result))
print(time.monotonic() - case_begin)
"""
_LIMITS = {"cell_seconds": 20, "test_seconds": 5}


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with Nursery() as running:
        yield running


def graded(nursery: Nursery, *names: str) -> list[dict[str, Any]]:
    """The answers to one test cell for each policy."""
    cells = [{"kind": "learner", "source": LEARNER}]
    cells += [{"kind": "test", "source": TEST.format(name=name)} for name in names]
    job = {"version": 1, "cells": cells, "imports": [], "hidden": ["### BEGIN", "### END"], "limits": _LIMITS}
    first, *rest = nursery.grade(job, {})["cells"]
    assert first["status"] == "ok", first
    return rest


def test_the_result_is_the_same_as_in_a_notebook(nursery: Nursery) -> None:
    good, spoils = graded(nursery, "good", "spoils")
    assert good["status"] == spoils["status"] == "passed"
    (one, _), (other, _) = good["printed"].splitlines(), spoils["printed"].splitlines()
    assert one == other == repr(simulate("graded", season_minded(1.3)))


def test_a_run_ends_long_before_the_limit(nursery: Nursery) -> None:
    """156 calls take about a tenth of a second; on a busy machine, a check must still end within its 5 seconds."""
    answers = graded(nursery, "good", "good", "good")
    seconds = [float(answer["printed"].splitlines()[1]) for answer in answers]
    assert max(seconds) < 2.5


def test_numbers_of_pandas_are_orders(nursery: Nursery) -> None:
    (answer,) = graded(nursery, "with_pandas")
    assert answer["printed"].startswith("Result(")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("cheat", "your policy returned a Any"),
        ("five", "your policy returned a Five"),
        ("raises", "your policy stopped with IndexError: list index out of range"),
        ("prints", "your policy printed more than 20000 characters"),
        ("slow", "your policy needed more than 4 seconds in all"),
        ("no_such_policy", ""),
    ],
)
def test_unusable_policies(nursery: Nursery, name: str, said: str) -> None:
    (answer,) = graded(nursery, name)
    assert answer["status"] == "passed" if said else "failed"
    assert said in answer["printed"]


def test_one_that_never_returns_is_ended(nursery: Nursery) -> None:
    (answer,) = graded(nursery, "endless")
    assert answer["status"] == "failed"
