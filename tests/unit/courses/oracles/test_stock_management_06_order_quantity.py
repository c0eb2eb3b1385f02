"""The order quantity of unit 06 against published exercises and stockpyl."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from stockpyl.eoq import economic_order_quantity

Names = Callable[[str, str], dict[str, Any]]
COURSE, UNIT = "stock-management", "06-order-quantity"


@pytest.mark.parametrize(
    ("demand", "order_cost", "hold_cost", "quantity"),
    [
        (2400, 5, 4, 77.46),
        (2500, 18.75, 1.5, 250),
        (1300, 8, 0.225, 304.047),  # Snyder and Shen, Fundamentals of Supply Chain Theory, example 3.1.
        (14000, 320, 4, 1496.66),
    ],
)
def test_the_quantity_is_that_of_published_exercises_and_of_stockpyl(
    names: Names, demand: float, order_cost: float, hold_cost: float, quantity: float
) -> None:
    unit = names(COURSE, UNIT)
    found = unit["order_quantity"](demand, order_cost, hold_cost)
    best, lowest = economic_order_quantity(fixed_cost=order_cost, holding_cost=hold_cost, demand_rate=demand)
    assert found == pytest.approx(quantity, abs=0.005)
    assert found == pytest.approx(best)
    assert unit["yearly_cost"](demand, order_cost, hold_cost, found) == pytest.approx(lowest)


@pytest.mark.parametrize("quantity", [50, 304.047, 1300])
def test_the_cost_of_any_quantity_is_that_of_stockpyl(names: Names, quantity: float) -> None:
    _, cost = economic_order_quantity(8, 0.225, 1300, order_quantity=quantity)
    assert names(COURSE, UNIT)["yearly_cost"](1300, 8, 0.225, quantity) == pytest.approx(cost)


def test_the_lowest_cost_is_that_of_snyder_and_shen(names: Names) -> None:
    report = names(COURSE, UNIT)["cost_report"](1300, 8, 0.225)
    assert report["quantity"] == pytest.approx(304.047, abs=0.0005)
    assert report["total"] == pytest.approx(68.411, abs=0.0005)


def test_the_textbook_with_wrong_terms_is_mended(names: Names) -> None:
    assert names(COURSE, UNIT)["cost_report"](2500, 18.75, 1.5) == pytest.approx(
        {"quantity": 250, "ordering": 187.5, "holding": 187.5, "total": 375}
    )


@pytest.mark.parametrize("guess", [300, 1300, 2600, 13000])
def test_a_wrong_guess_costs_what_stockpyl_says(names: Names, guess: float) -> None:
    ordered, _ = economic_order_quantity(8, 0.225, guess)
    _, cost = economic_order_quantity(8, 0.225, 1300, order_quantity=ordered)
    _, lowest = economic_order_quantity(8, 0.225, 1300)
    assert names(COURSE, UNIT)["extra_cost"](1300, 8, 0.225, guess) == pytest.approx(cost - lowest, abs=1e-9)


def test_the_point_of_the_chart_is_the_lowest(names: Names) -> None:
    axes = names(COURSE, UNIT)["draw_cost"](1300, 8, 0.225, [100, 304.047, 800])
    line, point = axes.lines
    assert list(point.get_xdata()) == pytest.approx([304.047], abs=0.0005)
    assert list(point.get_ydata()) == pytest.approx([min(line.get_ydata())], abs=0.0005)
