"""Assets against the oracle of the domain research: 12 000 over 5 years, on 6302 and 2409."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

Names = Callable[[str, str], dict[str, Any]]


@pytest.fixture(scope="module")
def unit(names: Names) -> dict[str, Any]:
    return names("accounting", "09-assets")


@pytest.fixture(scope="module")
def van(unit: dict[str, Any]) -> dict[str, Any]:
    (found,) = [asset for asset in unit["register"] if asset["asset"] == "van"]
    return dict(found)


def test_the_van(unit: dict[str, Any], van: dict[str, Any]) -> None:
    assert unit["plan"](van["price"], van["years"]) == [Decimal("2400.00")] * 5
    assert unit["first_year"](van["price"], van["years"], van["bought"], "full year") == Decimal("2400.00")
    line = unit["register_line"](van, 2026)
    assert (line["depreciation"], line["book_value"]) == (Decimal("2400.00"), Decimal("9600.00"))
    rows = unit["depreciation_entry"](date(2026, 12, 31), "M-3", [line])
    assert [(row["account"], row["debit"], row["credit"]) for row in rows] == [
        ("6302", Decimal("2400.00"), Decimal("0.00")),
        ("2409", Decimal("0.00"), Decimal("2400.00")),
    ]


def test_book_value_and_register_agree(unit: dict[str, Any]) -> None:
    for asset in unit["register"]:
        for year in range(asset["bought"].year, asset["bought"].year + 8):
            line = unit["register_line"](asset, year)
            passed = year - asset["bought"].year + 1
            assert line["book_value"] == unit["book_value"](asset["price"], asset["years"], passed)
            assert line["so_far"] + line["book_value"] == asset["price"]


def test_by_days_is_a_full_year_from_the_first_of_january(unit: dict[str, Any]) -> None:
    for year in (2026, 2028):
        for way in ("by days", "full year"):
            assert unit["first_year"](Decimal(12000), 5, date(year, 1, 1), way) == Decimal("2400.00")
    assert unit["first_year"](Decimal(12000), 5, date(2026, 10, 1), "by days") == Decimal("604.93")


@given(cents=st.integers(0, 10**8), years=st.integers(1, 33))
def test_no_cent_is_lost(unit: dict[str, Any], cents: int, years: int) -> None:
    price = Decimal(cents).scaleb(-2)
    amounts = unit["plan"](price, years)
    assert len(amounts) == years
    assert sum(amounts) == price
    assert max(amounts) - min(amounts) <= Decimal("0.01") * years


@given(price=st.integers(0, 10**7), part=st.integers(0, 100), received=st.integers(0, 10**7))
def test_a_sale_is_always_in_balance(unit: dict[str, Any], price: int, part: int, received: int) -> None:
    so_far = unit["to_cents"](Decimal(price * part) / 100)
    rows = unit["asset_sale"](date(2029, 3, 1), "B-40", Decimal(price), so_far, Decimal(received))
    assert sum(row["debit"] for row in rows) == sum(row["credit"] for row in rows)
    assert all(row["debit"] >= 0 and row["credit"] >= 0 for row in rows)
