"""The practice firm: whatever the seed and the day, its tables agree with each other and have the planted faults."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstart.courses.data import _generator, belgian_csv, data_files, json_objects, read_firm
from doorstart.courses.law import values_on

COURSES = Path(__file__).parents[3] / "courses"
FIRM = read_firm(COURSES)
GENERATOR = _generator(COURSES / "firm" / "generator.py")
WORDS = import_module(f"{GENERATOR.__name__}.communication")
TRENDS = import_module(f"{GENERATOR.__name__}.sales").trends
ONE_DAY = timedelta(days=1)

SHIPPED = {
    "products": "77722676511802e5",
    "customers": "5f261a15f300fdb5",
    "suppliers": "695d9ad4761780db",
    "orders": "9ae5530e0d0dc37f",
    "purchase-order": "e520fda4f60b901d",
    "delivery-note": "cef1b95ff4b4be5d",
    "purchase-invoice": "b50a6e1820fe301b",
    "orders-export": "16530c11195ac51a",
    "sales-year": "0e43ed73c92c66f7",
    "invoices": "7cdc34f8558c3931",
    "invoice-lines": "2cca9423a06e2229",
    "parcels": "a86345f3fcf6fefa",
    "returns": "9d08fbb8b88cf08e",
    "credit-notes": "55718d62756e5e4c",
    "picks": "340e17177d12c579",
    "stock-movements": "3d0e9d62fa78a11c",
    "purchases": "9d6342200f9ce9ec",
    "purchase-lines": "6ceaa6716bea2cf0",
    "bank-statement": "be20acf3167373fb",
    "bank-balance": "76d0f5d28c8a1549",
}
"""The first digits of the SHA-256 digest of each table as a CSV file, for the shipped seed and day."""

# The shipped firm; a year's end among the invoices; a leap day and the summer; a small seed.
FIRMS = [(FIRM.seed, FIRM.today), (1, date(2027, 1, 20)), (2, date(2028, 3, 1)), (3, date(2026, 8, 1))]
firms = pytest.mark.parametrize(("seed", "today"), FIRMS)
any_firm = given(seed=st.integers(0, 10**9), today=st.dates(date(2000, 1, 1), date(2040, 12, 31)))
some = settings(max_examples=15, deadline=None)


def table(name: str, seed: int, today: date) -> list[Any]:
    """The rows of a table, with the columns as attributes."""
    columns, *rows = GENERATOR.TABLES[name](seed, today)
    return [SimpleNamespace(**dict(zip(columns, row, strict=True))) for row in rows]


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def vat_of(lines: list[Any], day: date) -> Decimal:
    """VAT, rounded once for each rate, from the law's table and the catalogue; lines of (VAT name, net)."""
    percent = {value.name: value.value for value in values_on(COURSES / "law" / "vat.toml", day)}
    per_rate: dict[str, Decimal] = defaultdict(Decimal)
    for name, net in lines:
        per_rate[name] += net
    return sum((cents(net * percent[name] / 100) for name, net in per_rate.items()), Decimal(0))


# All tables


@firms
@pytest.mark.parametrize("name", GENERATOR.TABLES)
def test_the_same_for_ever_and_plain(name: str, seed: int, today: date) -> None:
    columns, *rows = GENERATOR.TABLES[name](seed, today)
    assert [columns, *rows] == GENERATOR.TABLES[name](seed, today)
    assert rows and all(len(row) == len(columns) for row in rows)
    assert {type(value) for row in rows for value in row} <= {int, str, Decimal, date, type(None)}
    assert all(cents(value) == value for row in rows for value in row if isinstance(value, Decimal))
    belgian_csv([columns, *rows])
    assert len(json.loads(json_objects([columns, *rows]))) == len(rows)


@pytest.mark.parametrize("name", GENERATOR.TABLES)
def test_shipped_tables_have_not_changed(name: str) -> None:
    """Units rely on them: who changes one on purpose looks at the units that use it, then puts its new digest here."""
    content = belgian_csv(GENERATOR.TABLES[name](FIRM.seed, FIRM.today))
    assert hashlib.sha256(content).hexdigest()[:16] == SHIPPED[name]


# orders-export


