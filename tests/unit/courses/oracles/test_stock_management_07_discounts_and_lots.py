"""Discounts and lots of unit 07 against published exercises, stockpyl, and trying all ways."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest
from stockpyl.eoq import economic_order_quantity_with_all_units_discounts
from stockpyl.wagner_whitin import wagner_whitin

Names = Callable[[str, str], dict[str, Any]]
COURSE, UNIT = "stock-management", "07-discounts-and-lots"


def _offers(breaks: list[float], prices: list[float]) -> list[dict[str, float]]:
    return [{"from": first, "price": price} for first, price in zip(breaks, prices, strict=True)]


def test_the_published_offer_is_found(names: Names) -> None:
    unit = names(COURSE, UNIT)
    found = unit["best_offer"](1000, 200, 0.2, _offers([0, 200, 500], [500, 475, 450]))
    assert found == pytest.approx({"quantity": 500, "cost": 472900})
    assert unit["cost_at"](1000, 200, 0.2, 450, 500) == pytest.approx(472900)


@pytest.mark.parametrize(
    ("demand", "order_cost", "rate", "breaks", "prices"),
    [
        (1000, 200, 0.2, [0, 200, 500], [500, 475, 450]),
        (1200, 6, 0.25, [0, 200, 600], [4.00, 3.80, 3.75]),
        (1000, 200, 0.2, [0, 400], [500, 499]),
        (1000, 200, 0.2, [0, 500], [1.00, 0.98]),
        (1300, 8, 0.3, [0, 400, 800], [0.75, 0.72, 0.68]),
    ],
)
def test_the_best_offer_is_that_of_stockpyl(
    names: Names, demand: float, order_cost: float, rate: float, breaks: list[float], prices: list[float]
) -> None:
    quantity, _, cost = economic_order_quantity_with_all_units_discounts(order_cost, rate, demand, breaks, prices)
    found = names(COURSE, UNIT)["best_offer"](demand, order_cost, rate, _offers(breaks, prices))
    assert found == pytest.approx({"quantity": quantity, "cost": cost})


def test_the_published_lots_are_found(names: Names) -> None:
    unit, demand = names(COURSE, UNIT), [90, 120, 80, 70]
    assert unit["best_plan"](500, 2, demand) == {"lots": [210, 150], "cost": 1380}
    assert unit["plan_cost"](500, 2, demand, [210, 0, 150, 0]) == 1380
    assert unit["plan_cost"](500, 2, demand, demand) == 2000
    assert unit["plan_cost"](500, 2, demand, [360, 0, 0, 0]) == 1480


@pytest.mark.parametrize("seed", range(20))
def test_lots_cost_what_stockpyl_says_and_no_way_of_joining_weeks_costs_less(names: Names, seed: int) -> None:
    random = Random(seed)  # noqa: S311 (no secret)
    demand = [random.randint(1, 200) for _ in range(random.randint(1, 8))]
    order_cost, hold_cost = random.randint(10, 500), random.choice([0.5, 1, 2])
    unit = names(COURSE, UNIT)
    found = unit["best_plan"](order_cost, hold_cost, demand)
    _, cost, *_ = wagner_whitin(len(demand), hold_cost, order_cost, demand)
    assert found["cost"] == pytest.approx(cost)
    assert sum(found["lots"]) == sum(demand)
    assert found["cost"] == pytest.approx(
        min(unit["plan_cost"](order_cost, hold_cost, demand, plan) for plan in _plans(demand))
    )


def test_a_week_without_demand_needs_no_order(names: Names) -> None:
    unit = names(COURSE, UNIT)
    assert unit["best_plan"](60, 1, [0, 30, 50])["cost"] == unit["plan_cost"](60, 1, [0, 30, 50], [0, 80, 0]) == 110


def _plans(demand: list[int]) -> Iterator[list[int]]:
    """All ways to join weeks: the orders of each week."""
    if not demand:
        yield []
    for end in range(1, len(demand) + 1):
        for rest in _plans(demand[end:]):
            yield [sum(demand[:end]), *[0] * (end - 1), *rest]
