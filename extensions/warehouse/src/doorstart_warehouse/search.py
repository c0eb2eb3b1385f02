"""The best policy of :func:`ahead_policy`'s family, found by trying all of a grid, for each article by itself.

Articles share neither room nor money, so the best for each is the best for all. What is compared is
:attr:`Result.total_cost`. Run it once, after a change of the seasons or of the rules::

    python -m doorstart_warehouse.search

It writes ``best.json``, with the grid, and for each season for practice the cost of the best and its levels. For a
season that must stay unknown, give its seed: the answer goes to the screen, and nothing is written::

    python -m doorstart_warehouse.search 4f0c…
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import Any

from doorstart_warehouse.policies import ahead_policy
from doorstart_warehouse.scoring import FILE
from doorstart_warehouse.season import PRACTICE, season
from doorstart_warehouse.simulation import simulate

REORDER = range(2, 17)
"""Half weeks: from 1 to 8 weeks of demand."""
ABOVE = range(1, 17)
"""Half weeks by which the level up to which is ordered lies above it: from a half week to 8 weeks."""


@dataclass(frozen=True)
class Best:
    """What the search found for one season.

    Attributes:
        total_cost: of all articles, in euros.
        levels: for each article, reorder level and order-up-to level, in weeks of mean demand.
    """

    total_cost: float
    levels: dict[str, tuple[float, float]]


def search(seed: str) -> Best:
    """Try the whole grid in one season. Of equals, the lowest levels win.

    Raises:
        ValueError: there is no season of this seed.
    """
    chosen = season(seed)
    total, levels = 0.0, {}
    for line in chosen.lines:
        alone = chosen.only(line.article.name)
        cost, reorder, up_to = min(
            (simulate(alone, ahead_policy(line, reorder, reorder + above)).total_cost, reorder, reorder + above)
            for reorder in REORDER
            for above in ABOVE
        )
        total += cost
        levels[line.article.name] = (reorder / 2, up_to / 2)
    return Best(round(total, 3), levels)


def as_json() -> dict[str, Any]:
    """What ``best.json`` holds."""
    grid = {
        "unit": "weeks of mean demand",
        "reorder": [step / 2 for step in REORDER],
        "order_up_to_above_reorder": [step / 2 for step in ABOVE],
        "minimised": "total cost in euros: ordering, holding, lost margin",
    }
    found = {seed: search(seed) for seed in PRACTICE}
    seasons = {
        seed: {"total_cost": best.total_cost, "levels": {name: list(pair) for name, pair in best.levels.items()}}
        for seed, best in found.items()
    }
    return {"grid": grid, "seasons": seasons}


def main(seeds: list[str]) -> None:
    """Writes the file; or, with seeds, says what was found for them."""
    for seed in seeds:
        best = search(seed)
        print(f"{seed}: {best.total_cost:.3f} euros, {best.levels}")
    if not seeds:
        FILE.write_text(json.dumps(as_json(), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
