"""Accounting, unit 3: the oracle amounts, many prices against fractions, and the invoices of the practice firm."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from doorstart.courses.data import _generator, read_firm
from doorstart.courses.law import values_on

Names = Callable[[str, str], dict[str, Any]]
UNIT = "03-vat"
COURSES = Path(__file__).parents[4] / "courses"
FIRM = read_firm(COURSES)
TABLES = _generator(COURSES / "firm" / "generator.py").TABLES
RATES = [value.value for value in values_on(COURSES / "law" / "vat.toml", FIRM.today)]


@pytest.fixture
def unit(names: Names) -> dict[str, Any]:
    """What the unit defines."""
    return names("accounting", UNIT)


def cents(amount: Fraction) -> Decimal:
    """An amount rounded to the cent, halves away from zero."""
    whole = int(abs(amount) * 100 + Fraction(1, 2))
    return Decimal(whole if amount >= 0 else -whole) / 100


def test_oracle_amounts(unit: dict[str, Any]) -> None:
    standard = unit["rates"]["standard"]
    assert unit["invoice_total"]([{"base": Decimal("100.00"), "rate": standard}]) == Decimal("121.00")
    assert unit["split_price"](Decimal("59.99"), standard) == (Decimal("49.58"), Decimal("10.41"))


@pytest.mark.parametrize("rate", RATES)
def test_base_and_vat_add_up_to_the_price(unit: dict[str, Any], rate: Decimal) -> None:
    for price in (Decimal(number) / 100 for number in range(-500, 20000, 7)):
        base, tax = unit["split_price"](price, rate)
        assert base == cents(Fraction(price) * 100 / (100 + Fraction(rate)))
        assert base + tax == price


def test_line_and_rate_differ_by_a_cent(unit: dict[str, Any]) -> None:
    lines = [{"base": Decimal("0.35"), "rate": Decimal("10")}] * 3
    assert unit["vat_per_line"](lines) == Decimal("0.12")
    assert unit["invoice_total"](lines) - Decimal("1.05") == Decimal("0.11")


def test_invoices_of_the_firm(unit: dict[str, Any]) -> None:
    """The generator rounds by the same rule; both ways differ on some invoices, by a few cents at most."""
    lines: dict[int, list[dict[str, Decimal]]] = {}
    head, *rows = TABLES["invoice-lines"](FIRM.seed, FIRM.today)
    for row in rows:
        line = dict(zip(head, row, strict=True))
        lines.setdefault(line["invoice"], []).append({"base": line["net"], "rate": line["rate"]})
    _, *invoices = TABLES["invoices"](FIRM.seed, FIRM.today)
    assert len(invoices) == 80
    differences = []
    for invoice in invoices:
        assert unit["invoice_total"](lines[invoice.invoice]) == invoice.total
        differences.append(unit["vat_per_line"](lines[invoice.invoice]) - invoice.vat)
    assert any(differences) and max(map(abs, differences)) <= Decimal("0.03")


def test_limit_of_the_exemption_scheme(unit: dict[str, Any]) -> None:
    law = values_on(COURSES / "law" / "small-business.toml", FIRM.today)
    assert unit["limit"] == law[0].value == 25000
    assert unit["mention"] == law[1].meaning["en"]
    limit, mention, call = unit["limit"], unit["mention"], unit["vat_and_mention"]
    assert call(Decimal("50.00"), 21, limit, limit, mention) == (Decimal("0.00"), mention)
    assert call(Decimal("50.00"), 21, limit + Decimal("0.01"), limit, mention) == (Decimal("10.50"), "")


def test_vat_to_pay_of_two_months(unit: dict[str, Any]) -> None:
    def total(table: str) -> Decimal:
        head, *rows = TABLES[table](FIRM.seed, FIRM.today)
        return Decimal(sum(row[head.index("vat")] for row in rows))

    expected = total("invoices") - total("credit-notes") - total("purchases")
    assert unit["vat_to_pay"](unit["documents"]) == expected
