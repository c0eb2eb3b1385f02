"""What the suppliers deliver to the web shop's warehouse, their invoices, and when the firm pays these.

The purchase with planted differences is apart from this: see trade.py. Here, all papers agree with each other.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby, pairwise
from random import Random
from typing import NamedTuple

from .catalogue import SUPPLIER_NUMBER, SUPPLIERS, Product, products, stream
from .communication import structured
from .papers import amounts, rates, working_day
from .trade import DAYS, orders

Day = date
EVERY = timedelta(days=14)
TERM = timedelta(days=30)
MARGIN = 4
"""So many pieces of each article are left, at least, if no count corrects them; so corrections must be smaller."""
LOTS = (6, 10, 12)


class Delivery(NamedTuple):
    """Pieces of one article in a delivery; ``price`` is the purchase price of one piece in EUR without VAT."""

    delivery: int
    date: date
    supplier: str
    ean: str
    pieces: int
    price: Decimal


class Supply(NamedTuple):
    """What was in the warehouse on the evening before the first order, and the deliveries that keep it filled."""

    opening: dict[str, int]
    deliveries: list[Delivery]


class SupplierInvoice(NamedTuple):
    """A supplier's invoice for one delivery, numbered by the firm; ``paid_on`` is None while it is not paid."""

    purchase: int
    date: date
    supplier: str
    delivery: int
    net: Decimal
    vat: Decimal
    total: Decimal
    due: Day
    communication: str
    paid_on: Day | None


class PurchaseLine(NamedTuple):
    """One article on a supplier's invoice; ``rate`` of VAT in percent, ``price`` and ``net`` in EUR without VAT."""

    purchase: int
    ean: str
    article: str
    pieces: int
    price: Decimal
    rate: int | Decimal
    net: Decimal


def supply(seed: int, today: date) -> Supply:
    """What each supplier brings, every 14 days on a weekday of its own: whole lots, as many as last until next time."""
    random = stream(seed, "supply")
    start = today - timedelta(days=DAYS)
    sold: dict[str, Counter[date]] = {product.ean: Counter() for product in products(seed)}
    for line in orders(seed, today):
        sold[line.ean][line.date] += line.pieces
    first = {name: working_day(start + timedelta(days=random.randint(2, 11))) for name in SUPPLIERS}
    days = {name: [day + n * EVERY for n in range(6) if day + n * EVERY < today] for name, day in first.items()}
    opening, lots = {}, []
    for product in products(seed):
        stops = [start, *days[product.supplier], today]
        needs = [sum(n for day, n in sold[product.ean].items() if a <= day < b) for a, b in pairwise(stops)]
        opening[product.ean], pieces = _refill(needs, random)
        lots += [(day, product, n) for day, n in zip(stops[1:-1], pieces, strict=True) if n]
    lots.sort(key=lambda lot: (lot[0], lot[1].supplier, lot[1].article))
    visits = groupby(lots, key=lambda lot: (lot[0], lot[1].supplier))
    deliveries = [_delivery(number, *lot) for number, (_, group) in enumerate(visits, start=3001) for lot in group]
    return Supply(opening, deliveries)


def purchases(seed: int, today: date) -> list[SupplierInvoice]:
    """One invoice for each delivery, on its day, to be paid in 30 days; the firm pays a few days before that."""
    random = stream(seed, "purchases")
    vat = {product.ean: product.vat for product in products(seed)}
    result = []
    for number, group in enumerate(_by_delivery(seed, today), start=4001):
        day, supplier = group[0].date, SUPPLIER_NUMBER[group[0].supplier]
        foot = amounts([(vat[line.ean], line.pieces * line.price) for line in group], day)
        paid = working_day(day + timedelta(days=random.randint(20, TERM.days - 2)))
        text, paid_on = structured(random.randrange(10**9, 10**10)), paid if paid < today else None
        result.append(SupplierInvoice(number, day, supplier, group[0].delivery, *foot, day + TERM, text, paid_on))
    return result


def purchase_lines(seed: int, today: date) -> list[PurchaseLine]:
    """The lines of all suppliers' invoices, in the order of :func:`purchases`."""
    goods = {product.ean: product for product in products(seed)}
    result = []
    for number, group in enumerate(_by_delivery(seed, today), start=4001):
        for line in group:
            article, rate = goods[line.ean].article, rates(line.date)[goods[line.ean].vat]
            net = line.pieces * line.price
            result.append(PurchaseLine(number, line.ean, article, line.pieces, line.price, rate, net))
    return result


def _refill(needs: list[int], random: Random) -> tuple[int, list[int]]:
    """The opening stock for the first of ``needs``, and the pieces to deliver before each of the others."""
    lot, stock = random.choice(LOTS), needs[0] + MARGIN + random.randint(0, 15)
    opening, pieces = stock, []
    for used, need in pairwise(needs):
        stock -= used
        short = need + MARGIN - stock
        pieces.append(-(-short // lot) * lot if short > 0 else 0)
        stock += pieces[-1]
    return opening, pieces


def _delivery(number: int, day: date, product: Product, pieces: int) -> Delivery:
    return Delivery(number, day, product.supplier, product.ean, pieces, product.purchase_price)


def _by_delivery(seed: int, today: date) -> list[list[Delivery]]:
    return [list(lines) for _, lines in groupby(supply(seed, today).deliveries, key=lambda line: line.delivery)]
