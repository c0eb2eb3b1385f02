"""Closing the small year against the cycle oracle of the domain research, to the cent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

UNITS = Path(__file__).parents[4] / "courses" / "accounting" / "units"
Names = Callable[[str, str], dict[str, Any]]

TRIAL_BALANCE = {
    "100": -10000,
    "240": 12000,
    "2409": -2400,
    "340": 900,
    "400": 2285,
    "411": 1701,
    "440": -11086,
    "451": 0,
    "550": 9000,
    "604": 4000,
    "6094": -900,
    "610": 600,
    "6302": 2400,
    "700": -8500,
}
LAST_DAY = date(2026, 12, 31)


@pytest.fixture(scope="module")
def unit(names: Names) -> dict[str, Any]:
    return names("accounting", "10-closing")


@pytest.fixture(scope="module")
def year(unit: dict[str, Any], names: Names) -> list[dict[str, Any]]:
    """The journal with the entries that the reference solutions of units 9 and 10 make, before closing."""
    assets = names("accounting", "09-assets")
    (van,) = [asset for asset in assets["register"] if asset["asset"] == "van"]
    depreciation = assets["depreciation_entry"](LAST_DAY, "M-3", [assets["register_line"](van, 2026)])
    stock = unit["stock_entry"](LAST_DAY, "M-2", Decimal("900.00"), Decimal("0.00"))
    return [*unit["journal"], *stock, *depreciation]


def test_units_7_and_10_have_the_same_journal() -> None:
    seven, ten = ((UNITS / unit / "data" / "journal.csv").read_bytes() for unit in ("07-full-cycle", "10-closing"))
    assert seven == ten


def test_the_trial_balance(unit: dict[str, Any], year: list[dict[str, Any]], names: Names) -> None:
    assert unit["balances"](year) == TRIAL_BALANCE
    lines = names("accounting", "07-full-cycle")["trial_balance"](year)
    assert sum(line["debit"] for line in lines) == sum(line["credit"] for line in lines) == Decimal("32886.00")
    assert unit["debit_side"] == Decimal("32886.00")


def test_profit_and_balance_total(unit: dict[str, Any], year: list[dict[str, Any]]) -> None:
    assert unit["micro_result"](year) == {"9900": 4800, "630": 2400, "9904": 2400}
    closing = unit["close_accounts"](year, LAST_DAY, "M-9")
    assert sum(line["debit"] - line["credit"] for line in closing) == 0
    closed = [*year, *closing]
    found = unit["balances"](closed)
    assert all(balance == 0 for account, balance in found.items() if account[0] in "67")
    assert found["140"] == Decimal("-2400.00")
    sheet = unit["micro_balance"](closed)
    assert list(sheet) == ["21/28", "29/58", "20/58", "10/15", "17/49", "10/49"]
    assert sheet == {"21/28": 9600, "29/58": 13886, "20/58": 23486, "10/15": 12400, "17/49": 11086, "10/49": 23486}


def test_the_last_cell_closes_the_same_year(unit: dict[str, Any], year: list[dict[str, Any]]) -> None:
    assert unit["closed"] == [*year, *unit["close_accounts"](year, LAST_DAY, "M-9")]


def test_accruals_stay_in_balance_and_change_only_their_year(unit: dict[str, Any], year: list[dict[str, Any]]) -> None:
    ahead = unit["paid_ahead"](Decimal(365), date(2026, 10, 1), date(2027, 9, 30), LAST_DAY)
    assert ahead == Decimal("273.00")
    rows = unit["accrual_entry"](LAST_DAY, "M-4", "paid ahead", "613", ahead)
    rows += unit["accrual_entry"](LAST_DAY, "M-5", "to come", "612", Decimal("73.00"))
    longer = [*year, *rows]
    assert sum(line["debit"] - line["credit"] for line in rows) == 0
    assert unit["micro_result"](longer)["9904"] == Decimal("2600.00")
    sheet = unit["micro_balance"]([*longer, *unit["close_accounts"](longer, LAST_DAY, "M-9")])
    assert sheet["20/58"] == sheet["10/49"] == Decimal("23759.00")
