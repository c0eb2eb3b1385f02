"""The latest orders as an office program exports them: all of it text, and not clean."""

from __future__ import annotations

from datetime import date

from .catalogue import Row, products, stream
from .papers import invoices
from .trade import orders

LINES, COLUMNS = 57, ("order", "date", "customer", "ean", "article", "pieces", "price", "paid")
DUPLICATES, NO_PIECES, NO_PRICE, SPACES, NOT_AVAILABLE = 3, 2, 2, 3, 1
PIECES, PRICE = COLUMNS.index("pieces"), COLUMNS.index("price")


def orders_export(seed: int, today: date) -> list[Row]:
    """The lines of the latest orders, whole orders, 57 or a few more; every line has at most one fault.

    Planted: two lines without pieces, two without a price, one with ``n/a`` as its price, three with spaces around
    values, and three good lines that come twice.
    """
    random = stream(seed, "orders-export")
    names = {product.ean: product.article for product in products(seed)}
    paid = {invoice.order: "yes" if invoice.paid_on else "no" for invoice in invoices(seed, today)}
    lines = orders(seed, today)
    first = lines[max(0, len(lines) - LINES)].order
    rows = [
        [
            str(line.order),
            line.date.strftime("%d/%m/%Y"),
            str(line.customer),
            line.ean,
            names[line.ean],
            str(line.pieces),
            str(line.price).replace(".", ","),
            paid[line.order],
        ]
        for line in lines
        if line.order >= first
    ]
    faulty = iter(random.sample(range(len(rows)), DUPLICATES + NO_PIECES + NO_PRICE + SPACES + NOT_AVAILABLE))
    for _ in range(NO_PIECES):
        rows[next(faulty)][PIECES] = ""
    for _ in range(NO_PRICE):
        rows[next(faulty)][PRICE] = ""
    for _ in range(NOT_AVAILABLE):
        rows[next(faulty)][PRICE] = "n/a"
    for _ in range(SPACES):
        row = rows[next(faulty)]
        rows[rows.index(row)] = [
            f" {value} " if COLUMNS[n] in ("article", "pieces", "price") else value for n, value in enumerate(row)
        ]
    for row in [rows[place] for place in faulty]:  # as many as DUPLICATES are left
        rows.insert(random.randint(rows.index(row) + 1, len(rows)), list(row))
    return [COLUMNS, *(tuple(row) for row in rows)]
