"""The VAT return against the VAT oracle of the domain research: a quarter posted in a Belgian bookkeeping system."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from doorstart.courses.law import values_on

COURSES = Path(__file__).parents[4] / "courses"
UNIT = COURSES / "accounting" / "units" / "08-vat-return"
Names = Callable[[str, str], dict[str, Any]]

SALES = "00 01 02 03 44 45 46 47 48 49"
PURCHASES = "81 82 83 84 85 86 87 88"
DUE = "54 55 56 57 61 63"
DEDUCTIBLE = "59 62 64"
BALANCE = "71 72"
ORACLE = {
    "01": 2000,
    "03": 10000,
    "46": 3000,
    "49": 500,
    "54": 2220,
    "55": 315,
    "59": 1638,
    "64": 105,
    "81": 5500,
    "82": 300,
    "83": 2000,
    "86": 1500,
}


@pytest.fixture(scope="module")
def unit(names: Names) -> dict[str, Any]:
    return names("accounting", "08-vat-return")


def test_the_quarter(unit: dict[str, Any]) -> None:
    assert unit["rates"] == {
        value.name: value.value for value in values_on(COURSES / "law" / "vat.toml", date(2026, 9, 30))
    }
    sales = unit["sales_grids"](unit["sales"], unit["rates"])
    purchases = unit["purchase_grids"](unit["purchases"], unit["rates"])
    assert not sales.keys() & purchases.keys()
    assert sales | purchases == ORACLE
    assert unit["last_grids"](sales | purchases) == {"XX": 2535, "YY": 1743, "71": 792}
    assert unit["is_plausible"](sales | purchases, unit["rates"], Decimal("0.00"))


def test_each_document_has_the_grids_that_the_functions_fill_in(unit: dict[str, Any]) -> None:
    for document in unit["documents"]:
        function = unit["sales_grids"] if document["journal"] == "sales" else unit["purchase_grids"]
        assert sorted(function([document], unit["rates"])) == sorted(unit["grids_of"](document["document"]))


def test_a_quarter_of_purchases_comes_back(unit: dict[str, Any]) -> None:
    grids = unit["purchase_grids"](unit["purchases"], unit["rates"])
    assert unit["last_grids"](grids) == {"XX": 315, "YY": 1638, "72": 1323}


def test_the_grids_of_the_form(unit: dict[str, Any]) -> None:
    assert [unit["DUE"], unit["DEDUCTIBLE"]] == [DUE.split(), DEDUCTIBLE.split()]
    expected = " ".join([SALES, PURCHASES, DUE, DEDUCTIBLE, BALANCE]).split()
    assert len(expected) == 29
    for language in ("en", "nl", "fr"):
        text = (UNIT / f"unit.{language}.md").read_text(encoding="utf-8")
        rows = re.findall(r"^\| ([\d*, ]+) \|", text, re.MULTILINE)
        assert sorted(re.findall(r"\d\d", " ".join(rows))) == sorted(expected), language


@pytest.mark.parametrize(
    ("year", "month", "period", "expected"),
    [
        (2026, 9, "quarter", date(2026, 10, 25)),
        (2026, 12, "quarter", date(2027, 1, 25)),
        (2026, 1, "month", date(2026, 2, 20)),
        (2026, 12, "month", date(2027, 1, 20)),
    ],
)
def test_due_days_of_the_law(unit: dict[str, Any], year: int, month: int, period: str, expected: date) -> None:
    assert unit["due_day"](year, month, period) == expected
