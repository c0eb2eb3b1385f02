"""Accounting, unit 1: the 30 slips by three ways of adding up, and the tables of slips in all languages."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

Names = Callable[[str, str], dict[str, Any]]
UNIT = "01-money-of-a-firm"
FOLDER = Path(__file__).parents[4] / "courses" / "accounting" / "units" / UNIT
START = Decimal("1500.00")


@pytest.fixture
def unit(names: Names) -> dict[str, Any]:
    """What the unit defines."""
    return names("accounting", UNIT)


def rows() -> list[dict[str, str]]:
    """The slips as they stand in the file."""
    with (FOLDER / "data" / "slips.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_thirty_slips_are_each_on_one_pile(unit: dict[str, Any]) -> None:
    piles = [unit["income_pile"], unit["cost_pile"], unit["private_pile"]]
    assert sorted(number for pile in piles for number in pile) == list(range(1, 31))
    assert [int(row["slip"]) for row in rows()] == list(range(1, 31))
    assert [len(pile) for pile in piles] == [10, 13, 7]


def test_september(unit: dict[str, Any]) -> None:
    september, total_of = unit["september"], unit["total_of"]
    assert total_of(september, "income") == Decimal("1784.40")
    assert total_of(september, "cost") == Decimal("1173.80")
    assert total_of(september, "private") == Decimal("351.84")
    assert unit["result_of_month"]([Decimal("1784.40")], [Decimal("1173.80")]) == Decimal("610.60")
    assert unit["still_open"](september, "income") == Decimal("736.00")
    assert unit["still_open"](september, "cost") == Decimal("182.40")
    assert unit["cash_after"](START, september) == Decimal("1271.06")


def test_profit_and_cash_differ_by_what_the_lesson_says(unit: dict[str, Any]) -> None:
    """Cash moves by the profit, less what customers owe, more what the firm owes or the owner paid, less private."""
    september, total_of, still_open = unit["september"], unit["total_of"], unit["still_open"]
    profit = total_of(september, "income") - total_of(september, "cost")
    by_owner = sum(slip["amount"] for slip in september if slip["paid"] == "owner" and slip["kind"] == "cost")
    private = sum(slip["amount"] for slip in september if slip["paid"] == "firm" and slip["kind"] == "private")
    moved = profit - still_open(september, "income") + still_open(september, "cost") + by_owner - private
    assert unit["cash_after"](START, september) == START + moved


@pytest.mark.parametrize("language", ["en", "nl", "fr"])
def test_the_table_of_the_lesson_has_the_amounts_of_the_file(language: str) -> None:
    text = (FOLDER / f"unit.{language}.md").read_text(encoding="utf-8")
    shown = re.findall(r"^\| (\d+) \| (\d\d/\d\d) \| .+ \| (-?\d+\.\d\d) \|$", text, re.MULTILINE)
    assert shown == [(row["slip"], row["date"][:5], row["amount"].replace(",", ".")) for row in rows()]
