"""Accounting, unit 12: published social contributions, a loan that ends at zero, break-even, and a cash plan."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorstart.courses.data import read_firm
from doorstart.courses.law import values_on

Names = Callable[[str, str], dict[str, Any]]
COURSES = Path(__file__).parents[4] / "courses"
UNIT = "12-own-plan"
LAW = COURSES / "law" / "social-contributions.toml"
FIRM = read_firm(COURSES)
ZERO = Decimal("0.00")
CENT = Decimal("0.01")
MONEY = st.decimals(min_value=-5000, max_value=5000, places=2)
MONTHS = st.lists(st.tuples(MONEY, MONEY), max_size=8)


@pytest.fixture(scope="module")
def unit(names: Names) -> dict[str, Any]:
    """What the unit defines."""
    return names("accounting", UNIT)


def law_of(year: int) -> dict[str, Decimal]:
    """The values of the law in a year."""
    return {value.name: value.value for value in values_on(LAW, date(year, 6, 30))}


def test_the_law_that_learners_read_is_that_of_the_day_of_the_story(unit: dict[str, Any]) -> None:
    assert unit["law"] == {value.name: value.value for value in values_on(LAW, FIRM.today)}
    for language in ("en", "nl", "fr"):
        text = (COURSES / "accounting" / "units" / UNIT / f"unit.{language}.md").read_text(encoding="utf-8")
        prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
        assert not re.search(r"20[.,]50?\b|14[.,]16|3[.,]95|73.?447|75.?024|17.?374", prose), language


def test_kurt(unit: dict[str, Any]) -> None:
    """15 000 in a side job: the example of a social insurance fund."""
    assert unit["quarter_contribution"](Decimal(15000), ZERO, law_of(2025)) == Decimal("799.12")


@pytest.mark.parametrize(
    ("year", "maximum", "with_fee"), [(2025, "4995.78", "5193.11"), (2026, "5103.05", "5304.62")], ids=["2025", "2026"]
)
def test_the_maximum_as_it_was_published(unit: dict[str, Any], year: int, maximum: str, with_fee: str) -> None:
    """2025: 5193.11 a quarter and 20 772.44 a year, from a fund; 2026: 5103.05 without the fee."""
    law = law_of(year)
    for income in (law["upper-limit"], Decimal(150000)):
        assert unit["quarter_contribution"](income, law["minimum-income"], law) == Decimal(with_fee)
        assert unit["quarter_contribution"](income, ZERO, law | {"fund-fee": ZERO}) == Decimal(maximum)


def test_the_rounding_decides_about_the_last_cent(unit: dict[str, Any]) -> None:
    """Each part rounded: 5193.11, as published. All at once: 5193.12."""
    law = law_of(2025)
    year = (law["limit"] * law["rate"] + (law["upper-limit"] - law["limit"]) * law["upper-rate"]) / 100
    at_once = (year / 4 * (1 + law["fund-fee"] / 100)).quantize(CENT, ROUND_HALF_UP)
    assert at_once == Decimal("5193.12")
    found = unit["quarter_contribution"](law["upper-limit"], ZERO, law)
    assert (found, found * 4) == (Decimal("5193.11"), Decimal("20772.44"))
    quarter = (Decimal("120.49") / 4).quantize(CENT, ROUND_HALF_UP)
    assert quarter + (quarter * 4 / 100).quantize(CENT, ROUND_HALF_UP) == Decimal("31.32")
    assert Decimal("120.49") / 4 * Decimal("1.04") == Decimal("31.3274")


@pytest.mark.parametrize(
    ("minimum", "without_fee", "with_fee"),
    [("16861.46", "864.15", "898.28"), ("17008.88", "871.71", "906.14"), ("17374.08", "890.42", "925.59")],
    ids=["2024", "2025", "2026"],
)
def test_the_minimum_as_it_was_published(unit: dict[str, Any], minimum: str, without_fee: str, with_fee: str) -> None:
    for income in (ZERO, Decimal(9000), Decimal(minimum)):
        assert unit["quarter_contribution"](income, Decimal(minimum), law_of(2026)) == Decimal(with_fee)
        law = law_of(2026) | {"fund-fee": ZERO}
        assert unit["quarter_contribution"](income, Decimal(minimum), law) == Decimal(without_fee)


def test_all_limits_follow_one_index() -> None:
    """Limits of 2026 over those of 2025: one index for all, which tells typing mistakes."""
    old, new = law_of(2025), law_of(2026)
    indices = {(new[name] / old[name]).quantize(Decimal("0.00001")) for name in ("limit", "upper-limit")}
    indices.add((new["minimum-income"] / old["minimum-income"]).quantize(Decimal("0.00001")))
    assert max(indices) - min(indices) <= Decimal("0.00001")


def test_the_loan(unit: dict[str, Any]) -> None:
    """Paid back month by month, with interest on what is left: after 36 months nothing is left but some cents."""
    instalment = unit["instalment"](Decimal(10000), Decimal(5), 36)
    assert instalment == Decimal("299.71")
    left = Decimal(10000)
    for _ in range(36):
        left += (left * 5 / 100 / 12).quantize(CENT, ROUND_HALF_UP) - instalment
    assert abs(left) < Decimal("0.36")
    assert unit["instalment"](Decimal(1000), Decimal(0), 3) == Decimal("333.33")


@given(
    loan=st.decimals(min_value=1, max_value=100_000, places=2),
    rate=st.decimals(min_value="0.1", max_value=15, places=1),
    months=st.integers(1, 120),
)
def test_a_loan_is_worth_its_instalments(unit: dict[str, Any], loan: Decimal, rate: Decimal, months: int) -> None:
    instalment = unit["instalment"](loan, rate, months)
    growth = 1 + rate / 100 / 12
    worth = sum(instalment / growth**month for month in range(1, months + 1))
    assert abs(worth - loan) <= CENT * months / 2 + Decimal("0.000001")


@given(
    fixed=st.decimals(min_value=0, max_value=10_000, places=2),
    variable=st.decimals(min_value=0, max_value=100, places=2),
    margin=st.decimals(min_value="0.01", max_value=100, places=2),
)
def test_break_even_is_the_first_number_without_a_loss(
    unit: dict[str, Any], fixed: Decimal, variable: Decimal, margin: Decimal
) -> None:
    pieces = unit["break_even"](fixed, variable + margin, variable)
    assert pieces * margin >= fixed
    assert pieces == 0 or (pieces - 1) * margin < fixed


@given(start=MONEY, months=MONTHS, reserve=MONEY)
def test_the_loan_that_is_needed(
    unit: dict[str, Any], start: Decimal, months: list[tuple[Decimal, Decimal]], reserve: Decimal
) -> None:
    money_in, money_out = [one for one, _ in months], [one for _, one in months]
    loan = unit["loan_needed"](start, money_in, money_out, reserve)
    assert loan >= 0
    above = [one - reserve for one in _ends(start + loan, months)]
    assert all(one >= 0 for one in above)
    assert loan == 0 or min(above) == 0


@given(start=MONEY, months=MONTHS)
def test_the_first_month_below_zero(
    unit: dict[str, Any], start: Decimal, months: list[tuple[Decimal, Decimal]]
) -> None:
    found = unit["first_negative"](start, [one for one, _ in months], [one for _, one in months])
    below = [number for number, cash in enumerate(_ends(start, months), start=1) if cash < 0]
    assert found == (below[0] if below else 0)


def _ends(start: Decimal, months: list[tuple[Decimal, Decimal]]) -> list[Decimal]:
    """The money at the end of each month."""
    return [start + sum(one - other for one, other in months[: place + 1]) for place in range(len(months))]


def test_the_plan_of_rondo(unit: dict[str, Any]) -> None:
    assert unit["break_even"](Decimal(610), Decimal(42), Decimal(12)) == 21
    assert unit["first_negative"](Decimal(4000), unit["money_in"], unit["money_out"]) == 3
    assert unit["needed"] == Decimal("930.00")
    assert len(unit["money_in"]) == len(unit["money_out"]) == 6
