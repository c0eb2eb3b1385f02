"""The letters of unit 04 against a table worked out by hand, numpy and Python's own statistics."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

Names = Callable[[str, str], dict[str, Any]]
COURSE, UNIT = "stock-management", "04-abc-xyz"
VALUES = [8000, 5000, 3000, 1500, 480, 360, 225]
CUMULATIVE = [0.4309, 0.7002, 0.8618, 0.9426, 0.9685, 0.9879, 1]


def test_cumulative_shares_and_letters_of_seven_articles(names: Names) -> None:
    unit = names(COURSE, UNIT)
    shuffled = pd.Series(dict(zip("abcdefg", VALUES, strict=True))).sample(frac=1, random_state=4)
    shares = unit["cumulative_share"](shuffled)
    assert list(shares.index) == list("abcdefg")
    assert list(shares) == pytest.approx(CUMULATIVE, abs=0.00005)
    assert "".join(unit["abc_letter"](share, 0.80, 0.95) for share in shares) == "AABBCCC"


@pytest.mark.parametrize("seed", range(5))
def test_cumulative_shares_are_those_of_numpy(names: Names, seed: int) -> None:
    values = np.random.default_rng(seed).integers(1, 1000, 30)
    largest_first = np.sort(values)[::-1]
    shares = names(COURSE, UNIT)["cumulative_share"](pd.Series(values))
    assert list(shares) == pytest.approx(list(np.cumsum(largest_first) / values.sum()))


def test_a_border_is_met_exactly_when_the_division_comes_last(names: Names) -> None:
    """Adding up rounded shares would give 0.9500000000000001, and the wrong letter."""
    unit = names(COURSE, UNIT)
    shares = unit["cumulative_share"](pd.Series([80, 15, 5]))
    assert [unit["abc_letter"](share, 0.80, 0.95) for share in shares] == ["A", "B", "C"]


@pytest.mark.parametrize("months", [[10, 12, 8, 10], [0, 0, 36, 4], [3, 1, 4, 1, 5, 9, 2, 6], [7, 7, 7]])
def test_variation_is_the_sample_standard_deviation_divided_by_the_mean(names: Names, months: list[int]) -> None:
    letter = names(COURSE, UNIT)["xyz_letter"]
    variation = statistics.stdev(months) / statistics.mean(months)
    assert letter(pd.Series(months), variation + 1e-9, 9) == "X"
    assert letter(pd.Series(months), variation - 1e-9, 9) == "Y"
    assert letter(pd.Series(months), variation - 2e-9, variation - 1e-9) == "Z"


def test_all_letters_of_the_shipped_firm_are_in_use(names: Names) -> None:
    """The lesson's last cell shows each of them, and few articles are A."""
    unit = names(COURSE, UNIT)
    letters = [unit["abc_letter"](share, 0.80, 0.95) for share in unit["cumulative_share"](unit["values"])]
    assert {letters.count("A") > 0, letters.count("B") > 0, letters.count("C") > 0} == {True}
    assert letters.count("A") < len(letters) / 2
    steady = {unit["xyz_letter"](months, 0.5, 1.0) for _, months in unit["by_month"].iterrows()}
    assert steady == {"X", "Y", "Z"}
