"""The data of the practice firm: a small Belgian web shop, made from a seed. README.md says what is in the tables.

This is the entry: TABLES. The modules beside it make the tables; a program that loads this file by its path must load
it as a package whose path is this folder, so that they find each other: see ``doorstart.courses.data``.

Rules, on which units rely:

- The same seed and day give the same data for ever. Each table draws from a stream of its own, named after the table,
  so that a new table, or a longer one, changes no other.
- Every table is a function ``(seed, today)`` that returns rows of plain values, the first row being the column names.
  Money is a Decimal in EUR without VAT, to the cent, if nothing else is said; dates are dates; all else is text or
  whole numbers. None is a value that is not there.
- Nobody is real. Names of persons are built from syllables, suppliers are named after trees, and there are no
  addresses. Bank account numbers have a bank code that no bank has. EAN-13 numbers start with 20 to 29: these are for
  use inside one shop, no product in the world has them. All check digits are right.
- Sales prices lie 40 to 90 % above purchase prices and end in 5 or 9 cents. Orders fall in the 60 days before
  ``today``, fewer on Sundays; most have one to three lines.

Only the standard library is used, so that a course folder works wherever Python does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from .bank import Balance, Line, bank_balance, bank_statement
from .catalogue import SUPPLIER_NUMBER, Product, Row, customers, products
from .catalogue import ean13 as ean13
from .export import orders_export
from .papers import Invoice, InvoiceLine, invoice_lines, invoices
from .picks import Pick, picks
from .returns import CreditNote, Parcel, Return, credit_notes, parcels, returns
from .sales import Sale, sales_year
from .stock import Movement, stock_movements
from .supply import PurchaseLine, SupplierInvoice, purchase_lines, purchases
from .trade import Order, orders, purchase


def _rows(columns: tuple[str, ...], rows: Iterable[Row]) -> list[Row]:
    """Column names and rows; a name such as ``return_``, which Python forbids without its ``_``, loses it."""
    return [tuple(column.rstrip("_") for column in columns), *rows]


def _purchase_order(seed: int, _: date) -> list[Row]:
    rows = [(p.ean, p.article, p.ordered, p.price_agreed) for p in purchase(seed) if p.ordered]
    return _rows(("ean", "article", "ordered", "price_agreed"), rows)


def _delivery_note(seed: int, _: date) -> list[Row]:
    rows = [(p.ean, p.article, p.delivered) for p in purchase(seed) if p.delivered]
    return _rows(("ean", "article", "delivered"), rows)


def _purchase_invoice(seed: int, _: date) -> list[Row]:
    rows = [(p.ean, p.article, p.invoiced, p.price_invoiced) for p in purchase(seed) if p.invoiced]
    return _rows(("ean", "article", "invoiced", "price"), rows)


TABLES: dict[str, Callable[[int, date], list[Row]]] = {
    "products": lambda seed, _: _rows(Product._fields, products(seed)),
    "customers": lambda seed, _: _rows(("customer", "name"), customers(seed)),
    "suppliers": lambda _, __: _rows(("supplier", "name"), [(n, name) for name, n in SUPPLIER_NUMBER.items()]),
    "orders": lambda seed, today: _rows(Order._fields, orders(seed, today)),
    "purchase-order": _purchase_order,
    "delivery-note": _delivery_note,
    "purchase-invoice": _purchase_invoice,
    "orders-export": orders_export,
    "sales-year": lambda seed, today: _rows(Sale._fields, sales_year(seed, today)),
    "invoices": lambda seed, today: _rows(Invoice._fields, invoices(seed, today)),
    "invoice-lines": lambda seed, today: _rows(InvoiceLine._fields, invoice_lines(seed, today)),
    "parcels": lambda seed, today: _rows(Parcel._fields, parcels(seed, today)),
    "returns": lambda seed, today: _rows(Return._fields, returns(seed, today)),
    "credit-notes": lambda seed, today: _rows(CreditNote._fields, credit_notes(seed, today)),
    "picks": lambda seed, today: _rows(Pick._fields, picks(seed, today)),
    "stock-movements": lambda seed, today: _rows(Movement._fields, stock_movements(seed, today)),
    "purchases": lambda seed, today: _rows(SupplierInvoice._fields, purchases(seed, today)),
    "purchase-lines": lambda seed, today: _rows(PurchaseLine._fields, purchase_lines(seed, today)),
    "bank-statement": lambda seed, today: _rows(Line._fields, bank_statement(seed, today)),
    "bank-balance": lambda seed, today: _rows(Balance._fields, bank_balance(seed, today)),
}
"""What a unit may ask for in its ``unit.toml``, by name."""
