"""The ledger of unit 02, replayed a second way: the firm's movements one by one, with a plain counter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from doorstart.courses.data import _generator, read_firm

Names = Callable[[str, str], dict[str, Any]]
COURSES = Path(__file__).parents[4] / "courses"
FIRM = read_firm(COURSES)
GENERATOR = _generator(COURSES / "firm" / "generator.py")


@pytest.fixture(scope="module")
def unit(names: Names) -> dict[str, Any]:
    return names("stock-management", "02-stock-ledger")


@pytest.fixture(scope="module")
def replayed() -> tuple[list[int], Counter[str]]:
    """The balance after each movement of the firm, and what each article has in the end."""
    article = {product.ean: product.article for product in GENERATOR.products(FIRM.seed)}
    stock: Counter[str] = Counter()
    balances = []
    for movement in GENERATOR.stock_movements(FIRM.seed, FIRM.today):
        stock[article[movement.ean]] += movement.pieces
        balances.append(stock[article[movement.ean]])
    return balances, stock


def test_the_balances_are_those_of_a_plain_replay(
    unit: dict[str, Any], replayed: tuple[list[int], Counter[str]]
) -> None:
    balances, stock = replayed
    movements = unit["movements"]
    assert unit["with_balance"](movements)["balance"].tolist() == balances
    pairs = list(zip(movements["article"], movements["pieces"], strict=True))
    assert unit["replay"](pairs) == stock
    assert unit["book"]({}, pairs) == stock
    assert unit["on_hand"].to_dict() == stock


def test_the_firms_ledger_is_never_below_zero_and_a_lost_line_shows(unit: dict[str, Any]) -> None:
    movements = unit["movements"]
    assert unit["impossible"](movements).empty
    lost = movements[movements["kind"] != "opening"]
    found = unit["impossible"](lost)
    assert not found.empty
    assert set(found.index) == {row for row, pieces in unit["with_balance"](lost)["balance"].items() if pieces < 0}


def test_a_refused_movement_changes_nothing(unit: dict[str, Any]) -> None:
    stock = {"lamp": 2}
    with pytest.raises(ValueError, match="too few"):
        unit["book"](stock, [("lamp", -2), ("clock", 1), ("lamp", -1)])
    assert stock == {"lamp": 0, "clock": 1}


def test_available_and_what_must_be_bought_at_the_shelf_of_the_lesson(unit: dict[str, Any]) -> None:
    shelf = unit["shelf"]
    later: pd.Series[int] = shelf["available"] + shelf["on_order"]
    assert unit["to_buy"](shelf) == shelf.loc[later < 0, "article"].tolist()
    assert (shelf["available"] == shelf["on_hand"] - shelf["reserved"]).all()
    assert (shelf["available"] < 0).any(), "the lesson shows an article for which customers wait"