@firms
def test_export_has_its_planted_faults(seed: int, today: date) -> None:
    columns, *rows = GENERATOR.TABLES["orders-export"](seed, today)
    assert ";".join(columns) == "order;date;customer;ean;article;pieces;price;paid"
    assert 60 <= len(rows) <= 70 and all(isinstance(value, str) for row in rows for value in row)
    lines = Counter(rows)
    assert sorted(lines.values(), reverse=True)[:4] == [2, 2, 2, 1]
    without = [row for row in lines if "" in row]
    assert sum(row[5] == "" for row in without) == sum(row[6] == "" for row in without) == 2 and len(without) == 4
    spaced = [row for row in lines if any(value != value.strip() for value in row)]
    not_available = [row for row in lines if row[6] == "n/a"]
    assert (len(spaced), len(not_available)) == (3, 1)
    faulty = [*without, *spaced, *not_available, *(row for row, times in lines.items() if times == 2)]
    assert len(set(faulty)) == len(faulty) == 11


@firms
def test_export_says_what_the_orders_say(seed: int, today: date) -> None:
    orders = {(str(line.order), line.ean): line for line in table("orders", seed, today)}
    paid_on = {str(invoice.order): invoice.paid_on for invoice in table("invoices", seed, today)}
    exported = table("orders-export", seed, today)
    for row in exported:
        line = orders[row.order, row.ean]
        assert row.date == line.date.strftime("%d/%m/%Y") and row.customer == str(line.customer)
        assert row.pieces.strip() in ("", str(line.pieces))
        assert row.price.strip() in ("", "n/a", str(line.price).replace(".", ","))
        assert row.paid == ("yes" if paid_on[row.order] else "no")
    assert {row.paid for row in exported} == {"yes", "no"}
    whole = {row.order for row in exported}
    assert {(row.order, row.ean) for row in exported} == {key for key in orders if key[0] in whole}


# sales-year


@firms
def test_year_has_all_order_lines_and_about_1500(seed: int, today: date) -> None:
    sales = table("sales-year", seed, today)
    assert 1400 <= len(sales) <= 1600
    assert all(today - 365 * ONE_DAY <= sale.date < today for sale in sales)
    assert [sale.date for sale in sales] == sorted(sale.date for sale in sales)

    def key(row: Any) -> tuple[object, ...]:
        return (row.date, row.ean, row.pieces, row.price)

    assert not Counter(map(key, table("orders", seed, today))) - Counter(map(key, sales))


@firms
def test_seasons_show(seed: int, today: date) -> None:
    sales = table("sales-year", seed, today)

    def a_day(categories: set[str], first: tuple[int, int], last: tuple[int, int]) -> float:
        days = [today - n * ONE_DAY for n in range(1, 366)]
        days = [day for day in days if first <= (day.month, day.day) <= last]
        return sum(s.category in categories and s.date in days for s in sales) / len(days)

    year = ((1, 1), (12, 31))
    school, gifts, home = {"paper", "writing"}, {"books", "food", "home"}, {"home", "office"}
    assert a_day(school, (8, 18), (9, 10)) > 1.5 * a_day(school, *year)
    assert a_day(gifts, (11, 15), (12, 24)) > 1.5 * a_day(gifts, *year)
    quiet = a_day(home, (2, 1), (6, 30))
    assert (a_day(home, (1, 3), (1, 31)) + a_day(home, (7, 1), (7, 31))) / 2 > 1.2 * quiet
    sundays = sum(sale.date.weekday() == 6 for sale in sales) / 52
    assert sundays < 0.6 * len(sales) / 365


@firms
def test_some_articles_grow_and_some_fade(seed: int, today: date) -> None:
    half = today - timedelta(days=182)
    early, late = Counter[str](), Counter[str]()
    for sale in table("sales-year", seed, today):
        (late if sale.date >= half else early)[sale.article] += 1
    grows = [article for article, (first, last) in TRENDS(seed).items() if last > first]
    fades = [article for article in TRENDS(seed) if article not in grows]
    assert len(grows) == len(fades) == 3
    assert sum(late[article] for article in grows) > 1.2 * sum(early[article] for article in grows)
    assert sum(early[article] for article in fades) > 1.2 * sum(late[article] for article in fades)


