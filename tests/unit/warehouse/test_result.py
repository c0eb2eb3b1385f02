"""A result follows from its log, and from nothing else."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from doorstart_warehouse import old_rule, season, simulate
from doorstart_warehouse.result import Event, result_of, week_of

from .cases import constant_season


def event(day: int, kind: str, pieces: int) -> Event:
    return {"day": day, "week": week_of(day), "article": "Plain", "event": kind, "pieces": pieces}


def test_a_log_can_be_kept_and_replayed() -> None:
    result = simulate("practice-2", old_rule)
    again = result_of(season("practice-2"), json.loads(json.dumps(result.log)))
    assert again == result


def test_a_small_log_by_hand() -> None:
    log = [
        event(1, "opening", 8),
        event(1, "order", 20),
        event(1, "sale", 3),
        event(2, "sale", 5),
        event(2, "lost", 2),
        event(9, "delivery", 20),
        event(9, "sale", 4),
        event(182, "lost", 1),
    ]
    result = result_of(constant_season(8), log)
    assert result.fill_rate == 12 / 15
    assert result.stock_outs == 2
    assert result.ordering_cost == 10
    # 5 pieces in the evening of day 1, none until day 8, 16 from day 9 to day 182.
    assert result.holding_cost == pytest.approx((5 + 16 * 174) * 0.002)
    assert result.lost_margin == 3 * 2
    assert result.stock_cost == pytest.approx(result.ordering_cost + result.holding_cost)
    assert result.total_cost == pytest.approx(result.stock_cost + result.lost_margin)
    assert result.articles == [
        {
            "article": "Plain",
            "opening": 8,
            "received": 20,
            "sold": 12,
            "lost": 3,
            "closing": 16,
            "orders": 1,
            "stock_out_days": 2,
            "ordering_cost": 10.0,
            "holding_cost": pytest.approx(5.578),
            "lost_margin": 6.0,
        }
    ]


def test_a_log_that_sells_what_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="takes out Plain on day 1"):
        result_of(constant_season(8), [event(1, "opening", 8), event(1, "sale", 9)])


def test_nobody_came_is_no_fault() -> None:
    assert result_of(constant_season(8), [event(1, "opening", 8)]).fill_rate == 1


def test_rows_make_a_table_and_sums_agree() -> None:
    result = simulate("practice-3", old_rule)
    table = pd.DataFrame(result.articles)
    assert table["sold"].sum() / (table["sold"].sum() + table["lost"].sum()) == pytest.approx(result.fill_rate)
    for column in ("ordering_cost", "holding_cost", "lost_margin"):
        assert table[column].sum() == pytest.approx(getattr(result, column))
    assert table["stock_out_days"].sum() == result.stock_outs


def test_a_result_says_the_most_important_in_one_line() -> None:
    assert repr(simulate("practice-1", old_rule)) == (
        "Result(fill_rate=0.890, stock_cost=919.75, lost_margin=2924.67, stock_outs=115)"
    )


def test_days_and_weeks() -> None:
    assert [week_of(day) for day in (1, 7, 8, 182)] == [1, 1, 2, 26]
