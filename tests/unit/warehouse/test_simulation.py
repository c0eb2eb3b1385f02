"""The simulation: goods are neither made nor lost, time goes in order, and by hand it gives the same."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstart_warehouse import old_rule, season, simulate
from doorstart_warehouse.result import replay
from doorstart_warehouse.season import DAYS, PAST_WEEKS, WEEKS, Season

from .cases import PLAIN, Policy, constant_season, nothing, season_minded


def any_policy(numbers: list[int]) -> Policy:
    """Orders one number after the other, whatever there is."""
    calls = iter(range(10**6))
    return lambda *_: numbers[next(calls) % len(numbers)]


orders = st.lists(st.one_of(st.just(0), st.integers(0, 3000)), min_size=1, max_size=40)
seeds = st.sampled_from(["practice-1", "s1", "s2", "s3", "s4"])
some = settings(max_examples=30, deadline=None)


@some
@given(seeds, orders)
def test_goods_are_conserved(seed: str, numbers: list[int]) -> None:
    """Opening + received - sold = closing, for each article; what is ordered and not received was still on its way."""
    result = simulate(seed, any_policy(numbers))
    for row, card in zip(result.articles, replay(season(seed), result.log), strict=True):
        assert row["opening"] + row["received"] - row["sold"] == row["closing"]  # type: ignore[operator]
        assert card.ordered >= card.received
        assert min(card.on_hand) >= 0
        assert len(card.on_hand) == DAYS


@some
@given(seeds, orders)
def test_customers_get_what_they_want_or_all_that_is_there(seed: str, numbers: list[int]) -> None:
    """Sold and lost are the demand of the day; something is lost only if nothing is left."""
    result = simulate(seed, any_policy(numbers))
    sold: dict[Any, int] = defaultdict(int)
    lost: dict[Any, int] = defaultdict(int)
    for event in result.log:
        if event["event"] in ("sale", "lost"):
            (sold if event["event"] == "sale" else lost)[event["article"], event["day"]] += int(event["pieces"])
    for line, card in zip(season(seed).lines, replay(season(seed), result.log), strict=True):
        for day, asked in enumerate(line.demand, start=1):
            key = line.article.name, day
            assert sold[key] + lost[key] == asked
            assert not lost[key] or card.on_hand[day - 1] == 0


@some
@given(seeds, orders)
def test_a_policy_is_told_the_truth(seed: str, numbers: list[int]) -> None:
    """On hand, on order and history are what the log says; each article is asked for once a week, on Mondays."""
    asked: list[tuple[str, int, int, list[int]]] = []
    inner = any_policy(numbers)

    def spy(article: dict[str, Any], on_hand: int, on_order: int, history: list[int]) -> Any:
        asked.append((article["article"], on_hand, on_order, list(history)))
        return inner()

    log = simulate(seed, spy).log
    lines = season(seed).lines
    assert [name for name, *_ in asked] == [line.article.name for line in lines] * WEEKS
    for place, (name, on_hand, on_order, history) in enumerate(asked):
        week = place // len(lines)
        monday = 7 * week + 1
        own = [event for event in log if event["article"] == name]
        until = [event for event in own if int(event["day"]) < monday or (event["day"] == monday and early(event))]
        assert on_hand == total(until, "opening", "delivery") - total(until, "sale")
        assert on_order == total(until, "order") - total(until, "delivery")
        assert len(history) == PAST_WEEKS + week
        assert history[PAST_WEEKS:] == [
            total([event for event in own if event["week"] == number], "sale") for number in range(1, week + 1)
        ]


def early(event: dict[str, int | str]) -> bool:
    """Whether it happens before the policy is asked."""
    return event["event"] in ("opening", "delivery")


def total(log: list[dict[str, int | str]], *kinds: str) -> int:
    return sum(int(event["pieces"]) for event in log if event["event"] in kinds)


def test_deliveries_come_when_the_season_says() -> None:
    result = simulate("practice-1", lambda article, *_: 5 if article["article"] == "Cook book" else 0)
    line = season("practice-1").lines[3]
    ordered = [int(event["day"]) for event in result.log if event["event"] == "order"]
    came = [int(event["day"]) for event in result.log if event["event"] == "delivery"]
    assert ordered == list(range(1, DAYS, 7))
    due = sorted(day + 14 + line.delays[day - 1] for day in ordered)
    assert came == [day for day in due if day <= DAYS]


def test_days_are_in_order() -> None:
    log = simulate("practice-3", old_rule).log
    assert all(int(one["day"]) <= int(other["day"]) for one, other in pairwise(log))
    assert {event["week"] for event in log} == set(range(1, WEEKS + 1))
    assert all((int(event["day"]) - 1) // 7 + 1 == event["week"] for event in log)


def test_the_same_policy_gives_the_same_log() -> None:
    assert simulate("s9", season_minded(1.2)).log == simulate("s9", season_minded(1.2)).log


def test_a_policy_changes_nothing_of_the_season() -> None:
    """Neither what it does to its arguments, nor what it orders, changes demand and delays."""

    def vandal(article: dict[str, Any], on_hand: int, on_order: int, history: list[int]) -> int:
        order = old_rule(article, on_hand, on_order, history)
        article.clear()
        history[:] = [0]
        return order

    assert simulate("s8", vandal).log == simulate("s8", old_rule).log


def test_without_orders_by_hand() -> None:
    """45 pieces, 10 a day: 10 on each of four days, 5 on the fifth, then nothing for 177 days and a half."""
    result = simulate(constant_season(45), nothing)
    row = result.articles[0]
    assert (row["sold"], row["lost"], row["closing"]) == (45, 10 * DAYS - 45, 0)
    assert result.stock_outs == DAYS - 4
    # In the evenings of the first four days there are 35, 25, 15 and 5 pieces; 0.002 EUR a piece and day.
    assert result.holding_cost == pytest.approx((35 + 25 + 15 + 5) * 0.002)
    assert result.ordering_cost == 0
    assert result.lost_margin == (10 * DAYS - 45) * 2
    assert result.fill_rate == pytest.approx(45 / 1820)


@pytest.mark.parametrize("delay", [0, 3, 7])
def test_constant_demand_by_hand(delay: int) -> None:
    """70 pieces every Monday for a demand of 70 a week: each week is as the one before, and nothing is missing."""
    needed = 7 * (1 + 0) * 10 + 10 * delay
    result = simulate(constant_season(needed, delay=delay), lambda *_: 70)
    assert result.fill_rate == 1
    assert result.ordering_cost == WEEKS * 10
    row = result.articles[0]
    assert row["sold"] == 10 * DAYS
    if delay == 0:
        # A delivery each Monday but the first: in the evenings 60, 50 … 0 pieces, 210 in a week.
        assert result.holding_cost == pytest.approx(WEEKS * 210 * 0.002)


def test_one_piece_less_is_missed_once() -> None:
    assert simulate(constant_season(70), lambda *_: 70).stock_outs == 0
    one_less = simulate(constant_season(69), lambda *_: 70)
    assert (one_less.stock_outs, one_less.articles[0]["lost"]) == (1, 1)


def test_economic_order_quantity_is_the_cheapest() -> None:
    """Unit 6 in the simulation: with constant demand, whole weeks around sqrt(2DS/H) cost least.

    D is 3,650 a year, S is 10, H is 0.73, so Q is 316, which is 4.5 weeks: 4 or 5 weeks must win. Their costs are
    taken over 20 weeks, which both divide.
    """

    def cost(weeks: int) -> float:
        def policy(article: dict[str, Any], on_hand: int, on_order: int, history: list[int]) -> int:
            return 70 * weeks if on_hand + on_order <= 70 else 0

        log = simulate(constant_season(70), policy).log
        cards = replay(Season("constant", constant_season(70).lines), [e for e in log if int(e["week"]) <= 21])
        held = sum(cards[0].on_hand[7 : 7 + 140]) * PLAIN.hold_cost_day
        return 20 / weeks * PLAIN.order_cost + held

    costs = {weeks: cost(weeks) for weeks in (1, 2, 4, 5, 10)}
    assert min(costs, key=lambda weeks: costs[weeks]) in (4, 5)
    for weeks, found in costs.items():
        # Ordering, and on average half an order in stock; in the evening, half a day's demand less.
        expected = 20 / weeks * 10000 + 140 * (70 * weeks / 2 - 5) * 2
        assert found == pytest.approx(expected, rel=0.001)