@firms
def test_prices_are_lower_in_the_sales_only(seed: int, today: date) -> None:
    usual = {product.ean: product.sales_price for product in table("products", seed, today)}
    reduced = [sale for sale in table("sales-year", seed, today) if sale.price != usual[sale.ean]]
    assert reduced and all(sale.date.month in (1, 7) and sale.category in ("home", "office") for sale in reduced)
    assert all(sale.price == cents(usual[sale.ean] * Decimal("0.8")) for sale in reduced)


# parcels, returns, credit notes


@some
@any_firm
def test_returns_are_of_orders_and_in_time(seed: int, today: date) -> None:
    ordered = {(line.order, line.ean): line.pieces for line in table("orders", seed, today)}
    delivered = {parcel.order: parcel.delivered for parcel in table("parcels", seed, today)}
    sent = {parcel.order: parcel.sent for parcel in table("parcels", seed, today)}
    assert delivered.keys() == {order for order, _ in ordered}
    for order, day in delivered.items():
        assert day is None or (day.weekday() < 6 and ONE_DAY <= day - sent[order] <= 4 * ONE_DAY)
    returns = table("returns", seed, today)
    for back in returns:
        assert 1 <= back.pieces <= ordered[back.order, back.ean]
        assert ONE_DAY <= back.date - delivered[back.order] <= 14 * ONE_DAY and back.date < today
    assert len({(back.order, back.ean) for back in returns}) == len(returns)


@some
@any_firm
def test_credit_notes_are_for_returns(seed: int, today: date) -> None:
    vat = {product.ean: product.vat for product in table("products", seed, today)}
    price = {(line.order, line.ean): line.price for line in table("orders", seed, today)}
    invoices = {invoice.order: invoice for invoice in table("invoices", seed, today)}
    returns, notes = table("returns", seed, today), table("credit-notes", seed, today)
    assert [getattr(note, "return") for note in notes] == [getattr(back, "return") for back in returns]
    for note, back in zip(notes, returns, strict=True):
        invoice = invoices[back.order]
        assert (note.invoice, note.date) == (invoice.invoice, back.date)
        assert note.net == back.pieces * price[back.order, back.ean]
        assert note.vat == vat_of([(vat[back.ean], note.net)], invoice.date)
        assert note.total == note.net + note.vat <= invoice.total
        assert note.refunded_on is None or note.refunded_on > max(note.date, invoice.paid_on)


# stock


@some
@any_firm
def test_stock_is_never_below_zero(seed: int, today: date) -> None:
    stock: dict[str, int] = {}
    for move in table("stock-movements", seed, today):
        assert (move.kind == "opening") == (move.ean not in stock)
        stock[move.ean] = stock.get(move.ean, 0) + move.pieces
        assert stock[move.ean] >= 0
        assert move.pieces and (move.kind == "count" or (move.pieces < 0) == (move.kind == "sale"))
    assert stock.keys() == {product.ean for product in table("products", seed, today)}


@firms
def test_stock_moves_for_what_other_tables_say(seed: int, today: date) -> None:
    moves = table("stock-movements", seed, today)
    assert [move.date for move in moves] == sorted(move.date for move in moves)

    def of(kind: str) -> Counter[tuple[object, ...]]:
        return Counter((m.date, m.ean, abs(m.pieces), m.document) for m in moves if m.kind == kind)

    assert of("sale") == Counter((o.date, o.ean, o.pieces, o.order) for o in table("orders", seed, today))
    back = Counter((b.date, b.ean, b.pieces, getattr(b, "return")) for b in table("returns", seed, today))
    assert of("return") == back
    bills = {bill.purchase: bill for bill in table("purchases", seed, today)}
    lines = [(bills[line.purchase], line) for line in table("purchase-lines", seed, today)]
    assert of("delivery") == Counter((bill.date, line.ean, line.pieces, bill.delivery) for bill, line in lines)
    counts = [move for move in moves if move.kind == "count"]
    assert len(counts) == len({move.ean for move in counts}) == 6


# picks


