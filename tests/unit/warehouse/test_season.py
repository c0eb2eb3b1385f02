"""Seasons: the same for ever on every machine, different from each other, and possible."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import astuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstart_warehouse import PRACTICE, old_rule, past_sales, season, simulate
from doorstart_warehouse.articles import ARTICLES
from doorstart_warehouse.season import AHEAD_WEEKS, DAYS, PAST_WEEKS, WEEKS
from doorstart_warehouse.stream import Stream

DIGESTS = {
    "practice-1": ("690fef902517b424", "fabe1ad067dbe129"),
    "practice-2": ("c03f8015484e51b5", "ebb00560682f52ab"),
    "practice-3": ("1eccc466ccbe9171", "eb085a1358fbab2e"),
}
"""The first digits of the SHA-256 digest of each season for practice, and of its log under the old rule.

Scores that were given must come out again: when one of these changes, so do the seasons by which learners were graded.
"""
_IN_ANOTHER_PROCESS = """
import json, sys
from doorstart_warehouse import old_rule, simulate
print(json.dumps(simulate(sys.argv[1], old_rule).log))
"""


def digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:16]


def whole(seed: str) -> list[object]:
    """All of a season, as plain data."""
    return [
        [line.article.name, line.opening, line.past, line.demand, line.delays, line.means]
        for line in season(seed).lines
    ]


@pytest.mark.parametrize("seed", PRACTICE)
def test_the_same_for_ever(seed: str) -> None:
    assert (digest(whole(seed)), digest(simulate(seed, old_rule).log)) == DIGESTS[seed]


@pytest.mark.parametrize("hash_seed", ["0", "1", "4294967295"])
def test_the_same_in_another_process(hash_seed: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _IN_ANOTHER_PROCESS, "practice-2"],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    assert digest(json.loads(done.stdout)) == DIGESTS["practice-2"][1]


@settings(max_examples=25, deadline=None)
@given(st.text(min_size=1, max_size=40))
def test_every_season_is_possible(seed: str) -> None:
    made = season(seed)
    assert [line.article for line in made.lines] == list(ARTICLES)
    for line in made.lines:
        assert (len(line.past), len(line.demand), len(line.delays)) == (PAST_WEEKS, DAYS, DAYS)
        assert len(line.means) == WEEKS + AHEAD_WEEKS
        assert min(line.demand) >= 0
        assert min(line.means) > 0
        # A forecast may divide by the sales of eight weeks.
        assert all(sum(line.past[start : start + 8]) > 0 for start in range(PAST_WEEKS - 7))
        # No delivery before the day after the order, nor more than a week late.
        assert all(-1 <= delay <= 7 for delay in line.delays)
        assert line.opening > 0


def test_demand_lies_around_its_mean() -> None:
    """Over many seasons chance cancels out; 1 % is more than three standard errors here."""
    asked, mean = 0, 0
    for number in range(60):
        for line in season(f"mean-{number}").lines:
            asked += sum(line.demand)
            mean += sum(line.means[:WEEKS])
    assert asked * 1000 == pytest.approx(mean, rel=0.01)


def test_seasons_differ_in_level_growth_and_days() -> None:
    """The same article sells half as much in one season as in another, and more."""
    for place, article in enumerate(ARTICLES):
        weeks = [sum(season(f"level-{number}").lines[place].demand) / WEEKS for number in range(30)]
        assert max(weeks) > 2.5 * min(weeks), article.name
    assert len({season(f"level-{number}").lines[0].demand for number in range(30)}) == 30


def test_the_seasons_of_the_year() -> None:
    """Notebooks before school, mugs before the holidays, coffee always."""
    by_article = {line.article.name: line.means for line in season("practice-1").lines}
    peak = {name: means[:WEEKS].index(max(means[:WEEKS])) + 1 for name, means in by_article.items()}
    assert peak["Notebook A5, lined"] == 9
    assert peak["Mug, white"] == 23
    coffee = by_article["Coffee, 500 g"][:WEEKS]
    assert max(coffee) < 1.5 * min(coffee)


@pytest.mark.parametrize("seed", ["", "x" * 201])
def test_a_seed_is_a_short_text(seed: str) -> None:
    with pytest.raises(ValueError, match="1 to 200 characters"):
        season(seed)


def test_one_article_of_a_season_is_as_it_was() -> None:
    alone = season("practice-1").only("Mug, white")
    assert [astuple(line) for line in alone.lines] == [astuple(season("practice-1").lines[2])]


def test_past_sales_are_a_copy() -> None:
    past_sales("practice-1")["Mug, white"].clear()
    assert len(past_sales("practice-1")["Mug, white"]) == PAST_WEEKS


def test_stream_is_even_and_stays_in_its_range() -> None:
    drawn = Counter(Stream(str(number), "n").whole(3, 7) for number in range(2000))
    assert sorted(drawn) == [3, 4, 5, 6, 7]
    assert all(300 < count < 500 for count in drawn.values())
    around = [Stream(str(number), "n").around(100, 30) for number in range(2000)]
    assert min(around) >= 70
    assert max(around) <= 130
    assert sum(around) / len(around) == pytest.approx(100, abs=1)


def test_streams_of_other_names_are_others() -> None:
    assert len({Stream(seed, name).whole(0, 10**15) for seed in "ab" for name in "xyz"}) == 6
    assert Stream("seed", "name").whole(0, 10**6) == 876469
