"""Policies to compare with: the firm's old rule, and the family among which the search looks for the best."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from doorstart_warehouse.asking import Policy
from doorstart_warehouse.season import AHEAD_WEEKS, PAST_WEEKS, WEEKS, Line

_THOUSAND = 1000


def old_rule(article: dict[str, Any], on_hand: int, on_order: int, history: list[int]) -> int:
    """The baseline: below three weeks of the past year's average, fill up to seven. It knows no season."""
    week = sum(history[-52:]) / 52
    position = on_hand + on_order
    if position < 3 * week:
        return round(7 * week - position)
    return 0


def ahead_policy(line: Line, reorder: int, up_to: int) -> Policy:
    """Order below the demand of the coming ``reorder`` half weeks, up to that of the coming ``up_to``.

    It knows what nobody can know in time: the mean demand of each coming week. It does not know chance: neither on
    which days customers come nor which deliveries are late. This is the (s, S) policy of the textbooks under periodic
    review (Silver, Pyke and Thomas, Inventory and Production Management in Supply Chains, 4th ed., section 6.5), with
    levels that follow the season.

    Args:
        line: of the article in the season, with the mean demands.
        reorder, up_to: in half weeks.
    """

    def policy(article: dict[str, Any], on_hand: int, on_order: int, history: list[int]) -> int:
        week = len(history) - PAST_WEEKS
        position = on_hand + on_order
        if position < _demand_ahead(line.means, week, reorder):
            return max(0, _demand_ahead(line.means, week, up_to) - position)
        return 0

    return policy


def _demand_ahead(means: Sequence[int], week: int, half_weeks: int) -> int:
    """Mean demand from the Monday of ``week`` (0 to 25) on, in whole pieces, rounded up.

    Raises:
        ValueError: it is not known for so many weeks.
    """
    whole, half = divmod(half_weeks, 2)
    if week + whole + half > WEEKS + AHEAD_WEEKS:
        raise ValueError(f"the mean demand is known for {AHEAD_WEEKS} weeks after the season")
    thousandths = sum(means[week : week + whole]) + (means[week + whole] // 2 if half else 0)
    return -(-thousandths // _THOUSAND)
