"""Accounting, unit 11: the base example of Peppol BIS Billing 3.0, the rules of the standard, and Belgian numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from stdnum.be import ogm_vcs, vat

from doorstart.courses.data import read_firm
from doorstart.courses.law import read_law, values_on
from doorstart_checks.invoice import problems
from doorstart_checks.invoice.numbers import is_iban

Names = Callable[[str, str], dict[str, Any]]
COURSES = Path(__file__).parents[4] / "courses"
UNIT = "11-e-invoice"
DATA = COURSES / "accounting" / "units" / UNIT / "data"
FIRM = read_firm(COURSES)
RATE = Decimal(25)
BASE_LINES = [
    {"name": "item name", "pieces": 7, "price": Decimal("400.00"), "rate": RATE},
    {"name": "item name 2", "pieces": -3, "price": Decimal("500.00"), "rate": RATE},
]
OAK = {"number": "0999008839", "name": "Oak", "street": "Dam 1", "zip": "9999", "city": "Balivem"}
# Each total of an invoice with the rule that finds it when it is one cent off, alone or with those that follow from it.
TOTALS = {
    "LineExtensionAmount": {"BR-CO-10", "BR-CO-13"},
    "AllowanceTotalAmount": {"BR-CO-11", "BR-CO-13"},
    "ChargeTotalAmount": {"BR-CO-12", "BR-CO-13"},
    "TaxExclusiveAmount": {"BR-CO-13", "BR-CO-15"},
    "TaxInclusiveAmount": {"BR-CO-15", "BR-CO-16"},
    "PrepaidAmount": {"BR-CO-16"},
    "PayableAmount": {"BR-CO-16"},
}


@pytest.fixture
def unit(names: Names) -> dict[str, Any]:
    """What the unit defines."""
    return names("accounting", UNIT)


def parsed(text: str) -> ElementTree.Element:
    """The outermost element of an XML text of ours."""
    return ElementTree.fromstring(text)  # noqa: S314 (our own text)


def base_example(unit: dict[str, Any]) -> str:
    """The amounts of the base example as a whole invoice, made with the functions of the unit."""
    money, group = unit["money"], unit["group"]
    totals = unit["invoice_totals"]([Decimal(2800), Decimal(-1500)], Decimal(25), RATE, Decimal(0))
    tax = unit["tax_part"](totals["without_vat"], RATE, totals["vat_total"])
    amounts = [
        money("cbc:LineExtensionAmount", Decimal(1300)),
        money("cbc:TaxExclusiveAmount", totals["without_vat"]),
        money("cbc:TaxInclusiveAmount", totals["with_vat"]),
        money("cbc:ChargeTotalAmount", Decimal(25)),
        money("cbc:PayableAmount", totals["payable"]),
    ]
    parts = [
        unit["head"](2026000345, date(2026, 11, 13), 5061),
        unit["party"]("Supplier", unit["MORELAN"]),
        unit["party"]("Customer", OAK),
        unit["payment"](2026000345),
        unit["charge_part"]("Cleaning", Decimal(25), RATE),
        group("cac:TaxTotal", [money("cbc:TaxAmount", totals["vat_total"]), tax]),
        group("cac:LegalMonetaryTotal", amounts),
    ]
    text: str = unit["document"](parts + unit["line_parts"](BASE_LINES))
    return text


def test_the_base_example(unit: dict[str, Any]) -> None:
    totals = unit["invoice_totals"]([Decimal(2800), Decimal(-1500)], Decimal(25), RATE, Decimal(0))
    assert {key: str(value) for key, value in totals.items()} == {
        "without_vat": "1325",
        "vat_total": "331.25",
        "with_vat": "1656.25",
        "payable": "1656.25",
    }
    document = base_example(unit)
    assert problems(document) == []
    amounts = unit["read_amounts"](document)
    assert amounts == unit["sample"]
    assert unit["broken_sums"](amounts) + unit["broken_totals"](amounts) == []


@pytest.mark.parametrize("total", TOTALS)
def test_the_learners_rules_find_what_the_standards_rules_find(unit: dict[str, Any], total: str) -> None:
    document = (DATA / "invoice-hazel.xml").read_text(encoding="utf-8")
    if f"cbc:{total}" not in document.partition("LegalMonetaryTotal")[2].partition("LegalMonetaryTotal")[0]:
        missing = f'<cbc:{total} currencyID="EUR">0.00</cbc:{total}>'
        document = document.replace("</cac:LegalMonetaryTotal>", f"{missing}</cac:LegalMonetaryTotal>")
    root = parsed(document)
    place = root.find(f"cac:LegalMonetaryTotal/cbc:{total}", unit["SPACES"])
    assert place is not None
    place.text = str(Decimal(place.text or "") + Decimal("0.01"))
    broken = ElementTree.tostring(root, encoding="unicode")
    amounts = unit["read_amounts"](broken)
    found = unit["broken_sums"](amounts) + unit["broken_totals"](amounts)
    assert set(found) == TOTALS[total]
    # The standard calculates without VAT from the lines and the charges themselves, not from their totals.
    said = {one.partition(":")[0] for one in problems(broken)}
    follows = {"BR-CO-13"} if total.startswith(("Line", "Allowance", "Charge")) else set()
    assert said == TOTALS[total] - follows


def test_the_invoices_that_came_in(unit: dict[str, Any]) -> None:
    expected = {
        "hazel": ([], []),
        "rowan": (["BR-CO-13"], ["BR-CO-13"]),
        "maple": (["BR-CO-10", "BR-CO-13"], ["PEPPOL-COMMON-R043", "BE-VAT", "BR-CO-10"]),
    }
    for supplier, (by_learner, by_standard) in expected.items():
        document = (DATA / f"invoice-{supplier}.xml").read_text(encoding="utf-8")
        amounts = unit["read_amounts"](document)
        assert unit["broken_sums"](amounts) + unit["broken_totals"](amounts) == by_learner
        assert [one.partition(":")[0] for one in problems(document)] == by_standard


@pytest.mark.parametrize("language", ["en", "nl", "fr"])
def test_the_invoice_of_morelan(unit: dict[str, Any], language: Any) -> None:
    assert problems(unit["invoice"], language) == []
    broken = unit["invoice"].replace("<cbc:ID>2026000345</cbc:ID>", "")
    assert [one.partition(":")[0] for one in problems(broken, language)] == ["BR-02"]
    root = parsed(unit["invoice"])
    spaces = unit["SPACES"]
    assert ogm_vcs.is_valid(root.findtext("cac:PaymentMeans/cbc:PaymentID", "", spaces))
    assert is_iban(root.findtext("cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID", "", spaces))
    for number in root.iterfind(".//cbc:EndpointID", spaces):
        assert number.get("schemeID") == "0208" and vat.is_valid(number.text or "")
    law = {value.name: value.value for value in values_on(COURSES / "law" / "vat.toml", FIRM.today)}
    rates = {Decimal(one.text or "") for one in root.iterfind(".//cac:TaxSubtotal//cbc:Percent", spaces)}
    assert rates == {law["standard"], law["low"]}


@pytest.mark.parametrize("number", ["0403019261", "0428759497", "0566988259"])
def test_numbers_as_python_stdnum_writes_them(unit: dict[str, Any], number: str) -> None:
    shown = f"BE {number[:4]}.{number[4:7]}.{number[7:]}"
    assert vat.compact(shown) == number and vat.is_valid(shown)
    assert unit["firm_numbers"](shown) == [
        f'<cbc:EndpointID schemeID="0208">{number}</cbc:EndpointID>',
        f"<cbc:CompanyID>BE{number}</cbc:CompanyID>",
    ]


def test_texts_with_signs_stay_xml(unit: dict[str, Any]) -> None:
    charge = unit["charge_part"]('Fuel & <tolls> "x"', Decimal("-1.5"), Decimal(0))
    spaces = "".join(f' xmlns:{prefix}="{name}"' for prefix, name in unit["SPACES"].items())
    root = parsed(f"<x{spaces}>{charge}</x>")
    texts = [one.text for one in root[0]][:3]
    assert texts == ["false", 'Fuel & <tolls> "x"', "1.50"]


def test_the_day_since_when_stands_in_the_law_and_not_in_the_text() -> None:
    law = read_law(COURSES / "law" / "e-invoicing.toml")
    assert [value.value for value in law.values] == list(range(1, len(law.values) + 1))
    assert {value.valid_from for value in law.values} == {date(2026, 1, 1)}
    assert all(value.meaning.keys() == {"en", "nl", "fr", "de"} for value in law.values)
    for language in ("en", "nl", "fr"):
        text = (DATA.parent / f"unit.{language}.md").read_text(encoding="utf-8")
        assert not any(word in text for word in ("1 January 2026", "1 januari 2026", "1er janvier 2026", "01/01/2026"))
