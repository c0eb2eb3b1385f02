"""Unit 13 of Stock management: its policies by hand, and its points against the simulator.

The numbers in the text and in the hidden checks are those that the simulator gives; limits are such that policies with
a season and a safety stock in mind get the points in every learner's own season, and those without do not.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from stockpyl.eoq import economic_order_quantity

from doorstart_checks.variant import Variant
from doorstart_warehouse import PRACTICE, Result, old_rule, score, season, simulate
from doorstart_warehouse.search import search

UNIT = Path(__file__).parents[4] / "courses" / "stock-management" / "units" / "13-run-the-warehouse"
SOURCE = (UNIT / "unit.en.md").read_text(encoding="utf-8")
Policy = Callable[[dict[str, Any], int, int, list[int]], int]


def found(pattern: str) -> str:
    """What a hidden check holds."""
    match = re.search(pattern, SOURCE)
    assert match, pattern
    return match[1]


SEED = found(r'case_seed = "([0-9a-f]{32})"')
OWN = found(r'case_own = f"([0-9a-f]{32})-')
BEST = float(found(r"best_cost=([0-9.]+)\)"))


@pytest.fixture
def unit(names: Callable[[str, str], dict[str, Any]]) -> dict[str, Any]:
    return names("stock-management", "13-run-the-warehouse")


def with_safety(unit: dict[str, Any], safety: float, weeks_more: int = 3) -> Policy:
    """The reference solution with other numbers."""

    def policy(article: dict[str, Any], on_hand: int, on_order: int, history: list[int]) -> int:
        weeks = article["lead_weeks"] + 1
        position = on_hand + on_order
        if position <= safety * unit["coming_demand"](history, weeks):
            return math.ceil(safety * unit["coming_demand"](history, weeks + weeks_more) - position)
        return 0

    return policy


def own_season(learner: str) -> str:
    """The seed of a learner's own season, as the last check makes it."""
    return f"{OWN}-{Variant(learner, 'my-season').whole(0, 10**12)}"


def ratio(result: Result) -> float:
    """The stock cost against that of the old rule."""
    return result.stock_cost / simulate(result.seed, old_rule).stock_cost


def points(policy: Policy, learner: str = "preview") -> int:
    """Of the seven points of task 6, as the unit's table states them."""
    practice, unknown, own = (simulate(seed, policy) for seed in ("practice-1", SEED, own_season(learner)))
    reached = score(unknown, best_cost=BEST)
    return sum(
        [
            practice.fill_rate >= 0.95 and ratio(practice) <= 1.5,
            unknown.fill_rate >= 0.97,
            unknown.fill_rate >= 0.9 and ratio(unknown) <= 1.5,
            unknown.stock_outs <= 30,
            reached >= 30,
            reached >= 70,
            own.fill_rate >= 0.93 and ratio(own) <= 1.7,
        ]
    )


def test_best_cost_of_the_hidden_season_is_what_the_search_finds() -> None:
    assert search(SEED).total_cost == BEST
    assert set(re.findall(r"best_cost=([0-9.]+)\)", SOURCE)) == {str(BEST)}


def test_hidden_seeds_cannot_be_tried_out() -> None:
    """128 bits each, and not those of practice: see the simulator's README."""
    assert SEED != OWN
    for seed in (SEED, OWN):
        assert len(set(seed)) > 8
        assert SOURCE.count(seed) == 1


def test_the_reference_gets_all_points(unit: dict[str, Any]) -> None:
    assert points(unit["my_policy"]) == 7


@pytest.mark.parametrize("safety", [1.25, 1.3, 1.35, 1.4])
@pytest.mark.parametrize("weeks_more", [2, 3])
def test_the_points_do_not_hang_on_one_number(unit: dict[str, Any], safety: float, weeks_more: int) -> None:
    assert points(with_safety(unit, safety, weeks_more)) >= 6


def test_simpler_policies_get_less(unit: dict[str, Any]) -> None:
    assert points(old_rule) == 0
    assert points(unit["first_policy"]) == 0
    assert 1 <= points(unit["season_policy"]) <= 3


def test_the_reference_passes_in_every_learners_own_season(unit: dict[str, Any]) -> None:
    """A learner must not lose a point by the luck of the draw."""
    for number in range(150):
        own = simulate(own_season(f"learner-{number}"), unit["my_policy"])
        assert own.fill_rate >= 0.93, number
        assert ratio(own) <= 1.7, number


def test_what_the_text_says_of_three_policies(unit: dict[str, Any]) -> None:
    """The season policy is the cheapest of the three, and still loses many sales."""
    results = [simulate("practice-1", unit[name]) for name in ("old_rule", "first_policy", "season_policy")]
    costs = [result.total_cost for result in results]
    assert costs == sorted(costs, reverse=True)
    assert results[2].fill_rate < 0.95
    assert [score(result) for result in results] == [0.0, 11.1, 39.3]


def test_what_the_model_answer_says(unit: dict[str, Any]) -> None:
    old = [simulate(seed, old_rule) for seed in PRACTICE]
    new = [simulate(seed, unit["my_policy"]) for seed in PRACTICE]
    assert [round(100 * result.fill_rate) for result in old] == [89, 90, 89]
    assert min(result.fill_rate for result in new) > 0.98
    assert [result.stock_outs for result in old] == [115, 92, 100]
    assert max(result.stock_outs for result in new) <= 11
    assert all(1.2 < ratio(result) < 1.4 for result in new)
    assert all(one.total_cost < other.total_cost / 2 for one, other in zip(new, old, strict=True))
    assert score(new[0]) > 80


def test_fill_rate_is_that_of_the_simulator(unit: dict[str, Any]) -> None:
    for seed in PRACTICE:
        result = simulate(seed, old_rule)
        assert unit["fill_rate"](pd.DataFrame(result.articles)) == pytest.approx(result.fill_rate)


def test_policies_by_hand(unit: dict[str, Any]) -> None:
    """The examples of tasks 3 and 4, and the growth of the worked example."""
    assert unit["first_policy"]({"lead_weeks": 2}, 5, 20, [10] * 104) == 41
    assert unit["season_policy"]({"lead_weeks": 1}, 12, 3, [10] * 104) == 35
    # 20 a week last year, and 25 of late in place of 20: a quarter more of 4 times 20.
    assert unit["coming_demand"]([10] * 44 + [20] * 52 + [25] * 8, 4) == 100


def test_numbers_on_paper_tell_the_mistakes_apart() -> None:
    """Task 2, for many learners: the position is below the reorder point first, above it then, and no order is 0."""
    for number in range(300):
        mine = Variant(f"learner-{number}", "my-monday")
        reorder = mine.whole(60, 95)
        level = reorder + mine.whole(60, 120)
        hand = [mine.whole(11, 29), mine.whole(11, 29)]
        order = [mine.whole(12, 28), reorder + mine.whole(2, 30)]
        assert hand[0] + order[0] < reorder < hand[1] + order[1]
        assert len({level - hand[0] - order[0], level - hand[0], reorder - hand[0] - order[0], level, 0}) == 5
        assert hand[1] < reorder


def test_three_weeks_more_are_near_the_economic_order_quantity() -> None:
    """The text lets learners order for three weeks more. stockpyl's EOQ of the articles is three to six weeks."""
    for line in season("practice-1").lines:
        facts = line.article.facts()
        demand = sum(line.past[-52:])
        quantity, _ = economic_order_quantity(
            fixed_cost=facts["order_cost"], holding_cost=facts["hold_cost"], demand_rate=demand
        )
        assert 2.5 < quantity / (demand / 52) < 6.5, line.article.name
