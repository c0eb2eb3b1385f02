"""What goes into the web shop's warehouse and out of it. Not for why so much is delivered: see supply.py."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from .catalogue import products, stream
from .returns import returns
from .supply import supply
from .trade import DAYS, orders

KINDS = ("opening", "delivery", "return", "sale", "count")
"""In the order in which they happen on a day."""
COUNTS_BACK = (33, 4)
"""The stock is counted so many days before today."""
CORRECTIONS = 6
WRONG_BY = (-3, -2, -1, -1, 1, 2)


class Movement(NamedTuple):
    """Pieces of one article in (+) or out (-); ``document`` is the number of the count, delivery, order or return."""

    date: date
    ean: str
    kind: str
    pieces: int
    document: int


def stock_movements(seed: int, today: date) -> list[Movement]:
    """All movements, in the order in which they happen; an article's pieces up to any row are never below zero.

    What a count corrects was lost or found before; six articles have one correction each.
    """
    random = stream(seed, "stock-movements")
    opening, deliveries = supply(seed, today)
    before = today - timedelta(days=DAYS + 1)
    moves = [Movement(before, ean, "opening", pieces, 9001) for ean, pieces in opening.items()]
    moves += [Movement(one.date, one.ean, "delivery", one.pieces, one.delivery) for one in deliveries]
    moves += [Movement(line.date, line.ean, "sale", -line.pieces, line.order) for line in orders(seed, today)]
    moves += [Movement(back.date, back.ean, "return", back.pieces, back.return_) for back in returns(seed, today)]
    for place, product in enumerate(random.sample(products(seed), CORRECTIONS)):
        count = place % len(COUNTS_BACK)
        day = today - timedelta(days=COUNTS_BACK[count])
        moves.append(Movement(day, product.ean, "count", random.choice(WRONG_BY), 9002 + count))
    return sorted(moves, key=lambda move: (move.date, KINDS.index(move.kind), move.document, move.ean))
