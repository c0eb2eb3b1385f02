"""Data of the units: law with dates and sources, and the practice firm, the same from the same seed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from doorstart.courses.data import _generator, belgian_csv, read_firm
from doorstart.courses.format import CourseError
from doorstart.courses.law import read_law, values_on

COURSES = Path(__file__).parents[3] / "courses"
LAW = sorted((COURSES / "law").glob("*.toml"))
FIRM = read_firm(COURSES)
GENERATOR = _generator(COURSES / "firm" / "generator.py")

TWO_RATES = """
title = "A rate"
unit = "percent"
[[values]]
name = "standard"
value = 20.5
meaning = {{ en = "old" }}
valid_from = 1994-01-01
valid_to = {end}
review_by = 2027-12-31
source = "an article of a law"
[[values]]
name = "standard"
value = 21
meaning = {{ en = "new" }}
valid_from = 1996-01-01
review_by = {review}
source = "an article of a law"
"""


@pytest.mark.parametrize("file", LAW, ids=lambda file: file.stem)
def test_shipped_law_is_in_force_on_the_day_of_the_story_and_has_its_sources(file: Path) -> None:
    """Whether a person must look at it again is said by the course check: a test would fail from that day on."""
    table = read_law(file)
    assert table.on(FIRM.today) and table.to_review(FIRM.today) == []
    assert all(len(value.source) > 20 for value in table.values)


def test_belgian_vat_rates() -> None:
    rates = {value.name: value.value for value in values_on(COURSES / "law" / "vat.toml", FIRM.today)}
    assert rates == {"standard": 21, "middle": 12, "low": 6, "zero": 0}


def test_value_of_the_day(tmp_path: Path) -> None:
    file = tmp_path / "rate.toml"
    file.write_text(TWO_RATES.format(end="1995-12-31", review="2027-12-31"))
    assert [v.value for v in values_on(file, date(1995, 12, 31))] == [Decimal("20.5")]
    assert [v.value for v in values_on(file, date(1996, 1, 1))] == [21]
    with pytest.raises(CourseError, match=r"no value is in force on 1993-12-31"):
        values_on(file, date(1993, 12, 31))


@pytest.mark.parametrize(
    ("end", "expected"),
    [("1996-01-01", "'standard' has two values on 1996-01-01"), ("1993-01-01", "valid_to 1993-01-01 is before")],
)
def test_periods_that_do_not_fit(tmp_path: Path, end: str, expected: str) -> None:
    file = tmp_path / "rate.toml"
    file.write_text(TWO_RATES.format(end=end, review="2027-12-31"))
    with pytest.raises(CourseError, match=expected):
        read_law(file)


def test_only_values_in_force_need_a_review(tmp_path: Path) -> None:
    file = tmp_path / "rate.toml"
    file.write_text(TWO_RATES.format(end="1995-12-31", review="2026-06-30"))
    assert [v.value for v in read_law(file).to_review(date(2026, 6, 30))] == []
    assert [v.value for v in read_law(file).to_review(date(2028, 1, 1))] == [21]


@pytest.mark.parametrize("table", GENERATOR.TABLES)
def test_firm_is_the_same_from_the_same_seed(table: str) -> None:
    make = GENERATOR.TABLES[table]
    rows = make(FIRM.seed, FIRM.today)
    assert rows == make(FIRM.seed, FIRM.today)
    assert len(rows) > 1
    assert all(len(row) == len(rows[0]) for row in rows)
    assert table == "suppliers" or rows != make(FIRM.seed + 1, FIRM.today)


@pytest.mark.parametrize(
    ("first12", "check_digit"), [("541234567890", "8"), ("400638133393", "1"), ("590123412345", "7"), ("0" * 12, "0")]
)
def test_ean13(first12: str, check_digit: str) -> None:
    assert GENERATOR.ean13(first12) == first12 + check_digit


def test_articles_have_numbers_for_use_inside_one_shop() -> None:
    products = GENERATOR.products(FIRM.seed)
    assert len({product.ean for product in products}) == len(products)
    for product in products:
        assert len(product.ean) == 13 and "20" <= product.ean[:2] <= "29"
        assert GENERATOR.ean13(product.ean[:12]) == product.ean
        assert Decimal("1.3") < product.sales_price / product.purchase_price < 2
    rates = {value.name for value in values_on(COURSES / "law" / "vat.toml", FIRM.today)}
    assert {product.vat for product in products} <= rates


def test_orders_are_of_the_last_days_and_of_known_customers() -> None:
    orders = GENERATOR.orders(FIRM.seed, FIRM.today)
    customers = {number for number, _ in GENERATOR.customers(FIRM.seed)}
    assert all(0 < (FIRM.today - order.date).days <= 60 and order.customer in customers for order in orders)
    assert [order.date for order in orders] == sorted(order.date for order in orders)


@pytest.mark.parametrize("seed", [FIRM.seed, 1, 2, 3])
def test_purchase_has_its_planted_differences(seed: int) -> None:
    lines = GENERATOR.purchase(seed)
    assert len(lines) == 9
    short = [line for line in lines if 0 < line.delivered < line.ordered]
    absent = [line for line in lines if line.ordered and not line.delivered]
    more = [line for line in lines if line.ordered and line.delivered > line.ordered]
    dearer = [line for line in lines if line.price_invoiced > line.price_agreed]
    unordered = [line for line in lines if not line.ordered]
    assert [len(kind) for kind in (short, absent, more, dearer, unordered)] == [1, 1, 1, 1, 1]
    assert short[0].invoiced == short[0].ordered
    assert absent[0].invoiced == 0


def test_files_look_belgian() -> None:
    rows = [("day", "what", "amount"), (date(2026, 9, 3), 'a "b"; c', Decimal("-1234.50"))]
    assert belgian_csv(rows) == b'day;what;amount\n03/09/2026;"a ""b""; c";-1234,50\n'


def test_firm_without_a_name(tmp_path: Path) -> None:
    (tmp_path / "firm").mkdir()
    (tmp_path / "firm" / "firm.toml").write_text("seed = 1\ntoday = 2026-09-14\n")
    with pytest.raises(CourseError, match=r"firm.toml, field name: Field required"):
        read_firm(tmp_path)


def test_reference_message_to_the_supplier_fits_the_firms_data() -> None:
    """Another seed, or another rule of the purchase, must not leave the reference answer behind."""
    lines = GENERATOR.purchase(FIRM.seed)
    unit = COURSES / "stock-management" / "units" / "01-goods-flow" / "unit.en.md"
    message = unit.read_text().split("Write your message here.")[1].split("### END SOLUTION")[0]
    short = next(line for line in lines if 0 < line.delivered < line.ordered)
    missing = short.ordered - short.delivered
    unordered = next(line for line in lines if not line.ordered)
    absent = next(line for line in lines if line.ordered and not line.delivered)
    assert f"{missing} {short.article.split()[0].lower()}" in message
    assert f"claim {missing * short.price_invoiced} euros" in message
    assert f"{unordered.delivered} {unordered.article.lower()}" in message
    assert absent.article.split()[0].lower() in message
