"""Unit 06 of Simple accounting: the shop's twelve documents, against own sums and against Beancount 3."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from beancount.core.data import Open
from beancount.core.realization import compute_balance, get, realize
from beancount.loader import load_string

Names = Callable[[str, str], dict[str, Any]]

BALANCES = {
    "100": "-5000.00",
    "240": "800.00",
    "340": "0.00",
    "400": "364.50",
    "411": "529.50",
    "440": "-1717.00",
    "451": "-202.50",
    "550": "4350.50",
    "604": "1450.00",
    "610": "450.00",
    "700": "-1025.00",
}


@pytest.fixture(scope="module")
def unit(names: Names) -> dict[str, Any]:
    """The names of the unit with its reference solutions."""
    return names("accounting", "06-double-entry")


def test_form_of_an_entry(unit: dict[str, Any]) -> None:
    """The form that unit 07 goes on with: date, document, account, debit, credit; the amounts are Decimal."""
    for line in unit["journal"]:
        assert list(line) == ["date", "document", "account", "debit", "credit"]
        assert [type(value) for value in line.values()] == [date, str, str, Decimal, Decimal]


def test_twelve_documents_and_their_balances(unit: dict[str, Any]) -> None:
    """Each entry sums to zero, and so do all balances."""
    journal = unit["journal"]
    by_document: dict[str, Decimal] = {}
    for line in journal:
        before = by_document.get(line["document"], Decimal(0))
        by_document[line["document"]] = before + line["debit"] - line["credit"]
    assert len(by_document) == 12
    assert set(by_document.values()) == {Decimal("0.00")}
    table = pd.DataFrame(journal)
    got = {account: unit["account_balance"](table, account) for account in unit["name_of"]}
    assert got == {account: Decimal(amount) for account, amount in BALANCES.items()}
    assert unit["total"] == 0


def test_balances_as_beancount_says(unit: dict[str, Any]) -> None:
    """Beancount 3 takes the same entries without an error, and finds the same balances."""
    text = [f"2026-01-01 open Assets:A{account} EUR" for account in unit["name_of"]]
    for number in dict.fromkeys(line["document"] for line in unit["journal"]):
        lines = [line for line in unit["journal"] if line["document"] == number]
        text.append(f'{lines[0]["date"]} * "{number}"')
        text += [f"  Assets:A{line['account']}  {line['debit'] - line['credit']} EUR" for line in lines]
    entries, errors, _ = load_string("\n".join(text))
    assert errors == []
    root = realize(entries)
    for entry in entries:
        if isinstance(entry, Open):
            account = entry.account.removeprefix("Assets:A")
            units = compute_balance(get(root, entry.account)).get_currency_units("EUR").number
            assert units == Decimal(BALANCES[account]), account


def test_a_payment_that_does_not_balance_is_refused(unit: dict[str, Any]) -> None:
    """One cent is enough, and the journal stays as it was."""
    entry = unit["purchase_entry"](date(2026, 9, 3), "P-3", "604", Decimal("1200.00"), Decimal("252.00"))
    entry[2]["credit"] += Decimal("0.01")
    journal: list[Any] = []
    with pytest.raises(ValueError, match="does not balance"):
        unit["post"](journal, entry)
    assert journal == []


def test_mirror_undoes_an_entry(unit: dict[str, Any]) -> None:
    """With its mirror, every account is where it was."""
    entry = unit["sale_entry"](date(2026, 9, 7), "S-1", Decimal("300.00"), Decimal("63.00"))
    table = pd.DataFrame(entry + unit["reverse_entry"](entry, date(2026, 9, 30), "M-1"))
    assert all(unit["account_balance"](table, account) == 0 for account in ("400", "700", "451"))
    twice = unit["reverse_entry"](unit["reverse_entry"](entry, date(2026, 9, 30), "M-1"), date(2026, 9, 7), "S-1")
    assert twice == entry
