"""The key figures of unit 05 against published numbers, and the heat map against a count without pandas."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from doorstart.courses.data import _generator, read_firm

Names = Callable[[str, str], dict[str, Any]]
COURSE, UNIT = "stock-management", "05-key-figures"
COURSES = Path(__file__).parents[4] / "courses"


def test_turnover_and_days_of_the_textbook(names: Names) -> None:
    unit = names(COURSE, UNIT)
    assert unit["turnover"](120_000, 18_000, 22_000) == 6.0
    assert unit["days_of_stock"](120_000, 20_000) == 60.8


@pytest.mark.parametrize(("cost", "start", "end"), [(1, 1, 1), (999, 333, 1), (54_321, 9_876, 5_432)])
def test_both_agree_with_exact_fractions(names: Names, cost: int, start: int, end: int) -> None:
    unit = names(COURSE, UNIT)
    average = Fraction(start + end, 2)
    assert unit["turnover"](cost, start, end) == pytest.approx(float(cost / average), abs=0.0501)
    assert unit["days_of_stock"](cost, float(average)) == pytest.approx(float(365 * average / cost), abs=0.0501)


def test_perfect_orders_have_no_fault_at_all(names: Names) -> None:
    rows = [(True, True, True), (True, False, True), (False, False, True), (True, True, False), (True, True, True)]
    table = pd.DataFrame(rows, columns=["in_time", "complete", "undamaged"])
    assert names(COURSE, UNIT)["perfect_share"](table) == 100 * sum(all(row) for row in rows) / len(rows) == 40


def test_the_heat_map_counts_the_picks_of_the_firm(names: Names) -> None:
    unit = names(COURSE, UNIT)
    firm = read_firm(COURSES)
    _, *picks = _generator(COURSES / "firm" / "generator.py").TABLES["picks"](firm.seed, firm.today)
    counted: Counter[tuple[int, object]] = Counter()
    for day, hour, *_ in picks:
        assert isinstance(day, date)
        counted[day.weekday(), hour] += 1
    expected = [[counted[day, hour] for hour in range(7, 18)] for day in range(5)]
    assert unit["grid"].to_numpy().tolist() == expected
    axes = unit["draw_grid"](unit["grid"], list("abcde"), "picks")
    assert axes.images[0].get_array().tolist() == expected
    assert [label.get_text() for label in axes.get_xticklabels()] == [str(hour) for hour in range(7, 18)]


def test_what_the_reference_answer_of_the_last_task_says_of_the_firm(names: Names) -> None:
    grid = names(COURSE, UNIT)["grid"]
    monday = grid.loc[0]
    assert monday.sum() > grid.to_numpy().sum() / 2
    assert [(int(hour), int(picks)) for hour, picks in monday.nlargest(3).items()] == [(10, 18), (9, 14), (14, 13)]
    assert set(grid.sum(axis="columns").nsmallest(2).index) == {1, 4}


def test_return_rates_of_the_firm_are_those_of_its_tables(names: Names) -> None:
    unit = names(COURSE, UNIT)
    firm = read_firm(COURSES)
    tables = _generator(COURSES / "firm" / "generator.py").TABLES
    article = {row[0]: row[1] for row in tables["products"](firm.seed, firm.today)[1:]}
    sold, back = Counter[str](), Counter[str]()
    for _, _, _, ean, pieces, _ in tables["orders"](firm.seed, firm.today)[1:]:
        sold[article[ean]] += pieces
    for _, _, _, ean, pieces, _ in tables["returns"](firm.seed, firm.today)[1:]:
        back[article[ean]] += pieces
    rates = unit["return_rates"](pd.Series(sold), pd.Series(back))
    assert dict(rates) == {name: pytest.approx(100 * back[name] / pieces, abs=0.0501) for name, pieces in sold.items()}
    assert list(rates) == sorted(rates, reverse=True)
