"""When the web shop's order lines are taken from their places in the warehouse. Not for parcels: see returns.py."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from .catalogue import ARTICLES, CATEGORY, products, stream
from .papers import working_day
from .trade import orders

HOURS = {7: 2, 8: 4, 9: 7, 10: 6, 11: 4, 12: 1, 13: 3, 14: 6, 15: 5, 16: 3, 17: 1}
"""The hours in which goods are picked, 7 being from 7:00 to 7:59, and how busy each is beside the others."""


class Pick(NamedTuple):
    """One order line, taken from its place in the given hour."""

    date: date
    hour: int
    order: int
    ean: str
    pieces: int
    location: str


def locations() -> dict[str, str]:
    """The place of each article: the letter of its zone, one for each category, and its number there."""
    zones = list(dict.fromkeys(CATEGORY.values()))
    found: dict[str, str] = {}
    for article, *_ in ARTICLES:
        zone = chr(ord("A") + zones.index(CATEGORY[article]))
        found[article] = f"{zone}-{sum(place.startswith(zone) for place in found.values()) + 1:02d}"
    return found


def picks(seed: int, today: date) -> list[Pick]:
    """The picks before ``today``, in the order in which they happen.

    Each order line is picked once, on the day of the order, or on Monday if that is a Saturday or Sunday. Each zone
    has its own picker, so lines of one order may be picked in different hours.
    """
    random = stream(seed, "picks")
    place, article = locations(), {product.ean: product.article for product in products(seed)}
    picked = []
    for line in orders(seed, today):
        [hour] = random.choices(list(HOURS), list(HOURS.values()))
        day = working_day(line.date)
        if day < today:
            picked.append(Pick(day, hour, line.order, line.ean, line.pieces, place[article[line.ean]]))
    return sorted(picked, key=lambda pick: (pick.date, pick.hour, pick.location, pick.order))
