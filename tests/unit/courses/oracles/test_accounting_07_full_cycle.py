"""One full cycle against the cycle oracle of the domain research, to the cent, and against Beancount 3."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from beancount.core.data import Open
from beancount.core.realization import compute_balance, get, realize
from beancount.loader import load_string

Names = Callable[[str, str], dict[str, Any]]

WITHOUT_LAST_DAY = {
    "100": "-10000.00",
    "240": "12000.00",
    "400": "2285.00",
    "411": "1701.00",
    "440": "-11086.00",
    "451": "0.00",
    "550": "9000.00",
    "604": "4000.00",
    "610": "600.00",
    "700": "-8500.00",
}
LAST_DAY = {"340": "900.00", "6094": "-900.00", "6302": "2400.00", "2409": "-2400.00"}


@pytest.fixture(scope="module")
def unit(names: Names) -> dict[str, Any]:
    return names("accounting", "07-full-cycle")


@pytest.fixture(scope="module")
def whole_year(unit: dict[str, Any]) -> list[dict[str, Any]]:
    """The year's journal with the entries of its last day: goods that are left, and the van's loss of value."""
    zero = Decimal("0.00")
    last = [
        unit["row"](date(2026, 12, 31), document, account, max(Decimal(LAST_DAY[account]), zero), max(-amount, zero))
        for document, account in (("M-2", "340"), ("M-2", "6094"), ("M-3", "6302"), ("M-3", "2409"))
        for amount in (Decimal(LAST_DAY[account]),)
    ]
    return [*unit["journal"], *last]


def _balances(lines: list[dict[str, Any]]) -> dict[str, Decimal]:
    return {line["account"]: line["debit"] - line["credit"] for line in lines}


def _amounts(texts: dict[str, str]) -> dict[str, Decimal]:
    return {account: Decimal(text) for account, text in texts.items()}


def test_the_entries_of_documents_are_those_of_the_journal(unit: dict[str, Any]) -> None:
    journal = unit["journal"]
    credit_note = unit["credit_note_entry"](date(2026, 6, 3), "S-2", Decimal(500), Decimal(105))
    assert credit_note == [line for line in journal if line["document"] == "S-2"]
    without = [line for line in journal if line["document"] != "M-1"]
    assert [*without, *unit["vat_entry"](date(2026, 12, 31), "M-1", without)] == journal
    for document in {line["document"] for line in journal}:
        assert sum(line["debit"] - line["credit"] for line in journal if line["document"] == document) == 0


def test_the_ledger_ends_with_the_balance(unit: dict[str, Any]) -> None:
    for account, balance in unit["balances"](unit["journal"]).items():
        assert unit["ledger_of"](unit["journal"], account)[-1][1] == balance


def test_the_year_without_its_last_day(unit: dict[str, Any]) -> None:
    lines = unit["trial_balance"](unit["journal"])
    assert _balances(lines) == _amounts(WITHOUT_LAST_DAY)
    assert sum(line["debit"] for line in lines) == sum(line["credit"] for line in lines) == Decimal("29586.00")
    assert unit["year_result"](unit["journal"]) == Decimal("3900.00")


def test_the_cycle_oracle(unit: dict[str, Any], whole_year: list[dict[str, Any]]) -> None:
    lines = unit["trial_balance"](whole_year)
    assert _balances(lines) == _amounts(WITHOUT_LAST_DAY | LAST_DAY)
    assert sum(line["debit"] for line in lines) == sum(line["credit"] for line in lines) == Decimal("32886.00")
    assert unit["year_result"](whole_year) == Decimal("2400.00")
    sheet = unit["balance_sheet"](whole_year)
    assert sheet["owned"] == Decimal("23486.00")
    assert sheet["capital"] + sheet["debts"] + sheet["result"] == Decimal("23486.00")


@pytest.mark.parametrize("is_whole", [False, True], ids=["the unit's journal", "with the entries of the last day"])
def test_beancount_reads_the_file_and_finds_the_same_balances(
    unit: dict[str, Any], whole_year: list[dict[str, Any]], tmp_path: Path, is_whole: bool
) -> None:
    journal = whole_year if is_whole else unit["journal"]
    file = tmp_path / "ledger.beancount"
    unit["export"](journal, date(2027, 1, 1), str(file))
    entries, errors, options = load_string(file.read_text(encoding="utf-8"))
    assert errors == []
    assert (options["title"], options["operating_currency"]) == ("Morelan", ["EUR"])
    root = realize(entries)
    opened = {entry.account for entry in entries if isinstance(entry, Open)}
    expected = _amounts(WITHOUT_LAST_DAY | LAST_DAY if is_whole else WITHOUT_LAST_DAY)
    assert opened == {unit["NAMES"][account] for account in expected}
    for account, balance in expected.items():
        found = compute_balance(get(root, unit["NAMES"][account]), leaf_only=True)
        assert found.get_currency_units("EUR").number == balance, account


def test_beancount_complains_of_a_wrong_amount(unit: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "ledger.beancount"
    unit["export"](unit["journal"], date(2027, 1, 1), str(file))
    wrong = file.read_text(encoding="utf-8").replace("Assets:550-Bank  8000.00 EUR", "Assets:550-Bank  8000.01 EUR")
    _, errors, _ = load_string(wrong)
    assert errors


def test_the_last_cell_writes_the_file_that_fava_shows(
    unit: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    (written,) = tmp_path_factory.getbasetemp().glob("07-full-cycle[0-9]*/ledger.beancount")
    entries, errors, _ = load_string(written.read_text(encoding="utf-8"))
    assert errors == []
    assert len([entry for entry in entries if isinstance(entry, Open)]) == len(unit["balances"](unit["journal"]))
