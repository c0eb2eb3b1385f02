"""What a learner could try: to know the season instead of deciding from what there is."""

from __future__ import annotations

from typing import Any

import pytest

from doorstart_warehouse import PRACTICE, Result, old_rule, score, season, simulate
from doorstart_warehouse.policies import ahead_policy
from doorstart_warehouse.search import search

from .cases import Policy, fixed_levels, season_minded

HIDDEN = ("0d9f2a61c3", "7be41c90aa", "51f0c8d2e7")
"""Seasons that the cheats below do not know."""


@pytest.fixture(scope="module")
def best() -> dict[str, float]:
    return {seed: search(seed).total_cost for seed in HIDDEN}


def recorded(seed: str) -> list[int]:
    """The orders of the best policy that knows the season."""
    levels = search(seed).levels
    policies = {
        line.article.name: ahead_policy(line, *(round(2 * level) for level in levels[line.article.name]))
        for line in season(seed).lines
    }
    orders: list[int] = []

    def policy(article: dict[str, Any], *rest: Any) -> int:
        orders.append(policies[article["article"]](article, *rest))
        return orders[-1]

    assert score(simulate(seed, policy)) == 100
    return orders


def played(orders: list[int]) -> Policy:
    calls = iter(orders)
    return lambda *_: next(calls)


def test_a_list_of_orders_is_good_for_its_own_season_only(best: dict[str, float]) -> None:
    orders = recorded("practice-1")
    assert score(simulate("practice-1", played(orders))) == 100
    for seed, cost in best.items():
        result = simulate(seed, played(orders))
        assert score(result, best_cost=cost) < 10
        assert result.fill_rate < 0.9 or result.stock_cost > 1.7 * simulate(seed, old_rule).stock_cost


def test_levels_that_fit_one_season_fit_no_other(best: dict[str, float]) -> None:
    """The best fixed levels in hindsight, found by trying them in practice-1."""
    levels = {
        "Notebook A5, lined": (1210, 2179),
        "Pen, blue, box of 10": (312, 702),
        "Mug, white": (217, 383),
        "Cook book": (113, 325),
        "Desk lamp": (51, 107),
        "Coffee, 500 g": (124, 272),
    }
    assert score(simulate("practice-1", fixed_levels(levels))) > 90
    for seed in PRACTICE[1:]:
        assert score(simulate(seed, fixed_levels(levels))) < 20
    for seed, cost in best.items():
        assert score(simulate(seed, fixed_levels(levels)), best_cost=cost) < 40


def test_a_policy_that_decides_from_what_it_sees_is_good_in_all(best: dict[str, float]) -> None:
    for seed, cost in best.items():
        assert score(simulate(seed, season_minded(1.3)), best_cost=cost) > 60


def test_each_figure_alone_can_be_had_cheaply_and_not_together() -> None:
    """Why the unit has a limit for each: nothing in stock costs nothing, and full shelves lose no sale."""

    def shown(result: Result) -> tuple[float, float]:
        return result.fill_rate, result.stock_cost / old.stock_cost

    old = simulate("practice-1", old_rule)
    fill, cost = shown(simulate("practice-1", lambda *_: 0))
    assert fill < 0.2
    assert cost < 0.2
    fill, cost = shown(simulate("practice-1", lambda *_: 400))
    assert fill > 0.99
    assert cost > 5


def test_a_policy_sees_plain_data_of_the_past_only() -> None:
    """Nothing that it is given leads to the season, and nothing in it tells the future."""
    seen: list[tuple[Any, ...]] = []

    def policy(*arguments: Any) -> int:
        seen.append(arguments)
        return 0

    simulate("practice-1", policy)
    for article, on_hand, on_order, history in seen:
        assert type(article) is dict
        assert set(article) == {"article", "lead_weeks", "order_cost", "hold_cost", "purchase_price", "sales_price"}
        assert all(type(value) in (str, int, float) for value in article.values())
        assert type(on_hand) is type(on_order) is int
        assert type(history) is list
        assert all(type(pieces) is int for pieces in history)


def test_the_past_does_not_tell_the_future() -> None:
    """Two seasons of other seeds never begin alike: there is nothing to look up but the seeds for practice."""
    pasts = {season(f"past-{number}").lines[0].past for number in range(50)}
    assert len(pasts) == 50
