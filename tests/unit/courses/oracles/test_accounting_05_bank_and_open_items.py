"""Unit 05 of Simple accounting: check digits against python-stdnum, and the whole statement against the firm."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

import pytest
from stdnum import iban
from stdnum.be import ogm_vcs, vat

from doorstart.courses.data import _generator, read_firm

Names = Callable[[str, str], dict[str, Any]]
COURSES = Path(__file__).parents[4] / "courses"
FIRM = read_firm(COURSES)
GENERATOR = _generator(COURSES / "firm" / "generator.py")
PAPERS = import_module(f"{GENERATOR.__name__}.papers")


@pytest.fixture(scope="module")
def unit(names: Names) -> dict[str, Any]:
    """The names of the unit with its reference solutions."""
    return names("accounting", "05-bank-and-open-items")


def test_oracles_of_the_domain(unit: dict[str, Any]) -> None:
    """0108068171 has the check 83; BE68 5390 0754 7034 leaves 1; 0566.988.259 is an enterprise number."""
    assert ogm_vcs.calc_check_digits("0108068171") == "83"
    assert unit["communication_for"](108068171) == "+++010/8068/17183+++"
    assert unit["communication_ok"]("+++010/8068/17183+++")
    assert int("539007547034" + "1114" + "68") % 97 == 1
    assert unit["supplier_ok"]("BE68 5390 0754 7034", "0566988259")


def test_communications_as_stdnum_says(unit: dict[str, Any]) -> None:
    """Any ten digits, also those whose remainder is 0, with each of their possible checks."""
    random = Random(5)  # noqa: S311 (no secret)
    for number in [random.randrange(10**10) for _ in range(300)] + [97 * random.randrange(10**8) for _ in range(30)]:
        right = f"+++{ogm_vcs.format(f'{number:010}' + ogm_vcs.calc_check_digits(f'{number:010}'))}+++"
        assert unit["communication_for"](number) == right
        for check in (0, 1, 96, 97, 98):
            digits = f"{number:010}{check:02}"
            written = f"+++{digits[:3]}/{digits[3:7]}/{digits[7:]}+++"
            assert unit["communication_ok"](written) == ogm_vcs.is_valid(digits), written


def test_suppliers_as_stdnum_says(unit: dict[str, Any]) -> None:
    """Account numbers and enterprise numbers, right ones and mistyped ones."""
    random = Random(6)  # noqa: S311 (no secret)
    for _ in range(300):
        national = f"{random.randrange(10**10):010}"
        account = f"BE{random.randrange(2, 99):02}{national}{int(national) % 97 or 97:02}"
        if random.random() < 0.5:
            account = f"BE{98 - int(account[4:] + '111400') % 97:02}{account[4:]}"
        first = f"0{random.randrange(2 * 10**6, 9 * 10**6):07}"
        number = first + f"{97 - int(first) % 97 if random.random() < 0.5 else random.randrange(1, 98):02}"
        expected = iban.is_valid(account, check_country=False) and vat.is_valid(number)
        assert unit["supplier_ok"](account, number) == expected, (account, number)


def test_statement_agrees(unit: dict[str, Any]) -> None:
    """The old amount plus all lines is the new amount."""
    assert len(unit["statement"]) == 91
    assert unit["old"]["balance"] + sum(line["amount"] for line in unit["statement"]) == unit["new"]["balance"]


def test_every_payment_is_placed_with_the_invoice_that_the_firm_meant(unit: dict[str, Any]) -> None:
    """All planted faults are solved: against the payments from which the generator wrote the statement."""
    meant = Counter((one.invoice, one.amount) for one in PAPERS.payments(FIRM.seed, FIRM.today))
    for note in GENERATOR.credit_notes(FIRM.seed, FIRM.today):
        if note.refunded_on:
            meant[note.invoice, -note.total] += 1
    assert Counter(unit["payments"]) == meant
    assert (len(unit["payments"]), len(unit["others"])) == (79, 12)
    by_text = [line for line in unit["statement"] if line["communication"] in unit["belongs_to"]]
    assert len(by_text) == 72


def test_open_items_and_reminders(unit: dict[str, Any]) -> None:
    """Two half payments, two invoices paid twice, credit notes on unpaid invoices: 13 items, 827.64 EUR."""
    left = unit["open_items"](unit["invoices"], unit["credit_notes"], unit["payments"])
    assert len(left) == 13
    assert sum(left.values()) == Decimal("827.64")
    assert {number: amount for number, amount in left.items() if amount < 0} == {
        2026000317: Decimal("-12.97"),
        2026000355: Decimal("-64.94"),
    }
    assert left[2026000315] == Decimal("29.20") and left[2026000325] == Decimal("20.60")
    assert 2026000310 not in left and 2026000369 not in left
    assert unit["reminder_list"](unit["items"], date(2026, 9, 30), 7) == [
        (2026000315, 37),
        (2026000324, 30),
        (2026000325, 30),
        (2026000335, 20),
    ]


def test_what_the_firm_owes(unit: dict[str, Any]) -> None:
    """The suppliers' invoices that are not on the statement are those without a day of payment."""
    open_bills = [one for one in unit["purchases"] if one["communication"] not in unit["paid_by_us"]]
    assert [one["purchase"] for one in open_bills] == [
        one["purchase"] for one in unit["purchases"] if one["paid_on"] == ""
    ]
    assert sum(one["total"] for one in open_bills) == Decimal("498.94")
