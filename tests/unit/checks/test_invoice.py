"""The rules of electronic invoices: a right one has no problem, and each rule finds the break of its own."""
# ruff: noqa: E501  (lines of XML)

from __future__ import annotations

import string

import pytest
from stdnum import iban
from stdnum.be import vat

from doorstart_checks.invoice import problems
from doorstart_checks.invoice.numbers import is_enterprise_number, is_iban, is_vat_number
from doorstart_checks.invoice.rules import RULES
from doorstart_checks.invoice.words import WORDS

NAMES = (
    'xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" '
    'xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"'
)


def party(role: str, number: str, name: str) -> str:
    return f"""
  <cac:Accounting{role}Party><cac:Party>
    <cbc:EndpointID schemeID="0208">{number}</cbc:EndpointID>
    <cac:PostalAddress><cac:Country><cbc:IdentificationCode>BE</cbc:IdentificationCode></cac:Country></cac:PostalAddress>
    <cac:PartyTaxScheme><cbc:CompanyID>BE{number}</cbc:CompanyID>
      <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
    <cac:PartyLegalEntity><cbc:RegistrationName>{name}</cbc:RegistrationName></cac:PartyLegalEntity>
  </cac:Party></cac:Accounting{role}Party>"""


def line(number: int, pieces: str, price: str, amount: str, rate: str = "25.0") -> str:
    return f"""
  <cac:InvoiceLine><cbc:ID>{number}</cbc:ID><cbc:InvoicedQuantity unitCode="C62">{pieces}</cbc:InvoicedQuantity>
    <cbc:LineExtensionAmount currencyID="EUR">{amount}</cbc:LineExtensionAmount>
    <cac:Item><cbc:Name>Item {number}</cbc:Name><cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID>
      <cbc:Percent>{rate}</cbc:Percent></cac:ClassifiedTaxCategory></cac:Item>
    <cac:Price><cbc:PriceAmount currencyID="EUR">{price}</cbc:PriceAmount></cac:Price></cac:InvoiceLine>"""


# The amounts of the base example of Peppol BIS Billing 3.0: 7 x 400 and -3 x 500, a charge of 25, VAT of 25 %.
RIGHT = f"""<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" {NAMES}>
  <cbc:CustomizationID>urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0</cbc:CustomizationID>
  <cbc:ProfileID>urn:fdc:peppol.eu:2017:poacc:billing:01:1.0</cbc:ProfileID>
  <cbc:ID>2026000123</cbc:ID>
  <cbc:IssueDate>2026-11-13</cbc:IssueDate>
  <cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>
  <cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
  <cbc:BuyerReference>order 5012</cbc:BuyerReference>{party("Supplier", "0428759497", "One")}{party("Customer", "0403019261", "Two")}
  <cac:PaymentMeans><cac:PayeeFinancialAccount><cbc:ID>BE68 5390 0754 7034</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>
  <cac:AllowanceCharge><cbc:ChargeIndicator>true</cbc:ChargeIndicator><cbc:Amount currencyID="EUR">25</cbc:Amount>
    <cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>25.0</cbc:Percent></cac:TaxCategory></cac:AllowanceCharge>
  <cac:TaxTotal><cbc:TaxAmount currencyID="EUR">331.25</cbc:TaxAmount>
    <cac:TaxSubtotal><cbc:TaxableAmount currencyID="EUR">1325</cbc:TaxableAmount>
      <cbc:TaxAmount currencyID="EUR">331.25</cbc:TaxAmount>
      <cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>25.0</cbc:Percent></cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>
  <cac:LegalMonetaryTotal><cbc:LineExtensionAmount currencyID="EUR">1300</cbc:LineExtensionAmount>
    <cbc:TaxExclusiveAmount currencyID="EUR">1325</cbc:TaxExclusiveAmount>
    <cbc:TaxInclusiveAmount currencyID="EUR">1656.25</cbc:TaxInclusiveAmount>
    <cbc:ChargeTotalAmount currencyID="EUR">25</cbc:ChargeTotalAmount>
    <cbc:PayableAmount currencyID="EUR">1656.25</cbc:PayableAmount></cac:LegalMonetaryTotal>{line(1, "7", "400", "2800")}{line(2, "-3", "500", "-1500")}
</Invoice>"""


