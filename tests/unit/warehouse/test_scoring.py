"""The score: 0 for the old rule, 100 for the best that was found, and never below 0."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstart_warehouse import PRACTICE, Result, old_rule, score, season, simulate
from doorstart_warehouse.articles import ARTICLES
from doorstart_warehouse.policies import ahead_policy
from doorstart_warehouse.scoring import best_costs

from .cases import Policy, fixed_levels, nothing, season_minded

practice = pytest.mark.parametrize("seed", PRACTICE)


@practice
def test_the_old_rule_gets_0(seed: str) -> None:
    assert score(simulate(seed, old_rule)) == 0


@practice
def test_worse_than_the_old_rule_gets_0(seed: str) -> None:
    assert score(simulate(seed, nothing)) == 0
    assert score(simulate(seed, lambda *_: 1000)) == 0


@practice
def test_a_good_policy_is_between(seed: str) -> None:
    plain, safe = score(simulate(seed, season_minded(1.0))), score(simulate(seed, season_minded(1.3)))
    assert 0 < plain < 50
    assert 75 < safe < 100


def test_the_table_of_the_readme() -> None:
    assert [round(score(simulate(seed, season_minded(1.0)))) for seed in PRACTICE] == [39, 44, 10]
    assert [round(score(simulate(seed, season_minded(1.3)))) for seed in PRACTICE] == [93, 81, 80]


def test_it_goes_evenly_from_the_old_rule_to_the_best() -> None:
    def result(cost: float) -> Result:
        return Result("practice-1", [], [], 1.0, 0, cost, 0.0, 0.0)

    old = simulate("practice-1", old_rule).total_cost
    best = best_costs()["practice-1"]
    assert score(result(best)) == 100
    assert score(result((old + best) / 2)) == 50
    assert score(result(best - (old - best) / 10)) == 110
    assert score(result(old + 1)) == 0


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from(PRACTICE),
    st.fixed_dictionaries(
        {
            article.name: st.tuples(st.integers(0, 12 * article.weekly), st.integers(0, 20 * article.weekly))
            for article in ARTICLES
        }
    ),
)
def test_no_levels_get_far_above_100(seed: str, levels: dict[str, tuple[int, int]]) -> None:
    assert 0 <= score(simulate(seed, fixed_levels(levels))) < 110


def test_a_season_that_is_not_for_practice_needs_its_best_cost() -> None:
    result = simulate("another", season_minded(1.3))
    with pytest.raises(ValueError, match="give it as best_cost"):
        score(result)
    assert score(result, best_cost=result.total_cost) == 100


def test_a_best_cost_above_the_old_rules_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="not below that of the old rule"):
        score(simulate("another", old_rule), best_cost=10**6)


def test_to_stop_ordering_in_time_gains_little() -> None:
    """The last week is as the others; who orders nothing that comes after it saves a point or so, and no more."""
    inner = season_minded(1.3)

    def stops(article: dict[str, object], on_hand: int, on_order: int, history: list[int]) -> int:
        left = 104 + 26 - len(history)
        return 0 if left <= int(str(article["lead_weeks"])) else inner(article, on_hand, on_order, history)

    gains = [score(simulate(seed, stops)) - score(simulate(seed, inner)) for seed in PRACTICE]
    assert max(gains) < 3


def test_the_family_of_the_search_is_not_beaten_by_its_neighbours() -> None:
    """Levels beside the best cost more: the search did not stop at an edge by mistake."""
    line = season("practice-1").lines[2]
    alone = season("practice-1").only(line.article.name)

    def cost(policy: Policy) -> float:
        return simulate(alone, policy).total_cost

    best = cost(ahead_policy(line, 9, 20))
    assert all(cost(ahead_policy(line, 9 + one, 20 + other)) >= best for one in (-1, 0, 1) for other in (-1, 0, 1))
