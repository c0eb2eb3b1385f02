"""The web shop's bank account: the statement of the 60 days before today, and the balance before and after.

Not for who owes what: see papers.py (customers), returns.py (refunds) and supply.py (suppliers).
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate
from random import Random
from typing import NamedTuple

from .catalogue import SUPPLIER_NUMBER, SUPPLIERS, customers, stream
from .communication import account, mistyped, structured
from .papers import Payment, invoices, payments, working_day
from .returns import credit_notes
from .supply import purchases
from .trade import DAYS

BANK, COSTS = "Practice Bank", Decimal("-6.50")


class Line(NamedTuple):
    """Money in (+) or out (-) in EUR; ``name`` and ``account`` are those of the other side."""

    date: date
    amount: Decimal
    name: str
    communication: str
    account: str


class Balance(NamedTuple):
    """What is on the account in the evening, in EUR."""

    date: date
    balance: Decimal


def bank_statement(seed: int, today: date) -> list[Line]:
    """The lines of the statement, oldest first: customers, suppliers, refunds, and the bank's costs each month."""
    random = stream(seed, "bank-statement")
    people, sent = dict(customers(seed)), {invoice.invoice: invoice for invoice in invoices(seed, today)}
    names = {number: name for name, number in SUPPLIER_NUMBER.items()}
    accounts = _accounts(seed)
    lines = []

    def add(day: date, amount: Decimal, name: str, communication: str, key: object) -> None:
        lines.append(Line(day, amount, name, communication, accounts[key]))

    for payment in payments(seed, today):
        add(payment.date, payment.amount, people[payment.customer], _written(payment, random), payment.customer)
    for note in credit_notes(seed, today):
        if note.refunded_on:
            customer = sent[note.invoice].customer
            add(note.refunded_on, -note.total, people[customer], structured(note.credit_note), customer)
    for bill in purchases(seed, today):
        if bill.paid_on:
            add(bill.paid_on, -bill.total, names[bill.supplier], bill.communication, names[bill.supplier])
    for back in range(DAYS, 0, -1):
        month = today - timedelta(days=back)
        if month.day == 1 and (day := working_day(month)) < today:
            add(day, COSTS, BANK, f"Account costs {month:%m/%Y}", BANK)
    random.shuffle(lines)
    return sorted(lines, key=lambda line: line.date)


def bank_balance(seed: int, today: date) -> list[Balance]:
    """The balance on the evening before the statement begins, and on its last evening; it is never below 500 EUR."""
    amounts = [line.amount for line in bank_statement(seed, today)]
    lowest = min(accumulate(amounts, initial=Decimal(0)))
    opening = Decimal(stream(seed, "bank-balance").randint(50000, 250000)) / 100 - lowest
    first, last = today - timedelta(days=DAYS + 1), today - timedelta(days=1)
    return [Balance(first, opening), Balance(last, opening + sum(amounts))]


def _written(payment: Payment, random: Random) -> str:
    """What the customer writes with a payment."""
    if payment.fault == "mistyped":
        return mistyped(structured(payment.invoice), random.randrange(4, 10))
    if payment.fault == "empty":
        return ""
    return f"Order {payment.order}" if payment.fault == "free text" else structured(payment.invoice)


def _accounts(seed: int) -> dict[object, str]:
    """An account number for each customer's number, supplier's name, and the bank itself."""
    owners: list[object] = [*(number for number, _ in customers(seed)), *SUPPLIERS, BANK]
    numbers = stream(seed, "accounts").sample(range(10**7), len(owners))
    return {owner: account(number) for owner, number in zip(owners, numbers, strict=True)}
