"""The reorder point of unit 08 against published exercises, the standard library and stockpyl."""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist
from typing import Any

import pandas as pd
import pytest
from stockpyl.newsvendor import newsvendor_normal

Names = Callable[[str, str], dict[str, Any]]
COURSE, UNIT = "stock-management", "08-reorder-point"


@pytest.mark.parametrize(
    ("level", "z"), [(0.90, 1.2816), (0.95, 1.6449), (0.975, 1.9600), (0.98, 2.0537), (0.99, 2.3263)]
)
def test_z_is_that_of_printed_tables(names: Names, level: float, z: float) -> None:
    found = names(COURSE, UNIT)["z_of"](level)
    assert found == pytest.approx(z, abs=0.00005)
    assert found == pytest.approx(NormalDist().inv_cdf(level))


def test_seven_days_with_a_deviation_of_four(names: Names) -> None:
    unit = names(COURSE, UNIT)
    point, daily = unit["reorder_point"], 2400 / 365
    assert unit["safety_stock"](4, 7, 1) == pytest.approx(10.583, abs=0.0005)
    assert point(daily, 7, 4, unit["z_of"](0.98)) == pytest.approx(67.76, abs=0.005)
    assert point(daily, 7, 4, 2.05) == pytest.approx(67.72, abs=0.005)
    assert math.ceil(point(daily, 7, 4, 2.05)) == 68


def test_a_deviation_that_is_given_for_the_lead_time(names: Names) -> None:
    point = names(COURSE, UNIT)["reorder_point"](500 / 250, 12, 20 / math.sqrt(12), 1.64)
    assert point == pytest.approx(56.8, abs=0.005)


def test_three_weeks_with_a_deviation_of_120(names: Names) -> None:
    unit = names(COURSE, UNIT)
    z = unit["z_of"](0.95)
    assert unit["safety_stock"](120, 3, z) == pytest.approx(341.9, abs=0.05)
    assert unit["reorder_point"](14000 / 52, 3, 120, z) == pytest.approx(1149.6, abs=0.05)


@pytest.mark.parametrize(
    ("demand", "lead_time", "deviation", "percent"), [(2400 / 365, 7, 4, 98), (14000 / 52, 3, 120, 95), (12, 4, 8, 50)]
)
def test_it_is_the_base_stock_of_stockpyl(
    names: Names, demand: float, lead_time: int, deviation: float, percent: int
) -> None:
    unit = names(COURSE, UNIT)
    # With these costs, stockpyl's best service level is `percent`; it counts one period on top of the lead time.
    best, _ = newsvendor_normal(100 - percent, percent, demand, deviation, lead_time=lead_time - 1)
    found = unit["reorder_point"](demand, lead_time, deviation, unit["z_of"](percent / 100))
    assert found == pytest.approx(best)
    assert unit["how_sure"](found, demand, lead_time, deviation) == pytest.approx(percent / 100)


def test_the_table_orders_what_the_function_orders(names: Names) -> None:
    unit = names(COURSE, UNIT)
    table = pd.DataFrame(
        {
            "article": ["A", "B", "C"],
            "position": [67, 69, 1149],
            "demand": [2400 / 365, 2400 / 365, 14000 / 52],
            "lead_time": [7, 7, 3],
            "deviation": [4, 4, 120],
        }
    )
    z = unit["z_of"](0.98)
    points = [unit["reorder_point"](row.demand, row.lead_time, row.deviation, z) for row in table.itertuples()]
    expected = [
        row.article for row, point in zip(table.itertuples(), points, strict=True) if row.position <= math.ceil(point)
    ]
    assert unit["to_order"](table, z) == expected == ["A", "C"]


def test_the_chart_has_the_three_heights(names: Names) -> None:
    words = {"title": "T", "bottom": "B", "left": "L", "stock": "S", "point": "P", "safety": "Y"}
    axes = names(COURSE, UNIT)["stock_chart"]([1, 2], [9, 4], 67.76, 21.73, words)
    assert [max(line.get_ydata()) for line in axes.lines] == [9, 67.76, 21.73]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["S", "P", "Y"]
