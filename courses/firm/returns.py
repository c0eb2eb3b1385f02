"""What happens to orders after they are sent: the day of delivery, returns, and credit notes for returns."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from .catalogue import products, stream
from .papers import amounts, invoices, working_day
from .trade import orders

Day = date
WITHDRAWAL = timedelta(days=14)
"""How long after delivery a customer may send goods back: book VI of the Code of Economic Law, article 47."""
SHARE = 0.1
REASONS = ("changed my mind", "not as expected", "ordered too many", "wrong article ordered")


class Parcel(NamedTuple):
    """One order on its way: sent on the day of the order; ``delivered`` is None while it is on its way."""

    order: int
    sent: date
    delivered: date | None


class Return(NamedTuple):
    """Pieces of one order line that came back, whole and in order, on ``date``."""

    return_: int
    date: date
    order: int
    ean: str
    pieces: int
    reason: str


class CreditNote(NamedTuple):
    """What a customer gets back for one return; ``refunded_on`` is None while the bank has not paid it."""

    credit_note: int
    date: date
    invoice: int
    return_: int
    net: Decimal
    vat: Decimal
    total: Decimal
    refunded_on: Day | None


def parcels(seed: int, today: date) -> list[Parcel]:
    """One parcel for each order, delivered one to three days after it is sent, or on Monday instead of on Sunday."""
    random = stream(seed, "parcels")
    sent = {line.order: line.date for line in orders(seed, today)}
    result = []
    for order, day in sent.items():
        delivered = day + timedelta(days=random.choice((1, 1, 2, 3)))
        delivered += timedelta(days=1 if delivered.weekday() == 6 else 0)
        result.append(Parcel(order, day, delivered if delivered < today else None))
    return result


def returns(seed: int, today: date) -> list[Return]:
    """What came back before ``today``, oldest first: of one order line in ten, on a working day within 14 days."""
    random = stream(seed, "returns")
    delivered = {parcel.order: parcel.delivered for parcel in parcels(seed, today)}
    back = []
    for line in orders(seed, today):
        chosen, wait = random.random() < SHARE, random.randint(3, WITHDRAWAL.days - 2)
        pieces, reason = random.randint(1, line.pieces), random.choice(REASONS)
        start = delivered[line.order]
        if chosen and start and (day := working_day(start + timedelta(days=wait))) < today:
            back.append((day, line.order, line.ean, pieces, reason))
    return [Return(number, *one) for number, one in enumerate(sorted(back), start=7001)]


def credit_notes(seed: int, today: date) -> list[CreditNote]:
    """One credit note for each return, on the same day, with the prices and VAT rates of the invoice.

    Who has paid the invoice in full gets the money two days after the credit note and the payment, on a working day.
    For the others the credit note lessens what they owe.
    """
    vat = {product.ean: product.vat for product in products(seed)}
    prices = {(line.order, line.ean): line.price for line in orders(seed, today)}
    sent = {invoice.order: invoice for invoice in invoices(seed, today)}
    result: list[CreditNote] = []
    for back in returns(seed, today):
        invoice = sent[back.order]
        foot = amounts([(vat[back.ean], back.pieces * prices[back.order, back.ean])], invoice.date)
        refunded = working_day(max(back.date, invoice.paid_on or today) + timedelta(days=2))
        first = back.date.year * 10**6 + 500001
        number = result[-1].credit_note + 1 if result and result[-1].date.year == back.date.year else first
        refund = refunded if refunded < today else None
        result.append(CreditNote(number, back.date, invoice.invoice, back.return_, *foot, refund))
    return result
