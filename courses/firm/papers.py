"""The invoices of the web shop to its customers, and how these pay. Not for what the bank writes: see bank.py."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from .catalogue import cent, products, stream
from .trade import Order, orders

Day = date
LAW = Path(__file__).parents[1] / "law" / "vat.toml"
TERM, LATEST = timedelta(days=14), timedelta(days=32)
LATE, NEVER = 6, 4
FIRST_INVOICE = 301
ZERO = Decimal("0.00")
FAULTS = ("mistyped",) * 3 + ("partial",) * 2 + ("double",) * 2 + ("empty",) * 2 + ("free text",) * 2
"""What is wrong with a customer's payment, one invoice for each."""


class Amounts(NamedTuple):
    """What an invoice says at its foot, in EUR."""

    net: Decimal
    vat: Decimal
    total: Decimal


class Invoice(NamedTuple):
    """An invoice for one order; ``paid_on`` is the day on which it was paid in full, None if it is not."""

    invoice: int
    date: date
    customer: int
    order: int
    net: Decimal
    vat: Decimal
    total: Decimal
    due: Day
    paid_on: Day | None


class InvoiceLine(NamedTuple):
    """One article on an invoice; ``rate`` of VAT in percent, ``price`` of a piece and ``net`` in EUR without VAT."""

    invoice: int
    ean: str
    article: str
    pieces: int
    price: Decimal
    rate: int | Decimal
    net: Decimal


class Payment(NamedTuple):
    """What a customer pays for an invoice, with one of FAULTS or ""."""

    date: date
    invoice: int
    order: int
    customer: int
    amount: Decimal
    fault: str


def rates(day: date) -> dict[str, int | Decimal]:
    """The VAT rates in force on a day, in percent, by name; from the law's table beside the firm."""
    return {v["name"]: v["value"] for v in _law() if v["valid_from"] <= day <= v.get("valid_to", date.max)}


def amounts(lines: list[tuple[str, Decimal]], day: date) -> Amounts:
    """Net, VAT and total of lines (name of the VAT rate, net); VAT is rounded to the cent once for each rate."""
    per_rate: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for name, net in lines:
        per_rate[name] += net
    net = sum(per_rate.values(), start=ZERO)
    vat = sum((cent(part * rates(day)[name] / 100) for name, part in per_rate.items()), start=ZERO)
    return Amounts(net, vat, net + vat)


def working_day(day: date) -> date:
    """The day itself, or the Monday after it: banks book from Monday to Friday. Public holidays are not looked at."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def invoices(seed: int, today: date) -> list[Invoice]:
    """One invoice for each order, on the day of the order, oldest first."""
    paid: dict[int, tuple[Decimal, date]] = {}
    for payment in payments(seed, today):
        before, day = paid.get(payment.invoice, (Decimal(0), payment.date))
        paid[payment.invoice] = (before + payment.amount, day)
    result = []
    for invoice in _unpaid(seed, today):
        amount, day = paid.get(invoice.invoice, (Decimal(0), today))
        result.append(invoice._replace(paid_on=day) if amount >= invoice.total else invoice)
    return result


def invoice_lines(seed: int, today: date) -> list[InvoiceLine]:
    """The lines of all invoices, in the order of :func:`invoices`."""
    goods = {product.ean: product for product in products(seed)}
    result = []
    for (number, day), lines in zip(_numbers(seed, today), _by_order(seed, today), strict=True):
        for line in lines:
            article, rate = goods[line.ean].article, rates(day)[goods[line.ean].vat]
            net = line.pieces * line.price
            result.append(InvoiceLine(number, line.ean, article, line.pieces, line.price, rate, net))
    return result


def payments(seed: int, today: date) -> list[Payment]:
    """The customers' payments before ``today``, oldest first.

    As many as NEVER do not pay though they should have, as many as LATE pay after the term, all others within it. Of
    those that pay in time, as many as FAULTS has entries do so with a fault. Their totals stand on no other invoice:
    name and amount always tell for which invoice a payment is.
    """
    random = stream(seed, "payments")
    sent = _unpaid(seed, today)
    late = random.sample([invoice for invoice in sent if invoice.date + LATEST < today], LATE)
    never = random.sample([invoice for invoice in sent if invoice.due < today and invoice not in late], NEVER)
    result = []
    for invoice in sent:
        wait = random.randint(TERM.days + 2, LATEST.days - 2) if invoice in late else random.randint(0, TERM.days - 2)
        day = working_day(invoice.date + timedelta(days=wait))
        if day < today and invoice not in never:
            result.append(Payment(day, invoice.invoice, invoice.order, invoice.customer, invoice.total, ""))
    totals, early = [invoice.total for invoice in sent], today - timedelta(days=10)
    in_time = {invoice.invoice for invoice in sent if invoice not in late and totals.count(invoice.total) == 1}
    candidates = [
        number for number, payment in enumerate(result) if payment.invoice in in_time and payment.date < early
    ]
    for number, fault in zip(random.sample(candidates, len(FAULTS)), FAULTS, strict=True):
        payment = result[number]._replace(fault=fault)
        if fault == "partial":
            payment = payment._replace(amount=cent(payment.amount / 2))
        elif fault == "double":
            result.append(payment._replace(date=working_day(payment.date + timedelta(days=random.randint(1, 5)))))
        result[number] = payment
    return sorted(result)


def _unpaid(seed: int, today: date) -> list[Invoice]:
    """The invoices as they were sent."""
    rate = {product.ean: product.vat for product in products(seed)}
    result = []
    for (number, day), lines in zip(_numbers(seed, today), _by_order(seed, today), strict=True):
        foot = amounts([(rate[line.ean], line.pieces * line.price) for line in lines], day)
        result.append(Invoice(number, day, lines[0].customer, lines[0].order, *foot, day + TERM, None))
    return result


def _by_order(seed: int, today: date) -> list[list[Order]]:
    return [list(lines) for _, lines in groupby(orders(seed, today), key=lambda line: line.order)]


def _numbers(seed: int, today: date) -> list[tuple[int, date]]:
    """Number and day of each invoice: the year and six digits, without gaps; each year begins at 1."""
    result: list[tuple[int, date]] = []
    for lines in _by_order(seed, today):
        day = lines[0].date
        last = result[-1] if result else (day.year * 10**6 + FIRST_INVOICE - 1, day)
        result.append((last[0] + 1 if last[1].year == day.year else day.year * 10**6 + 1, day))
    return result


@cache
def _law() -> list[dict[str, Any]]:
    values: list[dict[str, Any]] = tomllib.loads(LAW.read_text(encoding="utf-8"), parse_float=Decimal)["values"]
    return values