def test_a_right_invoice_has_no_problems() -> None:
    assert problems(RIGHT) == []


def test_a_credit_note_names_its_invoice() -> None:
    note = RIGHT.replace("Invoice-2", "CreditNote-2").replace("<Invoice ", "<CreditNote ")
    note = note.replace("</Invoice>", "</CreditNote>").replace("InvoiceLine", "CreditNoteLine")
    note = note.replace("InvoicedQuantity", "CreditedQuantity").replace("InvoiceTypeCode", "CreditNoteTypeCode")
    assert problems(note) == ["BE-CREDIT: BillingReference is missing."]
    reference = "<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>2026000100</cbc:ID>"
    reference += "</cac:InvoiceDocumentReference></cac:BillingReference>"
    assert problems(note.replace("</cbc:BuyerReference>", f"</cbc:BuyerReference>{reference}")) == []


BREAKS = {
    "BR-01": [
        (
            "<cbc:CustomizationID>urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0</cbc:CustomizationID>",
            "",
        )
    ],
    "PEPPOL-EN16931-R004": [("billing:3.0</cbc:C", "billing:2.0</cbc:C")],
    "PEPPOL-EN16931-R001": [("<cbc:ProfileID>urn:fdc:peppol.eu:2017:poacc:billing:01:1.0</cbc:ProfileID>", "")],
    "PEPPOL-EN16931-R007": [("billing:01:1.0", "billing:02:1.0")],
    "BR-02": [("<cbc:ID>2026000123</cbc:ID>", "<cbc:ID> </cbc:ID>")],
    "BR-03": [("<cbc:IssueDate>2026-11-13</cbc:IssueDate>", "")],
    "BR-04": [("<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>", "")],
    "PEPPOL-EN16931-R003": [("<cbc:BuyerReference>order 5012</cbc:BuyerReference>", "")],
    "BR-06": [("<cbc:RegistrationName>One</cbc:RegistrationName>", "")],
    "BR-07": [("<cbc:RegistrationName>Two</cbc:RegistrationName>", "")],
    "PEPPOL-EN16931-R020": [('<cbc:EndpointID schemeID="0208">0428759497</cbc:EndpointID>', "")],
    "PEPPOL-EN16931-R010": [('<cbc:EndpointID schemeID="0208">0403019261</cbc:EndpointID>', "")],
    "PEPPOL-COMMON-R043": [('"0208">0428759497', '"0208">0428759479')],
    "BE-VAT": [("BE0403019261", "BE0403019262")],
    "BE-IBAN": [("BE68 5390 0754 7034", "BE68 5390 0754 7043")],
    "PEPPOL-EN16931-R051": [('<cbc:PayableAmount currencyID="EUR">', '<cbc:PayableAmount currencyID="USD">')],
    "BR-DEC": [(">1656.25</cbc:PayableAmount>", ">1656.250</cbc:PayableAmount>")],
    "BR-21": [("<cbc:ID>2</cbc:ID>", "")],
    "BR-22": [('<cbc:InvoicedQuantity unitCode="C62">7</cbc:InvoicedQuantity>', "")],
    "BR-25": [("<cbc:Name>Item 1</cbc:Name>", "")],
    "BR-26": [('<cbc:PriceAmount currencyID="EUR">400</cbc:PriceAmount>', "")],
    "PEPPOL-EN16931-R120": [('"EUR">400<', '"EUR">401<')],
    "BR-CO-10": [(">1300</cbc:LineExtensionAmount>", ">1301</cbc:LineExtensionAmount>")],
    "BR-CO-12": [('<cbc:ChargeTotalAmount currencyID="EUR">25</cbc:ChargeTotalAmount>', "")],
    "BR-CO-16": [(">1656.25</cbc:PayableAmount>", ">1656</cbc:PayableAmount>")],
}


@pytest.mark.parametrize("rule", BREAKS)
def test_a_break_is_found_by_its_rule_alone(rule: str) -> None:
    broken = RIGHT
    for before, after in BREAKS[rule]:
        assert before in broken
        broken = broken.replace(before, after, 1)
    assert {one.partition(":")[0] for one in problems(broken)} == {rule}


