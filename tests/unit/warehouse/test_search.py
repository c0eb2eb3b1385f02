"""The search: what is stored is what it finds, and the grid is wide enough."""

from __future__ import annotations

import json

import pytest

from doorstart_warehouse import PRACTICE, season, simulate
from doorstart_warehouse.policies import _demand_ahead, ahead_policy
from doorstart_warehouse.scoring import FILE
from doorstart_warehouse.search import ABOVE, REORDER, main, search
from doorstart_warehouse.season import AHEAD_WEEKS, WEEKS

STORED = json.loads(FILE.read_text(encoding="utf-8"))


def test_the_search_finds_what_is_stored() -> None:
    found = search("practice-2")
    assert STORED["seasons"]["practice-2"] == {
        "total_cost": found.total_cost,
        "levels": {name: list(levels) for name, levels in found.levels.items()},
    }


def test_the_grid_is_what_is_stored() -> None:
    assert STORED["grid"]["reorder"] == [step / 2 for step in REORDER]
    assert STORED["grid"]["order_up_to_above_reorder"] == [step / 2 for step in ABOVE]
    assert list(STORED["seasons"]) == list(PRACTICE)


@pytest.mark.parametrize("seed", PRACTICE)
def test_the_levels_give_the_stored_cost(seed: str) -> None:
    """Also for all articles together, which the search tries one by one; and none lies at an edge of the grid."""
    stored = STORED["seasons"][seed]
    total = 0.0
    for line in season(seed).lines:
        reorder, up_to = (round(2 * level) for level in stored["levels"][line.article.name])
        total += simulate(season(seed).only(line.article.name), ahead_policy(line, reorder, up_to)).total_cost
        assert REORDER[0] < reorder < REORDER[-1]
        assert ABOVE[0] < up_to - reorder < ABOVE[-1]
    assert total == pytest.approx(stored["total_cost"], abs=0.001)

    policies = {
        line.article.name: ahead_policy(line, *(round(2 * level) for level in stored["levels"][line.article.name]))
        for line in season(seed).lines
    }
    together = simulate(seed, lambda article, *rest: policies[article["article"]](article, *rest))
    assert together.total_cost == pytest.approx(stored["total_cost"], abs=0.001)


def test_demand_ahead() -> None:
    means = [1000, 3000, 500, *[0] * (WEEKS + AHEAD_WEEKS - 3)]
    assert _demand_ahead(means, 0, 0) == 0
    assert _demand_ahead(means, 0, 1) == 1
    assert _demand_ahead(means, 0, 2) == 1
    assert _demand_ahead(means, 0, 3) == 3
    assert _demand_ahead(means, 1, 4) == 4
    with pytest.raises(ValueError, match="16 weeks after"):
        _demand_ahead(means, 25, 2 * AHEAD_WEEKS + 3)


def test_the_grid_never_looks_further_than_is_known() -> None:
    assert WEEKS - 1 + (REORDER[-1] + ABOVE[-1] + 1) // 2 <= WEEKS + AHEAD_WEEKS


def test_the_command_tells_of_a_hidden_season_and_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    before = FILE.read_bytes()
    main(["practice-1"])
    assert capsys.readouterr().out.startswith(f"practice-1: {STORED['seasons']['practice-1']['total_cost']:.3f} euros")
    assert FILE.read_bytes() == before
