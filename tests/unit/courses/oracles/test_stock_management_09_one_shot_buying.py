"""One-shot buying of unit 09 against Snyder and Shen, stockpyl, and trying all quantities."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from stockpyl.newsvendor import newsvendor_discrete, newsvendor_normal

Names = Callable[[str, str], dict[str, Any]]
COURSE, UNIT = "stock-management", "09-one-shot-buying"


@pytest.mark.parametrize(
    ("overage", "underage", "mean", "deviation", "quantity", "cost"),
    [
        (2, 18, 120, 10, 132.8155, 35.0997),
        (0.18, 0.70, 50, 8, 56.604, 1.9976),  # Snyder and Shen, Fundamentals of Supply Chain Theory, example 4.3.
    ],
)
def test_the_normal_quantity_and_its_cost_are_the_published_ones(
    names: Names, overage: float, underage: float, mean: float, deviation: float, quantity: float, cost: float
) -> None:
    found = names(COURSE, UNIT)["best_normal"](overage, underage, mean, deviation)
    assert found == pytest.approx({"quantity": quantity, "cost": cost}, abs=0.0005)
    best, lowest = newsvendor_normal(overage, underage, mean, deviation)
    assert found == pytest.approx({"quantity": best, "cost": lowest})


def test_the_critical_ratio_is_that_of_both_exercises(names: Names) -> None:
    ratio = names(COURSE, UNIT)["critical_ratio"]
    assert ratio(14, 32, 12) == pytest.approx(18 / (18 + 2))
    assert ratio(0.30, 1.00, 0.12) == pytest.approx(0.70 / (0.70 + 0.18))


@pytest.mark.parametrize("seed", range(20))
def test_counting_gives_the_quantity_and_cost_of_stockpyl_and_no_quantity_costs_less(names: Names, seed: int) -> None:
    random = Random(seed)  # noqa: S311 (no secret)
    unit = names(COURSE, UNIT)
    demands = [random.randint(0, 30) for _ in range(random.randint(5, 60))]
    overage, underage = random.uniform(0.1, 9), random.uniform(0.1, 9)
    best = unit["best_by_counting"](demands, underage / (underage + overage))
    cost = unit["average_cost"](demands, best, overage, underage)

    shares = {demand: count / len(demands) for demand, count in Counter(demands).items()}
    every = {demand: shares.get(demand, 0) for demand in range(max(demands) + 1)}
    quantity, lowest = newsvendor_discrete(overage, underage, demand_pmf=every)
    assert best == quantity
    assert cost == pytest.approx(lowest)
    tried = [unit["average_cost"](demands, other, overage, underage) for other in range(max(demands) + 2)]
    assert cost == pytest.approx(min(tried))
    assert unit["share_enough"](demands, best) >= underage / (underage + overage)
    assert best == 0 or unit["share_enough"](demands, best - 1) < underage / (underage + overage)


def test_the_firms_season_has_all_its_days_and_the_lesson_says_its_quantities(names: Names) -> None:
    unit = names(COURSE, UNIT)
    assert len(unit["demands"]) == 40
    assert unit["best_by_counting"](unit["demands"], 0.6) == 8
    found = unit["best_normal"](2, 3, unit["mean"](unit["demands"]), unit["stdev"](unit["demands"]))
    assert round(found["quantity"]) == 9
