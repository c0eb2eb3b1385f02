"""What the firm sells, who buys it, and from whom it comes. Not for what happens on a day: see the other modules."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import NamedTuple

Row = tuple[object, ...]
CENT = Decimal("0.01")

# Article, usual purchase price in EUR, VAT rate by its name in courses/law/vat.toml, category.
ARTICLES = (
    ("Notebook A5, lined", "1.10", "standard", "paper"),
    ("Notebook A4, squared", "1.65", "standard", "paper"),
    ("Pen, blue, box of 10", "2.40", "standard", "writing"),
    ("Pencil HB, box of 12", "1.95", "standard", "writing"),
    ("Marker, black", "0.85", "standard", "writing"),
    ("Printing paper A4, 500 sheets", "3.60", "standard", "paper"),
    ("Envelopes C5, pack of 50", "2.75", "standard", "paper"),
    ("Ring binder A4", "1.80", "standard", "office"),
    ("Desk lamp", "11.50", "standard", "home"),
    ("Stapler", "3.95", "standard", "office"),
    ("Ruler 30 cm", "0.95", "standard", "writing"),
    ("Sticky tape, pack of 4", "1.70", "standard", "office"),
    ("Calculator", "6.20", "standard", "office"),
    ("Pocket dictionary", "7.40", "low", "books"),
    ("Road atlas", "9.80", "low", "books"),
    ("Cook book", "10.60", "low", "books"),
    ("Coffee, 500 g", "5.10", "low", "food"),
    ("Tea, 40 bags", "2.05", "low", "food"),
    ("Honey, 450 g", "4.15", "low", "food"),
    ("Mug, white", "2.20", "standard", "home"),
    ("Water bottle 0.75 l", "4.70", "standard", "home"),
    ("Storage box 20 l", "5.30", "standard", "home"),
    ("Wall clock", "8.90", "standard", "home"),
    ("Bicycle lamp set", "9.20", "standard", "home"),
)
CATEGORY = {article: category for article, _, _, category in ARTICLES}
SUPPLIERS = ("Alder", "Beech", "Hazel", "Maple", "Rowan")
SUPPLIER_NUMBER = {name: f"S{number}" for number, name in enumerate(SUPPLIERS, start=1)}
SYLLABLES = ("ba", "del", "fo", "ka", "li", "mar", "no", "ra", "sel", "ta", "ven", "zo")


class Product(NamedTuple):
    """One article of the shop; prices in EUR without VAT."""

    ean: str
    article: str
    vat: str
    supplier: str
    purchase_price: Decimal
    sales_price: Decimal


def ean13(first12: str) -> str:
    """Twelve digits and their check digit: weights 1 and 3 in turn, up to the next ten (GS1 General Specifications)."""
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(first12))
    return first12 + str(-total % 10)


def products(seed: int) -> list[Product]:
    """All articles, in the order of the catalogue."""
    random = stream(seed, "products")
    numbers = random.sample(range(10**10), len(ARTICLES))
    result = []
    for (article, usual, vat, _), number in zip(ARTICLES, numbers, strict=True):
        purchase = cent(Decimal(usual) * random.randint(95, 108) / 100)
        ean = ean13(f"{random.randint(20, 29)}{number:010d}")
        result.append(Product(ean, article, vat, random.choice(SUPPLIERS), purchase, _shop_price(purchase, random)))
    return result


def customers(seed: int, count: int = 40) -> list[tuple[int, str]]:
    """Customer numbers from 1001 and invented names."""
    random = stream(seed, "customers")

    def name() -> str:
        return "".join(random.sample(SYLLABLES, random.choice((2, 2, 3)))).capitalize()

    return [(1001 + number, f"{name()} {name()}") for number in range(count)]


def stream(seed: int, table: str) -> Random:
    """The random numbers of one table: their own, so that another table changes nothing in this one."""
    return Random(f"{seed}/{table}")  # noqa: S311 - practice data, no secret


def cent(amount: Decimal) -> Decimal:
    """An amount rounded to the cent, halves up."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def _shop_price(purchase: Decimal, random: Random) -> Decimal:
    """A price 40 to 90 % above ``purchase``, moved down to the last one that ends in 5 or 9 cents."""
    price = cent(purchase * random.randint(140, 190) / 100)
    while price % Decimal("0.10") not in (Decimal("0.05"), Decimal("0.09")):
        price -= CENT
    return price
