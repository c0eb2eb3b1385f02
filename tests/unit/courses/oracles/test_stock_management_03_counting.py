"""Counting in unit 03: A 4, B 2, C 1 counts a year, tolerance 1, 3 and 5 %, in whole numbers instead of floats."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest

Names = Callable[[str, str], dict[str, Any]]
TIMES = {"A": 4, "B": 2, "C": 1}
TOLERANCE = {"A": 1, "B": 3, "C": 5}


@pytest.fixture(scope="module")
def unit(names: Names) -> dict[str, Any]:
    return names("stock-management", "03-counting")


def test_the_rules_are_those_of_the_domain_research(unit: dict[str, Any]) -> None:
    assert unit["TIMES"] == TIMES
    assert unit["TOLERANCE"] == TOLERANCE


@pytest.mark.parametrize("letter", ["A", "B", "C"])
def test_each_class_is_counted_as_often_as_the_rule_says_with_equal_gaps(unit: dict[str, Any], letter: str) -> None:
    plan = unit["yearly_plan"]([(str(number), letter) for number in range(120)], TIMES)
    gap = 52 // TIMES[letter]
    for weeks in plan.values():
        assert len(weeks) == TIMES[letter]
        assert 1 <= weeks[0] <= gap and weeks[-1] <= 52
        assert {later - earlier for earlier, later in pairwise(weeks)} <= {gap}


def test_the_plan_of_the_year_has_the_counts_of_the_sheet(unit: dict[str, Any]) -> None:
    plan, classes = unit["plan"], unit["sheet"]["class"]
    expected = sum(count * int((classes == letter).sum()) for letter, count in TIMES.items())
    assert sum(len(unit["to_count"](plan, week)) for week in range(1, 53)) == expected == 61
    assert max(len(unit["to_count"](plan, week)) for week in range(1, 53)) <= 4, "no week has much more than others"


@pytest.mark.parametrize("rate", [1, 3, 5])
def test_the_tolerance_is_exact_for_all_whole_numbers(unit: dict[str, Any], rate: int) -> None:
    for recorded in [*range(350), 1000, 99_900, 100_000]:
        for off in range(recorded * rate // 100 + 2):
            is_good = Fraction(off) <= Fraction(recorded * rate, 100)
            assert unit["within_tolerance"](recorded, recorded + off, rate) is is_good
            assert unit["within_tolerance"](recorded + off, recorded, rate) is (
                Fraction(off) <= Fraction((recorded + off) * rate, 100)
            )


def test_recounts_and_accuracy_of_the_sheet_fit_the_rule_line_by_line(unit: dict[str, Any]) -> None:
    sheet: pd.DataFrame = unit["sheet"]
    good = {
        line.article: abs(line.counted - line.recorded) * 100 <= line.recorded * TOLERANCE[line.letter]
        for line in sheet.rename(columns={"class": "letter"}).itertuples()
    }
    assert unit["recounts"](sheet, TOLERANCE) == [article for article, is_good in good.items() if not is_good]
    for letter in TOLERANCE:
        own = [good[article] for article in sheet.loc[sheet["class"] == letter, "article"]]
        assert unit["accuracy"](sheet, TOLERANCE, letter) == pytest.approx(100 * sum(own) / len(own), abs=0.05)
    assert unit["accuracy"](sheet, TOLERANCE, "D") is None


def test_the_two_swapped_lines_of_the_last_task_are_on_the_sheet(unit: dict[str, Any]) -> None:
    sheet = unit["sheet"].set_index("article")
    off = sheet["counted"] - sheet["recorded"]
    assert (off["Pen, blue, box of 10"], off["Pencil HB, box of 12"]) == (-12, 12)
