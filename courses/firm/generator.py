"""The data of the practice firm: a small Belgian web shop, made from a seed.

Rules, on which units rely:

- The same seed and day give the same data for ever. Each table draws from a stream of its own, named after the table,
  so that a new table, or a longer one, changes no other.
- Every table is a function ``(seed, today)`` that returns rows of plain values, the first row being the column names.
  Money is a Decimal in EUR without VAT, to the cent; dates are dates; all else is text or whole numbers.
- Nobody is real. Names of persons are built from syllables, suppliers are named after trees, and there are no
  addresses or bank numbers. EAN-13 numbers start with 20 to 29: these are for use inside one shop, no product in the
  world has them. Their check digit is right.
- Sales prices lie 40 to 90 % above purchase prices and end in 5 or 9 cents. Orders fall in the 60 days before
  ``today``, fewer on Sundays; most have one to three lines.
- The purchase of the goods-flow unit has five planted differences, see :func:`_purchase`.

Only the standard library is used, so that a course folder works wherever Python does.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import NamedTuple

Row = tuple[object, ...]
CENT = Decimal("0.01")

# Article, usual purchase price in EUR, VAT rate by its name in courses/law/vat.toml.
ARTICLES = (
    ("Notebook A5, lined", "1.10", "standard"),
    ("Notebook A4, squared", "1.65", "standard"),
    ("Pen, blue, box of 10", "2.40", "standard"),
    ("Pencil HB, box of 12", "1.95", "standard"),
    ("Marker, black", "0.85", "standard"),
    ("Printing paper A4, 500 sheets", "3.60", "standard"),
    ("Envelopes C5, pack of 50", "2.75", "standard"),
    ("Ring binder A4", "1.80", "standard"),
    ("Desk lamp", "11.50", "standard"),
    ("Stapler", "3.95", "standard"),
    ("Ruler 30 cm", "0.95", "standard"),
    ("Sticky tape, pack of 4", "1.70", "standard"),
    ("Calculator", "6.20", "standard"),
    ("Pocket dictionary", "7.40", "low"),
    ("Road atlas", "9.80", "low"),
    ("Cook book", "10.60", "low"),
    ("Coffee, 500 g", "5.10", "low"),
    ("Tea, 40 bags", "2.05", "low"),
    ("Honey, 450 g", "4.15", "low"),
    ("Mug, white", "2.20", "standard"),
    ("Water bottle 0.75 l", "4.70", "standard"),
    ("Storage box 20 l", "5.30", "standard"),
    ("Wall clock", "8.90", "standard"),
    ("Bicycle lamp set", "9.20", "standard"),
)
SUPPLIERS = ("Alder", "Beech", "Hazel", "Maple", "Rowan")
SYLLABLES = ("ba", "del", "fo", "ka", "li", "mar", "no", "ra", "sel", "ta", "ven", "zo")


class Product(NamedTuple):
    """One article of the shop; prices in EUR without VAT."""

    ean: str
    article: str
    vat: str
    supplier: str
    purchase_price: Decimal
    sales_price: Decimal


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


def ean13(first12: str) -> str:
    """Twelve digits and their check digit: weights 1 and 3 in turn, up to the next ten (GS1 General Specifications)."""
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(first12))
    return first12 + str(-total % 10)


def products(seed: int) -> list[Product]:
    """All articles, in the order of the catalogue."""
    random = _stream(seed, "products")
    numbers = random.sample(range(10**10), len(ARTICLES))
    result = []
    for (article, usual, vat), number in zip(ARTICLES, numbers, strict=True):
        purchase = _cent(Decimal(usual) * random.randint(95, 108) / 100)
        ean = ean13(f"{random.randint(20, 29)}{number:010d}")
        result.append(Product(ean, article, vat, random.choice(SUPPLIERS), purchase, _shop_price(purchase, random)))
    return result


def customers(seed: int, count: int = 40) -> list[tuple[int, str]]:
    """Customer numbers from 1001 and invented names."""
    random = _stream(seed, "customers")

    def name() -> str:
        return "".join(random.sample(SYLLABLES, random.choice((2, 2, 3)))).capitalize()

    return [(1001 + number, f"{name()} {name()}") for number in range(count)]


def orders(seed: int, today: date, count: int = 80) -> list[Order]:
    """The lines of ``count`` customers' orders, oldest first."""
    random = _stream(seed, "orders")
    goods, people = products(seed), customers(seed)
    days = [today - timedelta(days=back) for back in range(60, 0, -1)]
    weights = [1 if day.weekday() == 6 else 3 for day in days]
    lines = []
    for number, day in enumerate(sorted(random.choices(days, weights, k=count)), start=5001):
        customer = random.choice(people)[0]
        for product in random.sample(goods, random.choice((1, 1, 1, 2, 2, 3, 5))):
            pieces = random.choice((1, 1, 1, 2, 2, 3, 4, 10))
            lines.append(Order(number, day, customer, product.ean, pieces, product.sales_price))
    return lines


def _purchase(seed: int) -> list[Purchase]:
    """One purchase with nine articles, of which four are as they should be.

    The planted differences: line 2 comes short but is invoiced in full; line 4 does not come and is not invoiced;
    line 5 is invoiced at a higher price than agreed; line 7 comes with pieces too many, and these are invoiced;
    line 9 was never ordered, yet comes and is invoiced.
    """
    random = _stream(seed, "purchase")
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


def _purchase_order(seed: int, _: date) -> list[Row]:
    rows = [(p.ean, p.article, p.ordered, p.price_agreed) for p in _purchase(seed) if p.ordered]
    return [("ean", "article", "ordered", "price_agreed"), *rows]


def _delivery_note(seed: int, _: date) -> list[Row]:
    rows = [(p.ean, p.article, p.delivered) for p in _purchase(seed) if p.delivered]
    return [("ean", "article", "delivered"), *rows]


def _purchase_invoice(seed: int, _: date) -> list[Row]:
    rows = [(p.ean, p.article, p.invoiced, p.price_invoiced) for p in _purchase(seed) if p.invoiced]
    return [("ean", "article", "invoiced", "price"), *rows]


TABLES: dict[str, Callable[[int, date], list[Row]]] = {
    "products": lambda seed, _: [Product._fields, *products(seed)],
    "customers": lambda seed, _: [("customer", "name"), *customers(seed)],
    "suppliers": lambda _, __: [("supplier", "name"), *((f"S{n}", s) for n, s in enumerate(SUPPLIERS, start=1))],
    "orders": lambda seed, today: [Order._fields, *orders(seed, today)],
    "purchase-order": _purchase_order,
    "delivery-note": _delivery_note,
    "purchase-invoice": _purchase_invoice,
}
"""What a unit may ask for in its ``unit.toml``, by name."""


def _stream(seed: int, table: str) -> Random:
    return Random(f"{seed}/{table}")  # noqa: S311 - practice data, no secret


def _cent(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def _shop_price(purchase: Decimal, random: Random) -> Decimal:
    """A price 40 to 90 % above ``purchase``, moved down to the last one that ends in 5 or 9 cents."""
    price = _cent(purchase * random.randint(140, 190) / 100)
    while price % Decimal("0.10") not in (Decimal("0.05"), Decimal("0.09")):
        price -= CENT
    return price