@pytest.mark.parametrize(
    ("before", "after", "rules"),
    [
        (
            '<cbc:TaxExclusiveAmount currencyID="EUR">1325',
            '<cbc:TaxExclusiveAmount currencyID="EUR">1324',
            {"BR-CO-13", "BR-CO-15"},
        ),
        (
            '<cbc:TaxAmount currencyID="EUR">331.25</cbc:TaxAmount>\n    <cac',
            '<cbc:TaxAmount currencyID="EUR">331.26</cbc:TaxAmount>\n    <cac',
            {"BR-CO-14", "BR-CO-15"},
        ),
        (
            '<cbc:TaxAmount currencyID="EUR">331.25</cbc:TaxAmount>\n      <cac',
            '<cbc:TaxAmount currencyID="EUR">331.24</cbc:TaxAmount>\n      <cac',
            {"BR-CO-14", "BR-CO-17"},
        ),
        ('"EUR">1656.25</cbc:TaxInc', '"EUR">1656.24</cbc:TaxInc', {"BR-CO-15", "BR-CO-16"}),
        ('"EUR">1325</cbc:TaxableAmount>', '"EUR">1300</cbc:TaxableAmount>', {"BR-CO-17", "BR-S-08"}),
        ("<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>", "", {"BR-05", "PEPPOL-EN16931-R051"}),
        (
            "25.0</cbc:Percent></cac:ClassifiedTaxCategory>",
            "12</cbc:Percent></cac:ClassifiedTaxCategory>",
            {"BR-S-08", "BR-CO-18"},
        ),
        (
            "2800</cbc:LineExtensionAmount>",
            "28,00</cbc:LineExtensionAmount>",
            {"BR-DEC", "PEPPOL-EN16931-R120", "BR-CO-10", "BR-CO-13", "BR-S-08"},
        ),
    ],
)
def test_amounts_hang_together(before: str, after: str, rules: set[str]) -> None:
    assert before in RIGHT
    found = problems(RIGHT.replace(before, after, 1))
    assert {one.partition(":")[0] for one in found} == rules


def test_what_is_said_names_the_amounts() -> None:
    broken = RIGHT.replace(">1300</cbc:Line", ">1310.50</cbc:Line")
    assert problems(broken) == ["BR-CO-10: LineExtensionAmount is 1310.50; the amounts of the lines add up to 1300."]
    assert problems(broken, "nl")[0].endswith("de bedragen van de lijnen geven samen 1300.")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not well-formed"),
        ("<Invoice>", "not well-formed XML; look at line 1, column"),
        ("<a/>", "the outermost element is a"),
        ('<!DOCTYPE x [<!ENTITY a "aa">]><x>&a;</x>', "DOCTYPE"),
        (None, "not a text"),
        ("x" * 1_000_001, "not a text"),
        ("\ud800", "not a text"),
        ("<a>" * 100_000, "not"),
    ],
)
def test_what_is_no_invoice(text: str, says: str) -> None:
    (found,) = problems(text)
    assert found.startswith("XML: ") and says in found


def test_every_word_is_there_in_every_language() -> None:
    fields = {
        language: {key: sorted(f for _, f, _, _ in string.Formatter().parse(text) if f) for key, text in words.items()}
        for language, words in WORDS.items()
    }
    assert all(found == fields["en"] for found in fields.values())
    assert {rule.word for rule in RULES} <= fields["en"].keys()
    assert len({rule.id for rule in RULES}) == len(RULES)


@pytest.mark.parametrize(
    ("number", "right"),
    [("0566988259", True), ("0403019261", True), ("0428759497", True), ("0431150351", False), ("040301926", False)],
)
def test_enterprise_numbers_as_python_stdnum_sees_them(number: str, right: bool) -> None:
    assert is_enterprise_number(number) is right
    assert is_vat_number(f"BE{number}") is right
    assert not is_vat_number(number)
    if len(number) == 10:
        assert vat.is_valid(number) is right


@pytest.mark.parametrize(
    "account", ["BE71 0961 2345 6769", "BE43 0689 9999 9501", "BE71 0961 2345 6768", "NL91ABNA0417164300"]
)
def test_account_numbers_as_python_stdnum_sees_them(account: str) -> None:
    assert is_iban(account) is iban.is_valid(account)


def test_account_numbers_of_a_bank_that_is_not() -> None:
    assert is_iban("BE68539007547034") and not is_iban("BE6853900754703") and not is_iban("hello")
