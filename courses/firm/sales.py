"""The sales of a year, with its seasons: what the web shop sold, and what a market place sold for the firm.

The market place is a larger web site that keeps goods of the firm in a warehouse of its own, and that sends the
invoices. So its sales are in this table only, not among the orders, the stock movements or the papers.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from .catalogue import ARTICLES, CATEGORY, cent, products, stream
from .trade import DAYS, orders

LINES, YEAR = 1500, 365
PIECES = (1, 1, 1, 2, 2, 3, 4, 10)
SCHOOL = ("paper", "writing")
GIFTS = ("books", "food", "home")
IN_THE_SALES = ("home", "office")
SALES_PRICE = Decimal("0.80")
GROWS, FADES = (0.3, 2.0), (2.0, 0.3)
"""What a trend multiplies the sales of an article by, on the first day and on the last."""


class Sale(NamedTuple):
    """So many pieces of one article sold on one day; ``price`` of one piece in EUR without VAT."""

    date: date
    ean: str
    article: str
    category: str
    pieces: int
    price: Decimal


def season(category: str, day: date) -> float:
    """How many times as much as usual of a category is sold on a day: school, Sinterklaas and Christmas, the sales."""
    when = (day.month, day.day)
    factor = 0.3 if day.weekday() == 6 else 1.0
    if category in SCHOOL and (8, 18) <= when <= (9, 10):
        factor *= 3.0
    if (11, 15) <= when <= (12, 24):
        factor *= 2.4 if category in GIFTS else 1.2
    if category in IN_THE_SALES and _sales(day):
        factor *= 1.8
    return factor


def trends(seed: int) -> dict[str, tuple[float, float]]:
    """Three articles that grow and three that fade, by article; none of those that are for school."""
    candidates = [article for article, *_ in ARTICLES if CATEGORY[article] not in SCHOOL]
    chosen = stream(seed, "sales-year-trends").sample(candidates, 6)
    return dict.fromkeys(chosen[:3], GROWS) | dict.fromkeys(chosen[3:], FADES)


def sales_year(seed: int, today: date) -> list[Sale]:
    """The sales of the 365 days before ``today``, oldest first: the web shop's order lines and the market place's.

    The seasons and trends are drawn for all sales together. Then each order line takes the place of one drawn sale: of
    the same article if there is one, on the nearest day.
    """
    random = stream(seed, "sales-year")
    goods = products(seed)
    days = [today - timedelta(days=back) for back in range(YEAR, 0, -1)]
    ranks, trend = random.sample(range(1, len(goods) + 1), len(goods)), trends(seed)
    cells, weights = [], []
    for rank, product in zip(ranks, goods, strict=True):
        first, last = trend.get(product.article, (1.0, 1.0))
        for number, day in enumerate(days):
            cells.append((day, product))
            slope = first + (last - first) * number / (YEAR - 1)
            weights.append(rank**-0.5 * slope * season(CATEGORY[product.article], day))
    drawn = random.choices(cells, weights, k=LINES)
    own = orders(seed, today)
    start = today - timedelta(days=DAYS)
    for line in own:
        in_reach = [cell for cell in drawn if cell[0] >= start]
        if in_reach:
            drawn.remove(min(in_reach, key=lambda c: (c[1].ean != line.ean, abs((c[0] - line.date).days), c[1].ean)))
    by_ean = {product.ean: product for product in goods}
    sold = [(line.date, by_ean[line.ean], line.pieces, line.price) for line in own]
    sold += [(day, p, random.choice(PIECES), _market_price(p.sales_price, p.article, day)) for day, p in drawn]
    return sorted(Sale(day, p.ean, p.article, CATEGORY[p.article], pieces, price) for day, p, pieces, price in sold)


def _sales(day: date) -> bool:
    """Whether it is the time of the sales: January from the 3rd, and July."""
    return (day.month == 1 and day.day >= 3) or day.month == 7


def _market_price(price: Decimal, article: str, day: date) -> Decimal:
    return cent(price * SALES_PRICE) if _sales(day) and CATEGORY[article] in IN_THE_SALES else price