@some
@any_firm
def test_each_order_line_is_picked_once(seed: int, today: date) -> None:
    """On its day, or on the Monday after a weekend; not yet in the table if that day has not passed."""
    picks = table("picks", seed, today)
    expected = Counter[tuple[object, ...]]()
    for line in table("orders", seed, today):
        day = line.date + (7 - line.date.weekday()) * ONE_DAY if line.date.weekday() > 4 else line.date
        if day < today:
            expected[day, line.order, line.ean, line.pieces] += 1
    assert Counter((pick.date, pick.order, pick.ean, pick.pieces) for pick in picks) == expected
    assert all(pick.date.weekday() < 5 and 7 <= pick.hour <= 17 for pick in picks)
    assert [(pick.date, pick.hour) for pick in picks] == sorted((pick.date, pick.hour) for pick in picks)


@some
@any_firm
def test_each_article_has_its_location(seed: int, today: date) -> None:
    article = {product.ean: product.article for product in table("products", seed, today)}
    category = {sale.ean: sale.category for sale in table("sales-year", seed, today)}
    picks = table("picks", seed, today)
    place = {pick.ean: pick.location for pick in picks}
    assert all(place[pick.ean] == pick.location for pick in picks)
    assert len(set(place.values())) == len(place)
    zone = {(category[ean], location.split("-")[0]) for ean, location in place.items()}
    assert len(zone) == len({letter for _, letter in zone}) == len({name for name, _ in zone})
    assert place.keys() <= article.keys()
    assert all(len(location) == 4 and location[0] in "ABCDEF" for location in place.values())


@firms
def test_warehouse_is_busiest_on_monday_and_in_two_peaks(seed: int, today: date) -> None:
    picks = table("picks", seed, today)
    a_day, an_hour = Counter(pick.date.weekday() for pick in picks), Counter(pick.hour for pick in picks)
    assert a_day.most_common(1)[0][0] == 0
    assert min(an_hour[9] + an_hour[10], an_hour[14] + an_hour[15]) > 1.5 * (an_hour[12] + an_hour[13])


def test_warehouse_is_as_busy_as_said_over_many_seeds() -> None:
    """One firm has some 170 picks, too few to see every hour of every day."""
    a_day, an_hour = Counter[int](), Counter[int]()
    for seed in range(40):
        for pick in table("picks", seed, FIRM.today):
            a_day[pick.date.weekday()] += 1
            an_hour[pick.hour] += 1
    assert a_day[0] > 1.8 * max(a_day[day] for day in range(1, 5))
    assert [hour for hour, _ in an_hour.most_common(2)] == [9, 10]
    assert min(an_hour[14], an_hour[15]) > max(an_hour[13], an_hour[16])
    assert an_hour[12] == min(an_hour[hour] for hour in range(8, 17))


# invoices


@some
@any_firm
def test_invoices_are_their_order_lines_and_vat(seed: int, today: date) -> None:
    vat = {product.ean: product.vat for product in table("products", seed, today)}
    lines = defaultdict(list)
    for line in table("orders", seed, today):
        lines[line.order].append(line)
    invoices = table("invoices", seed, today)
    assert [invoice.order for invoice in invoices] == list(lines)
    for invoice in invoices:
        nets = [(vat[line.ean], line.pieces * line.price) for line in lines[invoice.order]]
        assert invoice.net == sum(net for _, net in nets)
        assert invoice.vat == vat_of(nets, invoice.date)
        assert invoice.total == invoice.net + invoice.vat
        assert (invoice.date, invoice.customer) == (lines[invoice.order][0].date, lines[invoice.order][0].customer)
        assert invoice.due == invoice.date + 14 * ONE_DAY
        assert invoice.invoice // 10**6 == invoice.date.year
    for before, after in pairwise(invoices):
        same_year = before.date.year == after.date.year
        assert after.invoice == (before.invoice + 1 if same_year else after.date.year * 10**6 + 1)


@firms
@pytest.mark.parametrize(
    ("name", "lines", "key"), [("invoices", "invoice-lines", "invoice"), ("purchases", "purchase-lines", "purchase")]
)
def test_lines_add_up_to_the_net_amount(seed: int, today: date, name: str, lines: str, key: str) -> None:
    net: dict[int, Decimal] = defaultdict(Decimal)
    for line in table(lines, seed, today):
        assert line.net == line.pieces * line.price and line.rate in (6, 21)
        net[getattr(line, key)] += line.net
    assert net == {getattr(paper, key): paper.net for paper in table(name, seed, today)}


