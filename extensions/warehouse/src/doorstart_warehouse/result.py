"""What came of a season. All figures are made from the log of what happened: whoever has the log can check them.

The log is a list of dictionaries, in the order in which things happened: ``day`` (1 to 182), ``week`` (1 to 26),
``article``, ``event`` and ``pieces``.

| event | pieces |
|---|---|
| ``opening`` | in the warehouse on the first morning |
| ``delivery`` | that came in |
| ``order`` | that were ordered |
| ``sale`` | that customers of this day took away |
| ``lost`` | that customers of this day wanted and did not find; they do not come back |
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from doorstart_warehouse.articles import MIL, Article
from doorstart_warehouse.season import DAYS, WEEKS, Season

EventName = Literal["opening", "delivery", "order", "sale", "lost"]
Event = dict[str, int | str]


@dataclass
class Card:
    """The stock card of one article: what the log says about it; money in mils.

    Attributes:
        on_hand: pieces at the end of each day.
    """

    article: Article
    opening: int = 0
    received: int = 0
    ordered: int = 0
    sold: int = 0
    lost: int = 0
    orders: int = 0
    stock_out_days: int = 0
    closing: int = 0
    on_hand: list[int] = field(default_factory=list)

    @property
    def ordering_cost(self) -> int:
        """Each order costs the same, however large."""
        return self.orders * self.article.order_cost

    @property
    def holding_cost(self) -> int:
        """Each piece that lies in the warehouse in the evening costs one day."""
        return sum(self.on_hand) * self.article.hold_cost_day

    @property
    def lost_margin(self) -> int:
        """What the pieces would have brought that customers did not find."""
        return self.lost * self.article.margin

    def row(self) -> dict[str, str | int | float]:
        """For a table, with money in euros."""
        return {
            "article": self.article.name,
            "opening": self.opening,
            "received": self.received,
            "sold": self.sold,
            "lost": self.lost,
            "closing": self.closing,
            "orders": self.orders,
            "stock_out_days": self.stock_out_days,
            "ordering_cost": self.ordering_cost / MIL,
            "holding_cost": self.holding_cost / MIL,
            "lost_margin": self.lost_margin / MIL,
        }


@dataclass(frozen=True)
class Result:
    """What came of a season; money in euros.

    Attributes:
        seed: of the season.
        log: all that happened.
        articles: a dictionary for each article, ready for ``pd.DataFrame(result.articles)``.
        fill_rate: of the pieces that customers wanted, the share that they got: 0 to 1.
        stock_outs: days on which a customer left without an article, all articles together.
        ordering_cost, holding_cost: what orders cost, and what the goods in the warehouse cost.
        lost_margin: what the pieces would have brought that customers did not find.
    """

    seed: str
    log: list[Event]
    articles: list[dict[str, str | int | float]]
    fill_rate: float
    stock_outs: int
    ordering_cost: float
    holding_cost: float
    lost_margin: float

    @property
    def stock_cost(self) -> float:
        """Ordering and holding."""
        return round(self.ordering_cost + self.holding_cost, 3)

    @property
    def total_cost(self) -> float:
        """Stock cost and lost margin: what the policies are compared by."""
        return round(self.stock_cost + self.lost_margin, 3)

    def __repr__(self) -> str:
        return (
            f"Result(fill_rate={self.fill_rate:.3f}, stock_cost={self.stock_cost:.2f}, "
            f"lost_margin={self.lost_margin:.2f}, stock_outs={self.stock_outs})"
        )


def result_of(season: Season, log: list[Event]) -> Result:
    """The figures of a log.

    Args:
        season: whose prices hold.
        log: of the events of WEEKS weeks.

    Raises:
        ValueError: the log takes out pieces that are not there.
    """
    cards = replay(season, log)
    wanted = sum(card.sold + card.lost for card in cards)
    return Result(
        seed=season.seed,
        log=log,
        articles=[card.row() for card in cards],
        fill_rate=sum(card.sold for card in cards) / wanted if wanted else 1.0,
        stock_outs=sum(card.stock_out_days for card in cards),
        ordering_cost=sum(card.ordering_cost for card in cards) / MIL,
        holding_cost=sum(card.holding_cost for card in cards) / MIL,
        lost_margin=sum(card.lost_margin for card in cards) / MIL,
    )


def replay(season: Season, log: Iterable[Event]) -> list[Card]:
    """The stock cards that follow from a log.

    Raises:
        ValueError: as of :func:`result_of`.
    """
    cards = {line.article.name: Card(line.article) for line in season.lines}
    for event in log:
        card, pieces = cards[str(event["article"])], int(event["pieces"])
        # Days without events end with what was there before.
        card.on_hand += [card.closing] * (int(event["day"]) - 1 - len(card.on_hand))
        match event["event"]:
            case "opening":
                card.opening = card.closing = pieces
            case "delivery":
                card.received += pieces
                card.closing += pieces
            case "order":
                card.orders += 1
                card.ordered += pieces
            case "sale":
                card.sold += pieces
                card.closing -= pieces
            case "lost":
                card.lost += pieces
                card.stock_out_days += 1
        if card.closing < 0:
            raise ValueError(f"the log takes out {card.article.name} on day {event['day']} that is not there")
    for card in cards.values():
        card.on_hand += [card.closing] * (DAYS - len(card.on_hand))
    return list(cards.values())


def week_of(day: int) -> int:
    """The week, 1 to 26, of a day, 1 to 182."""
    return min((day - 1) // 7 + 1, WEEKS)
