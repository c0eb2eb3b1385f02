"""Policies to try, from good to impossible; and a season without chance."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from doorstart_warehouse.articles import Article
from doorstart_warehouse.season import AHEAD_WEEKS, DAYS, PAST_WEEKS, WEEKS, Line, Season

Policy = Callable[[dict[str, Any], int, int, list[int]], Any]


def coming_demand(history: list[int], weeks: int) -> float:
    """As in unit 13: the same weeks of last year, times the growth since."""
    start = len(history) - 52
    return sum(history[start : start + weeks]) * sum(history[-8:]) / sum(history[-60:-52])


def season_minded(safety: float) -> Policy:
    """The reference solution of unit 13, with another safety."""

    def policy(article: dict[str, Any], on_hand: int, on_order: int, history: list[int]) -> int:
        weeks = article["lead_weeks"] + 1
        position = on_hand + on_order
        if position <= safety * coming_demand(history, weeks):
            return math.ceil(safety * coming_demand(history, weeks + 3) - position)
        return 0

    return policy


def fixed_levels(levels: dict[str, tuple[int, int]]) -> Policy:
    """For each article, order at or below the first number of pieces, up to the second."""

    def policy(article: dict[str, Any], on_hand: int, on_order: int, history: list[int]) -> int:
        low, high = levels[article["article"]]
        position = on_hand + on_order
        return max(0, high - position) if position <= low else 0

    return policy


def nothing(*_: Any) -> int:
    """Never order."""
    return 0


PLAIN = Article(
    name="Plain",
    purchase_price=1000,
    sales_price=3000,
    order_cost=10000,
    hold_cost_day=2,
    lead_weeks=1,
    weekly=70,
    profile={},
)


def constant_season(opening: int, daily: int = 10, delay: int = 0) -> Season:
    """One article, of which every day the same number of pieces is asked for; each delivery is late by ``delay``."""
    line = Line(
        article=PLAIN,
        opening=opening,
        past=(7 * daily,) * PAST_WEEKS,
        demand=(daily,) * DAYS,
        delays=(delay,) * DAYS,
        means=(7000 * daily,) * (WEEKS + AHEAD_WEEKS),
    )
    return Season("constant", (line,))
