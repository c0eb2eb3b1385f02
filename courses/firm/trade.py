"""The web shop's orders, and one purchase with planted differences. Not for invoices: see papers.py."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from .catalogue import customers, products, stream

DAYS = 60
"""The story of the web shop - orders, returns, stock, papers, bank - takes place in so many days before today."""


class Order(NamedTuple):
    """One line of a customer's order; ``price`` is the sales price of one piece in EUR without VAT."""

    order: int
    date: date
    customer: int
    ean: str
    pieces: int
    price: Decimal


class Purchase(NamedTuple):
    """One article in a purchase, as ordered, delivered and invoiced; prices of one piece in EUR without VAT."""

    ean: str
    article: str
    ordered: int
    delivered: int
    invoiced: int
    price_agreed: Decimal
    price_invoiced: Decimal


def orders(seed: int, today: date, count: int = 80) -> list[Order]:
    """The lines of ``count`` customers' orders, oldest first."""
    random = stream(seed, "orders")
    goods, people = products(seed), customers(seed)
    days = [today - timedelta(days=back) for back in range(DAYS, 0, -1)]
    weights = [1 if day.weekday() == 6 else 3 for day in days]
    lines = []
    for number, day in enumerate(sorted(random.choices(days, weights, k=count)), start=5001):
        customer = random.choice(people)[0]
        for product in random.sample(goods, random.choice((1, 1, 1, 2, 2, 3, 5))):
            pieces = random.choice((1, 1, 1, 2, 2, 3, 4, 10))
            lines.append(Order(number, day, customer, product.ean, pieces, product.sales_price))
    return lines


def purchase(seed: int) -> list[Purchase]:
    """One purchase with nine articles, of which four are as they should be.

    The planted differences: line 2 comes short but is invoiced in full; line 4 does not come and is not invoiced;
    line 5 is invoiced at a higher price than agreed; line 7 comes with pieces too many, and these are invoiced;
    line 9 was never ordered, yet comes and is invoiced.
    """
    random = stream(seed, "purchase")
    lines = []
    for number, product in enumerate(random.sample(products(seed), 9), start=1):
        ordered, price = random.choice((10, 12, 20, 24, 30, 40)), product.purchase_price
        line = Purchase(product.ean, product.article, ordered, ordered, ordered, price, price)
        if number == 2:
            line = line._replace(delivered=ordered - random.randint(2, 6))
        elif number == 4:
            line = line._replace(delivered=0, invoiced=0)
        elif number == 5:
            line = line._replace(price_invoiced=price + Decimal("0.20"))
        elif number == 7:
            more = ordered + random.randint(1, 4)
            line = line._replace(delivered=more, invoiced=more)
        elif number == 9:
            line = line._replace(ordered=0)
        lines.append(line)
    return lines
