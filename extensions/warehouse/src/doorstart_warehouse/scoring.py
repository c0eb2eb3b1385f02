"""How good a result is, between the firm's old rule (0) and the best that a search found (100)."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from doorstart_warehouse.policies import old_rule
from doorstart_warehouse.result import Result
from doorstart_warehouse.simulation import simulate

FILE = Path(__file__).with_name("best.json")
"""What :mod:`doorstart_warehouse.search` found."""


def score(result: Result, best_cost: float | None = None) -> float:
    """Of what the best saves against the old rule, the part that this result saves, in percent with one decimal.

    Never below 0. A policy can be better than the best that was found, so it can be a little above 100.

    Args:
        result: of a whole season.
        best_cost: the best total cost of that season, in euros; not needed for a season for practice.

    Raises:
        ValueError: the best cost of the season is not known; or it is not below the old rule's.
    """
    best = best_costs().get(result.seed) if best_cost is None else best_cost
    if best is None:
        raise ValueError(f"the best cost of {result.seed!r} is not known: give it as best_cost")
    old = simulate(result.seed, old_rule).total_cost
    if best >= old:
        raise ValueError(f"the best cost, {best}, is not below that of the old rule, {old}")
    return max(0.0, round(100 * (old - result.total_cost) / (old - best), 1))


@cache
def best_costs() -> dict[str, float]:
    """The best total cost in euros of each season for practice, from ``best.json``."""
    content = json.loads(FILE.read_text(encoding="utf-8"))
    return {seed: float(found["total_cost"]) for seed, found in content["seasons"].items()}
