"""A season: all that chance decides beforehand, and no policy can change. Made from a seed, which is any text.

Three seasons are for practice, and everybody knows their seeds. A season that a learner must not know beforehand needs
a seed that nobody can try out: 32 random hexadecimal digits (``secrets.token_hex(16)``). Whoever reads this module
learns how seasons are made, and nothing about one whose seed is unknown: SHA-256 cannot be turned round.

Between seasons the same article sells at another level (half to more than double), grows or shrinks, and has higher or
lower peaks. So a list of good orders in one season is a list of bad ones in another.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from doorstart_warehouse.articles import ARTICLES, Article
from doorstart_warehouse.stream import Stream

PRACTICE = ("practice-1", "practice-2", "practice-3")
"""Seeds of the seasons for practice."""
WEEKS = 26
DAYS = 7 * WEEKS
PAST_WEEKS = 104
"""Weeks of sales that a policy is told from before the season: two years."""
AHEAD_WEEKS = 16
"""Weeks after the season for which the mean demand is known, to the search only."""

_YEAR = 52
_USUAL = 1000
_WEEKDAYS = (170, 160, 170, 150, 160, 130, 60)
"""Monday to Sunday, in thousandths of a week."""
_DELAYS = (-1, 0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 5, 7)
"""Days after the promised day; each as likely."""
_LONGEST_SEED = 200


@dataclass(frozen=True)
class Line:
    """One article in a season.

    Attributes:
        article: its prices, and what the supplier promises.
        opening: pieces in the warehouse on the first morning.
        past: pieces sold in each of the PAST_WEEKS before the season, the oldest first.
        demand: pieces asked for on each of the DAYS.
        delays: for an order of each of the DAYS, the days by which its delivery misses the promised day.
        means: mean demand of each of WEEKS + AHEAD_WEEKS, in thousandths of a piece. No policy is told.
    """

    article: Article
    opening: int
    past: tuple[int, ...]
    demand: tuple[int, ...]
    delays: tuple[int, ...]
    means: tuple[int, ...]


@dataclass(frozen=True)
class Season:
    """26 weeks from 1 July.

    Attributes:
        seed: the text from which it was made.
        lines: the articles.
    """

    seed: str
    lines: tuple[Line, ...]

    def only(self, article: str) -> Season:
        """The same season with one article."""
        return replace(self, lines=tuple(line for line in self.lines if line.article.name == article))


@lru_cache(maxsize=32)
def season(seed: str) -> Season:
    """The season of a seed.

    Raises:
        ValueError: the seed is empty, or longer than 200 characters.
    """
    if not 0 < len(seed) <= _LONGEST_SEED:
        raise ValueError(f"a season's seed is a text of 1 to {_LONGEST_SEED} characters")
    return Season(seed, tuple(_line(seed, article) for article in ARTICLES))


def past_sales(seed: str) -> dict[str, list[int]]:
    """The weekly sales of each article in the PAST_WEEKS before a season: all that anybody knows on its first day.

    Raises:
        ValueError: as of :func:`season`.
    """
    return {line.article.name: list(line.past) for line in season(seed).lines}


def _line(seed: str, article: Article) -> Line:
    means = _means(seed, article)
    chance = Stream(seed, f"{article.name}/demand")
    days = [_day(mean * chance.around(_USUAL, 300) // _USUAL, chance) for mean in means[: PAST_WEEKS + WEEKS]]
    past = tuple(sum(week) for week in days[:PAST_WEEKS])
    late = Stream(seed, f"{article.name}/delay")
    return Line(
        article=article,
        opening=sum(past[-4:]) * (article.lead_weeks + 2) // 4,
        past=past,
        demand=tuple(pieces for week in days[PAST_WEEKS:] for pieces in week),
        delays=tuple(late.one_of(_DELAYS) for _ in range(DAYS)),
        means=tuple(means[PAST_WEEKS:]),
    )


def _means(seed: str, article: Article) -> list[int]:
    """Mean demand of all weeks, those of the past first, in thousandths of a piece."""
    chance = Stream(seed, f"{article.name}/level")
    level = chance.whole(500, 2200)
    growth = chance.whole(-250, 300)
    years = (PAST_WEEKS + WEEKS + AHEAD_WEEKS) // _YEAR + 1
    heights = [chance.whole(800, 1250) for _ in range(years)]
    means = []
    for week in range(PAST_WEEKS + WEEKS + AHEAD_WEEKS):
        year, place = divmod(week, _YEAR)
        peak = article.profile.get(place + 1, _USUAL) - _USUAL
        shape = _USUAL + peak * heights[year] // _USUAL
        trend = _USUAL + growth * (week - PAST_WEEKS) // _YEAR
        means.append(article.weekly * level * shape // _USUAL * trend // _USUAL)
    return means


def _day(week: int, chance: Stream) -> list[int]:
    """Pieces asked for from Monday to Sunday in a week of so many thousandths of a piece."""
    days = []
    for share in _WEEKDAYS:
        asked = week * share // _USUAL * chance.around(_USUAL, _USUAL) // _USUAL
        # Half a piece is one piece, every second time.
        days.append((asked + chance.whole(0, _USUAL - 1)) // _USUAL)
    return days