@firms
def test_some_invoices_are_late_and_some_unpaid(seed: int, today: date) -> None:
    invoices = table("invoices", seed, today)
    assert sum(invoice.paid_on is not None and invoice.paid_on > invoice.due for invoice in invoices) == 6
    overdue = [invoice for invoice in invoices if invoice.paid_on is None and invoice.due < today]
    partly = {line.communication for line in table("bank-statement", seed, today)}
    assert sum(WORDS.structured(invoice.invoice) not in partly for invoice in overdue) == 4
    assert any(invoice.paid_on is None and invoice.due >= today for invoice in invoices)


# purchases


@some
@any_firm
def test_purchases_are_their_lines_and_vat(seed: int, today: date) -> None:
    goods = {product.ean: product for product in table("products", seed, today)}
    number = {supplier.name: supplier.supplier for supplier in table("suppliers", seed, today)}
    lines = defaultdict(list)
    for line in table("purchase-lines", seed, today):
        lines[line.purchase].append(line)
    purchases = table("purchases", seed, today)
    assert [bill.purchase for bill in purchases] == list(lines)
    assert [bill.purchase for bill in purchases] == list(range(4001, 4001 + len(purchases)))
    for bill in purchases:
        mine = lines[bill.purchase]
        assert all(line.price == goods[line.ean].purchase_price for line in mine)
        assert {number[goods[line.ean].supplier] for line in mine} == {bill.supplier}
        assert bill.vat == vat_of([(goods[line.ean].vat, line.net) for line in mine], bill.date)
        assert bill.total == bill.net + bill.vat
        assert WORDS.is_structured(bill.communication)
        assert bill.due == bill.date + 30 * ONE_DAY and (bill.paid_on is None or bill.paid_on <= bill.due)
        assert bill.paid_on or bill.due >= today


# bank


def is_account(number: str) -> bool:
    """ISO 13616: the first four to the end, letters as 10 to 35, remainder 1 after division by 97; Belgium's check."""
    digits = "".join(str(int(character, 36)) for character in number[4:] + number[:4])
    return len(number) == 16 and int(digits) % 97 == 1 and int(number[4:14]) % 97 in (int(number[14:]), 0)


def test_check_digits_of_the_bank() -> None:
    assert [WORDS.structured(n) for n in (2026000123, 97, 108068171)] == [
        "+++202/6000/12320+++",
        "+++000/0000/09797+++",
        "+++010/8068/17183+++",
    ]
    assert WORDS.account(75470) == "BE68539007547034"
    assert is_account("BE68539007547034") and is_account("BE71096123456769") and is_account("BE43068999999501")
    assert not is_account("BE68539007547035")


@some
@any_firm
def test_account_numbers_belong_to_nobody(seed: int, today: date) -> None:
    lines = table("bank-statement", seed, today)
    assert all(is_account(line.account) and line.account[4:7] == "539" for line in lines)
    names = defaultdict(set)
    for line in lines:
        names[line.account].add(line.name)
    assert all(len(owners) == 1 for owners in names.values())


