"""Accounting, unit 2: ten invoices with known faults, check digits against python-stdnum, and the calendar."""

from __future__ import annotations

import json
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from stdnum import iban
from stdnum.be import ogm_vcs, vat

from doorstart.courses.data import _generator, read_firm
from doorstart.courses.law import values_on

Names = Callable[[str, str], dict[str, Any]]
UNIT = "02-documents"
COURSES = Path(__file__).parents[4] / "courses"
FOLDER = COURSES / "accounting" / "units" / UNIT
FIRM = read_firm(COURSES)
TABLES = _generator(COURSES / "firm" / "generator.py").TABLES
CENT = Decimal("0.01")


@pytest.fixture
def unit(names: Names) -> dict[str, Any]:
    """What the unit defines."""
    return names("accounting", UNIT)


def papers(name: str) -> list[dict[str, str]]:
    """The documents in a data file."""
    found: list[dict[str, str]] = json.loads((FOLDER / "data" / name).read_text(encoding="utf-8"))
    return found


def test_ten_invoices(unit: dict[str, Any]) -> None:
    found = [unit["missing_mentions"](invoice, unit["mentions"]) for invoice in papers("invoices-to-check.json")]
    assert found == [
        [],
        ["number"],
        ["customer_vat"],
        [],
        ["supply_date", "rate"],
        ["supplier_vat"],
        ["description"],
        [],
        ["base", "vat"],
        ["date", "supplier"],
    ]


def test_the_list_of_mentions_is_that_of_the_law(unit: dict[str, Any]) -> None:
    law = values_on(COURSES / "law" / "invoice-mentions.toml", FIRM.today)
    assert unit["mentions"] == [value.name for value in law]
    assert [value.value for value in law] == list(range(1, 12))
    assert unit["issue_day"] == 15
    assert all(unit["missing_mentions"](paper, unit["mentions"]) == [] for paper in papers("papers.json"))


def test_numbers_are_right_and_nobodys() -> None:
    """VAT numbers begin with 0999, of which none is known to be given out; the account has a bank code of no bank."""
    found = {
        paper[key]
        for paper in papers("papers.json") + papers("invoices-to-check.json")
        for key in ("supplier_vat", "customer_vat")
        if paper.get(key, "").strip()
    }
    assert len(found) == 6
    assert all(vat.is_valid(number) and number.startswith("BE 0999.") for number in found)
    text = (FOLDER / "unit.en.md").read_text(encoding="utf-8")
    account = "BE68 5390 0754 7034"
    assert account in text and iban.is_valid(account, check_country=False) and not iban.is_valid(account)
    assert ogm_vcs.is_valid("+++202/6000/41723+++") and "+++202/6000/41723+++" in text


def test_amounts_on_the_documents_agree() -> None:
    checked = 0
    for paper in papers("papers.json") + papers("invoices-to-check.json"):
        if paper["base"] and paper["rate"]:
            base = Decimal(paper["base"])
            tax = (base * Decimal(paper["rate"]) / 100).quantize(CENT, ROUND_HALF_UP)
            assert (paper["vat"], paper["total"]) == (str(tax), str(base + tax))
            checked += 1
    assert checked == 10
    invoice, credit_note = papers("papers.json")
    assert Decimal(invoice["total"]) - Decimal(credit_note["total"]) == Decimal("186.34")


def test_issue_by_is_in_the_month_after(unit: dict[str, Any]) -> None:
    for number in range(800):
        delivered = date(2026, 1, 1) + timedelta(days=number)
        month_end = delivered.replace(day=monthrange(delivered.year, delivered.month)[1])
        assert unit["issue_by"](delivered, 15) == month_end + timedelta(days=15)


def test_numbers_and_credit_notes_of_the_firm(unit: dict[str, Any]) -> None:
    numbers = unit["own_integers"]
    assert len(numbers) == 80 and unit["number_gaps"](numbers) == []
    without = [number for number in numbers if number % 7]
    assert unit["number_gaps"](without) == sorted(set(range(min(without), max(without))) - set(without)) != []
    _, *rows = TABLES["credit-notes"](FIRM.seed, FIRM.today)
    notes = [{"credit_note": str(row.credit_note), "invoice": str(row.invoice)} for row in rows]
    assert len(notes) == 12 and unit["without_invoice"](notes, unit["own_numbers"]) == []
    fewer = [number for number in unit["own_numbers"] if number != notes[0]["invoice"]]
    expected = [note["credit_note"] for note in notes if note["invoice"] == notes[0]["invoice"]]
    assert unit["without_invoice"](notes, fewer) == expected


@pytest.mark.parametrize("days", range(50))
def test_letters_sent(unit: dict[str, Any], days: int) -> None:
    due = date(2026, 8, 14)
    expected = [due + timedelta(days=after) for after in (7, 21, 35) if after < days]
    assert unit["letters_sent"](due, due + timedelta(days=days), [7, 14, 14]) == expected
