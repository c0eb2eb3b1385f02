"""Unit 04 of Simple accounting: the twenty documents, the inventory, and the limit of the law, against own sums."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from doorstart.courses.data import read_firm
from doorstart.courses.law import read_law, values_on

Names = Callable[[str, str], dict[str, Any]]
COURSES = Path(__file__).parents[4] / "courses"
LAW = COURSES / "law" / "bookkeeping.toml"


@pytest.fixture(scope="module")
def unit(names: Names) -> dict[str, Any]:
    """The names of the unit with its reference solutions."""
    return names("accounting", "04-three-journals")


def test_limit_of_simplified_books() -> None:
    """Domain B2: 500 000 EUR without VAT; Royal Decree of 21 October 2018, article 1, and its English name."""
    (value,) = values_on(LAW, read_firm(COURSES).today)
    assert (value.name, value.value, value.valid_from) == ("simplified-books", 500000, date(2014, 5, 9))
    assert read_law(LAW).unit == "EUR"
    assert set(value.meaning) == {"en", "nl", "fr", "de"}


def test_the_limit_comes_into_the_lesson(unit: dict[str, Any]) -> None:
    """The law says "does not exceed": with the limit itself, simple books are allowed."""
    assert unit["limit"] == Decimal(500000)
    assert unit["turnover"] <= unit["limit"]


def test_twenty_documents_with_totals_per_column(unit: dict[str, Any]) -> None:
    """Each document stands in one journal; net plus VAT is the total in each row and in each column."""
    documents = unit["documents"]
    assert len(documents) == 20
    assert [unit["journal_of"](one["kind"]) for one in documents].count("financial") == 8
    invoices = [one for one in documents if one["net"]]
    assert len(invoices) == 12
    assert all(one["net"] + one["vat"] == one["total"] for one in invoices)
    bought = unit["column_totals"](unit["purchase_rows"])
    sold = unit["column_totals"](unit["sales_journal"](documents))
    assert bought == {"net": Decimal("1117.20"), "vat": Decimal("206.65"), "total": Decimal("1323.85"), "agree": True}
    assert sold == {"net": Decimal("542.35"), "vat": Decimal("86.15"), "total": Decimal("628.50"), "agree": True}


def test_vat_of_the_documents_is_that_of_the_law(unit: dict[str, Any]) -> None:
    """Rounded to the cent once for each document, halves up, at a rate in force."""
    rates = [value.value for value in values_on(COURSES / "law" / "vat.toml", read_firm(COURSES).today)]
    for one in unit["documents"]:
        if one["net"]:
            possible = [
                (one["net"] * rate / 100 + Decimal("0.005")).quantize(Decimal("0.01"), "ROUND_DOWN") for rate in rates
            ]
            assert one["vat"] in possible, one


def test_money_and_the_inventory_agree(unit: dict[str, Any]) -> None:
    """What the inventory of the lesson takes from the journals: the bank, open customers and suppliers."""
    rows = unit["financial_journal"](unit["documents"], Decimal("1250.00"))
    assert rows[-1]["balance"] == Decimal("764.98") == unit["bank"]
    moved = sum(row["in"] - row["out"] - row["private"] for row in rows)
    assert Decimal("1250.00") + moved == rows[-1]["balance"]
    bought, sold = unit["purchase_rows"], unit["sales_journal"](unit["documents"])
    customers = {row["name"] for row in sold}
    from_customers = sum(row["in"] - row["out"] for row in rows if row["name"] in customers)
    assert sum(row["total"] for row in sold) - from_customers == unit["customers_owe"]
    to_suppliers = sum(row["out"] for row in rows if row["name"] not in customers)
    assert sum(row["total"] for row in bought) - to_suppliers == unit["firm_owes"]
    assert unit["goods_value"](unit["goods"]) == Decimal("220.40")


def test_result_of_a_year(unit: dict[str, Any]) -> None:
    """The same result as from the goods used up: before, plus bought, minus left."""
    rows = [{"net": Decimal("700.00")}]
    before, after = [{"pieces": 20, "price": Decimal(10)}], [{"pieces": 35, "price": Decimal(10)}]
    used = Decimal(200) + Decimal(700) - Decimal(350)
    assert unit["year_result"]([{"net": Decimal("1000.00")}], rows, before, after) == 1000 - used == Decimal("450.00")
