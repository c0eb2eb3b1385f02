"""The matching of papers in unit 01 against the faults that the practice firm plants in its purchase."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from stdnum import ean

from doorstart.courses.data import _generator, read_firm

Names = Callable[[str, str], dict[str, Any]]
COURSES = Path(__file__).parents[4] / "courses"
FIRM = read_firm(COURSES)
LINES = _generator(COURSES / "firm" / "generator.py").purchase(FIRM.seed)


@pytest.fixture(scope="module")
def unit(names: Names) -> dict[str, Any]:
    return names("stock-management", "01-goods-flow")


def test_every_difference_between_order_and_delivery_is_listed(unit: dict[str, Any]) -> None:
    found = unit["compare"](unit["order"], unit["delivery"])
    ordered = [line for line in LINES if line.ordered]
    assert found["ean"].tolist() == [line.ean for line in ordered]
    assert found["difference"].tolist() == [line.delivered - line.ordered for line in ordered]
    short = [line.article for line in ordered if line.delivered < line.ordered]
    assert unit["short_articles"](found) == short
    assert len(short) == 2, "one comes short, one does not come"


def test_what_nobody_ordered_is_found(unit: dict[str, Any]) -> None:
    expected = [line.article for line in LINES if line.delivered and not line.ordered]
    assert unit["not_ordered"](unit["order"], unit["delivery"]) == expected
    assert len(expected) == 1


def test_the_claims_are_exact_to_the_cent(unit: dict[str, Any]) -> None:
    for_prices = sum(
        (one.invoiced * (one.price_invoiced - one.price_agreed) for one in LINES if one.ordered), Decimal(0)
    )
    missing = sum((max(one.invoiced - one.delivered, 0) * one.price_invoiced for one in LINES), Decimal(0))
    assert unit["price_claim"](unit["order"], unit["invoice"]) == for_prices > 0
    assert unit["claim"](unit["delivery"], unit["invoice"]) == missing > 0


def test_the_reference_message_names_every_claim_in_each_language(unit: dict[str, Any]) -> None:
    folder = COURSES / "stock-management" / "units" / "01-goods-flow"
    for_prices = unit["price_claim"](unit["order"], unit["invoice"])
    missing = unit["claim"](unit["delivery"], unit["invoice"])
    assert f"claim {missing} euros" in (folder / "unit.en.md").read_text()
    assert f"claim {for_prices} euros" in (folder / "unit.en.md").read_text()
    for language in ("nl", "fr"):
        text = (folder / f"unit.{language}.md").read_text()
        for amount in (missing, for_prices):
            assert f"{amount} euro".replace(".", ",") in text


def test_the_numbers_on_the_papers_are_eans(unit: dict[str, Any]) -> None:
    for paper in ("order", "delivery", "invoice"):
        assert all(ean.is_valid(number) for number in unit[paper]["ean"])