@some
@any_firm
def test_every_line_of_the_bank_has_its_paper(seed: int, today: date) -> None:
    """And the other way round: every paid invoice, refund and purchase stands on the statement."""
    lines = table("bank-statement", seed, today)
    name = {customer.customer: customer.name for customer in table("customers", seed, today)}
    supplier = {supplier.supplier: supplier.name for supplier in table("suppliers", seed, today)}
    invoices = table("invoices", seed, today)
    by_number = {invoice.invoice: invoice for invoice in invoices}
    out = Counter((line.date, line.amount, line.name, line.communication) for line in lines if line.amount < 0)
    expected: Counter[tuple[object, ...]] = Counter()
    for bill in table("purchases", seed, today):
        if bill.paid_on:
            expected[bill.paid_on, -bill.total, supplier[bill.supplier], bill.communication] += 1
    for note in table("credit-notes", seed, today):
        if note.refunded_on:
            customer = name[by_number[note.invoice].customer]
            expected[note.refunded_on, -note.total, customer, WORDS.structured(note.credit_note)] += 1
    costs = out - expected
    assert not expected - out
    assert all(row[2] == "Practice Bank" and row[1] == Decimal("-6.50") for row in costs) and 1 <= costs.total() <= 3

    paid: dict[int, list[Any]] = defaultdict(list)
    communication = {WORDS.structured(invoice.invoice): invoice for invoice in invoices}
    kinds: Counter[str] = Counter()
    for line in lines:
        if line.amount < 0:
            continue
        if line.communication in communication:
            invoice = communication[line.communication]
            kinds["partial"] += line.amount < invoice.total
        else:
            assert not WORDS.is_structured(line.communication)
            [invoice] = [i for i in invoices if name[i.customer] == line.name and i.total == line.amount]
            text = line.communication
            kinds["empty" if not text else "mistyped" if text.startswith("+++") else "free text"] += 1
            assert not text.startswith("Order") or text == f"Order {invoice.order}"
        assert name[invoice.customer] == line.name
        paid[invoice.invoice].append(line)
    kinds["double"] = sum(len(payments) == 2 for payments in paid.values())
    assert kinds == {"mistyped": 3, "partial": 2, "double": 2, "empty": 2, "free text": 2}
    for invoice in invoices:
        payments = paid[invoice.invoice]
        full = [line.date for line in payments if line.amount == invoice.total]
        assert invoice.paid_on == (min(full) if full else None)
        assert len(payments) < 3 and all(line.amount in (invoice.total, cents(invoice.total / 2)) for line in payments)


@some
@any_firm
def test_balances_derive_from_the_statement(seed: int, today: date) -> None:
    opening, closing = table("bank-balance", seed, today)
    balance = opening.balance
    lines = table("bank-statement", seed, today)
    assert opening.date < lines[0].date and lines[-1].date <= closing.date < today
    for before, after in pairwise(lines):
        assert before.date <= after.date
    for line in lines:
        assert line.date.weekday() < 5
        balance += line.amount
        assert balance > 0
    assert balance == closing.balance


# Files


UNIT = """
id = "01-files"
minutes = 10
title = { en = "Files" }
goal = { en = "Files" }
out_of_scope = { en = "All else" }
tasks = [
  { id = "order-it", kind = "order", points = 1 },
  { id = "fill-it", kind = "fill-in", points = 1 },
  { id = "write-it", kind = "write", points = 1 },
  { id = "carry-it", kind = "transfer", points = 1 },
]
data = [
  { file = "invoices.csv", source = "firm", table = "invoices" },
  { file = "invoices.json", source = "firm", table = "invoices" },
  { file = "vat.json", source = "law", table = "vat" },
]
"""


def test_a_unit_gets_csv_and_json_files(tmp_path: Path) -> None:
    """From a copy of the courses with another seed, while the shipped ones are in use as well."""
    for folder in ("firm", "law"):
        shutil.copytree(COURSES / folder, tmp_path / folder)
    (tmp_path / "firm" / "firm.toml").write_text('name = "Other"\nseed = 5\ntoday = 2027-05-05\n')
    unit = tmp_path / "course" / "units" / "01-files"
    unit.mkdir(parents=True)
    (unit / "unit.toml").write_text(UNIT)
    files = data_files(unit, "en")
    assert files["invoices.csv"] == belgian_csv(GENERATOR.TABLES["invoices"](5, date(2027, 5, 5)))
    invoices = json.loads(files["invoices.json"])
    assert invoices[0]["date"].startswith("2027-03-") and isinstance(invoices[0]["invoice"], int)
    assert all(Decimal(one["net"]) + Decimal(one["vat"]) == Decimal(one["total"]) for one in invoices)
    assert {rate["name"]: rate["value"] for rate in json.loads(files["vat.json"])}["low"] == "6"


def test_json_is_as_programs_write_it() -> None:
    rows = [("day", "price", "pieces", "paid"), (date(2026, 9, 3), Decimal("1.50"), 2, None)]
    assert json_objects(rows) == b'[\n{"day": "2026-09-03", "price": "1.50", "pieces": 2, "paid": null}\n]\n'
    assert belgian_csv(rows) == b"day;price;pieces;paid\n03/09/2026;1,50;2;\n"
