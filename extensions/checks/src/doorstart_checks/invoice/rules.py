"""The rules: what an invoice must have, and how its amounts hang together.

Numbers and meanings are those of EN 16931-1:2017 (BR-…) and of Peppol BIS Billing 3.0 (PEPPOL-…); those that begin with
BE are ours, for what Belgium asks: a credit note names its invoice, numbers fit their check digits. Amounts are
compared exactly: they have two decimals, so nothing is lost in rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from doorstart_checks.invoice.document import CBC, Invoice, Part, amount
from doorstart_checks.invoice.numbers import is_enterprise_number, is_iban, is_vat_number

CUSTOMIZATION = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
PROFILE = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
ENTERPRISE = "0208"
"""The scheme of Belgian enterprise numbers in Peppol."""
_CENT = Decimal("0.01")
_ZERO = Decimal(0)

Found = dict[str, str]


@dataclass(frozen=True)
class Rule:
    """A rule. ``broken`` gives for each break what goes into the text of ``word``."""

    id: str
    word: str
    broken: Callable[[Invoice], Iterable[Found]]


def _wants(id_: str, field: str, path: str, role: str = "") -> Rule:
    """A field that must be there."""

    def broken(invoice: Invoice) -> Iterator[Found]:
        if not (invoice.party(role) if role else invoice).text(path):
            yield {"field": field}

    return Rule(id_, "missing", broken)


def _wants_in_lines(id_: str, field: str, path: str) -> Rule:
    def broken(invoice: Invoice) -> Iterator[Found]:
        for line in invoice.lines:
            if not line.text(path.format(kind="Invoiced" if invoice.kind == "Invoice" else "Credited")):
                yield {"field": field, "line": line.text("cbc:ID") or "?"}

    return Rule(id_, "missing in line", broken)


def _sum(parts: Iterable[Part], path: str) -> Decimal:
    return sum((part.amount(path) or _ZERO for part in parts), _ZERO)


def _equal(id_: str, word: str, field: str, of: Callable[[Invoice], Decimal], optional: bool = False) -> Rule:
    """A total that must be what other amounts give."""

    def broken(invoice: Invoice) -> Iterator[Found]:
        found, expected = invoice.total.amount(field), of(invoice)
        if found is None and optional and expected == _ZERO:
            return
        if found is None or found != expected:
            yield {"field": field.partition(":")[2], "found": _said(found), "expected": _said(expected)}

    return Rule(id_, word, broken)


def _said(number: Decimal | None) -> str:
    return "-" if number is None else f"{number:f}"


def _lines(invoice: Invoice) -> Decimal:
    return _sum(invoice.lines, "cbc:LineExtensionAmount")


def _without_vat(invoice: Invoice) -> Decimal:
    allowances = _sum(invoice.allowances(charge=False), "cbc:Amount")
    return _lines(invoice) - allowances + _sum(invoice.allowances(charge=True), "cbc:Amount")


def _vat(invoice: Invoice) -> Decimal:
    return invoice.amount("cac:TaxTotal/cbc:TaxAmount") or _ZERO


def _with_vat(invoice: Invoice) -> Decimal:
    return (invoice.total.amount("cbc:TaxExclusiveAmount") or _ZERO) + _vat(invoice)


def _to_pay(invoice: Invoice) -> Decimal:
    total = invoice.total
    paid, rounding = total.amount("cbc:PrepaidAmount"), total.amount("cbc:PayableRoundingAmount")
    return (total.amount("cbc:TaxInclusiveAmount") or _ZERO) - (paid or _ZERO) + (rounding or _ZERO)


def _tax_total(invoice: Invoice) -> Iterator[Found]:
    found, expected = invoice.amount("cac:TaxTotal/cbc:TaxAmount"), _sum(invoice.taxes, "cbc:TaxAmount")
    if found is None or found != expected:
        yield {"field": "TaxAmount", "found": _said(found), "expected": _said(expected)}


def _tax_of_rate(invoice: Invoice) -> Iterator[Found]:
    for tax in invoice.taxes:
        base, rate = tax.amount("cbc:TaxableAmount"), tax.amount("cac:TaxCategory/cbc:Percent")
        expected = ((base or _ZERO) * (rate or _ZERO) / 100).quantize(_CENT, ROUND_HALF_UP)
        found = tax.amount("cbc:TaxAmount")
        if found != expected:
            yield {"rate": _said(rate), "base": _said(base), "found": _said(found), "expected": _said(expected)}


def _category(part: Part, path: str) -> tuple[str, Decimal | None]:
    """The VAT category and rate of a line, an allowance or a tax."""
    return part.text(f"{path}/cbc:ID"), part.amount(f"{path}/cbc:Percent")


def _base_of_rate(invoice: Invoice) -> Iterator[Found]:
    for tax in invoice.taxes:
        category = _category(tax, "cac:TaxCategory")
        lines = [one for one in invoice.lines if _category(one, "cac:Item/cac:ClassifiedTaxCategory") == category]
        expected = _sum(lines, "cbc:LineExtensionAmount")
        for charge in (False, True):
            same = [one for one in invoice.allowances(charge=charge) if _category(one, "cac:TaxCategory") == category]
            expected += _sum(same, "cbc:Amount") * (1 if charge else -1)
        found = tax.amount("cbc:TaxableAmount")
        if found != expected:
            yield {"rate": _said(category[1]), "found": _said(found), "expected": _said(expected)}


def _rate_without_base(invoice: Invoice) -> Iterator[Found]:
    known = {_category(tax, "cac:TaxCategory") for tax in invoice.taxes}
    used = {_category(line, "cac:Item/cac:ClassifiedTaxCategory") for line in invoice.lines}
    for _, rate in sorted(used - known, key=str):
        yield {"rate": _said(rate)}


def _line_amount(invoice: Invoice) -> Iterator[Found]:
    quantity_path = "cbc:InvoicedQuantity" if invoice.kind == "Invoice" else "cbc:CreditedQuantity"
    for line in invoice.lines:
        quantity, price = line.amount(quantity_path), line.amount("cac:Price/cbc:PriceAmount")
        if quantity is None or price is None:
            continue  # said by another rule
        per = line.amount("cac:Price/cbc:BaseQuantity") or Decimal(1)
        expected = quantity * price / per
        for one in line.parts("cac:AllowanceCharge"):
            sign = 1 if one.text("cbc:ChargeIndicator") == "true" else -1
            expected += sign * (one.amount("cbc:Amount") or _ZERO)
        found = line.amount("cbc:LineExtensionAmount")
        if found is None or abs(found - expected) > Decimal("0.02"):
            rounded = expected.quantize(_CENT, ROUND_HALF_UP)
            yield {"line": line.text("cbc:ID") or "?", "found": _said(found), "expected": _said(rounded)}


def _decimals(invoice: Invoice) -> Iterator[Found]:
    for element in invoice.elements():
        name = element.tag.rpartition("}")[2]
        if name.endswith("Amount") and name != "PriceAmount" and element.tag.startswith("{" + CBC):
            text = (element.text or "").strip()
            number = amount(text)
            if number is None or -int(number.as_tuple().exponent) > 2:
                yield {"field": name, "found": text or "-"}


def _currency(invoice: Invoice) -> Iterator[Found]:
    currency = invoice.text("cbc:DocumentCurrencyCode")
    for element in invoice.elements():
        found = element.get("currencyID")
        if found is not None and found != currency:
            yield {"field": element.tag.rpartition("}")[2], "found": found, "expected": currency or "-"}
            return


def _no_lines(invoice: Invoice) -> Iterator[Found]:
    if not invoice.lines:
        yield {}


def _fixed(path: str, wanted: str) -> Callable[[Invoice], Iterator[Found]]:
    def broken(invoice: Invoice) -> Iterator[Found]:
        found = invoice.text(path)
        if found and found != wanted:
            yield {"field": path.partition(":")[2], "found": found, "expected": wanted}

    return broken


def _enterprise_numbers(invoice: Invoice) -> Iterator[Found]:
    for element in invoice.elements():
        number = (element.text or "").strip()
        if element.get("schemeID") == ENTERPRISE and not is_enterprise_number(number):
            yield {"field": element.tag.rpartition("}")[2], "found": number or "-"}


def _vat_numbers(invoice: Invoice) -> Iterator[Found]:
    for role in ("Supplier", "Customer"):
        number = invoice.party(role).text("cac:PartyTaxScheme/cbc:CompanyID")
        if number.startswith("BE") and not is_vat_number(number):
            yield {"found": number}


def _accounts(invoice: Invoice) -> Iterator[Found]:
    for means in invoice.parts("cac:PaymentMeans"):
        number = means.text("cac:PayeeFinancialAccount/cbc:ID")
        if number and not is_iban(number):
            yield {"found": number}


def _reference(invoice: Invoice) -> Iterator[Found]:
    if not (invoice.text("cbc:BuyerReference") or invoice.text("cac:OrderReference/cbc:ID")):
        yield {"field": "BuyerReference / OrderReference"}


def _type_code(invoice: Invoice) -> Iterator[Found]:
    if not invoice.text(f"cbc:{invoice.kind}TypeCode"):
        yield {"field": f"{invoice.kind}TypeCode"}


def _credited(invoice: Invoice) -> Iterator[Found]:
    if invoice.kind == "CreditNote" and not invoice.text("cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID"):
        yield {"field": "BillingReference"}


RULES: tuple[Rule, ...] = (
    _wants("BR-01", "CustomizationID", "cbc:CustomizationID"),
    Rule("PEPPOL-EN16931-R004", "fixed", _fixed("cbc:CustomizationID", CUSTOMIZATION)),
    _wants("PEPPOL-EN16931-R001", "ProfileID", "cbc:ProfileID"),
    Rule("PEPPOL-EN16931-R007", "fixed", _fixed("cbc:ProfileID", PROFILE)),
    _wants("BR-02", "ID", "cbc:ID"),
    _wants("BR-03", "IssueDate", "cbc:IssueDate"),
    Rule("BR-04", "missing", _type_code),
    _wants("BR-05", "DocumentCurrencyCode", "cbc:DocumentCurrencyCode"),
    Rule("PEPPOL-EN16931-R003", "missing", _reference),
    Rule("BE-CREDIT", "missing", _credited),
    _wants("BR-06", "Supplier: RegistrationName", "cac:PartyLegalEntity/cbc:RegistrationName", "Supplier"),
    _wants("BR-07", "Customer: RegistrationName", "cac:PartyLegalEntity/cbc:RegistrationName", "Customer"),
    _wants("BR-09", "Supplier: Country", "cac:PostalAddress/cac:Country/cbc:IdentificationCode", "Supplier"),
    _wants("BR-11", "Customer: Country", "cac:PostalAddress/cac:Country/cbc:IdentificationCode", "Customer"),
    _wants("PEPPOL-EN16931-R020", "Supplier: EndpointID", "cbc:EndpointID", "Supplier"),
    _wants("PEPPOL-EN16931-R010", "Customer: EndpointID", "cbc:EndpointID", "Customer"),
    Rule("PEPPOL-COMMON-R043", "enterprise number", _enterprise_numbers),
    Rule("BE-VAT", "vat number", _vat_numbers),
    Rule("BE-IBAN", "iban", _accounts),
    Rule("PEPPOL-EN16931-R051", "currency", _currency),
    Rule("BR-DEC", "decimals", _decimals),
    Rule("BR-16", "no lines", _no_lines),
    _wants_in_lines("BR-21", "ID", "cbc:ID"),
    _wants_in_lines("BR-22", "Quantity", "cbc:{kind}Quantity"),
    _wants_in_lines("BR-24", "LineExtensionAmount", "cbc:LineExtensionAmount"),
    _wants_in_lines("BR-25", "Item Name", "cac:Item/cbc:Name"),
    _wants_in_lines("BR-26", "PriceAmount", "cac:Price/cbc:PriceAmount"),
    Rule("PEPPOL-EN16931-R120", "line amount", _line_amount),
    _equal("BR-CO-10", "sum of lines", "cbc:LineExtensionAmount", _lines),
    _equal("BR-CO-11", "sum of allowances", "cbc:AllowanceTotalAmount",
           lambda invoice: _sum(invoice.allowances(charge=False), "cbc:Amount"), optional=True),
    _equal("BR-CO-12", "sum of charges", "cbc:ChargeTotalAmount",
           lambda invoice: _sum(invoice.allowances(charge=True), "cbc:Amount"), optional=True),
    _equal("BR-CO-13", "without vat", "cbc:TaxExclusiveAmount", _without_vat),
    Rule("BR-CO-14", "sum of vat", _tax_total),
    _equal("BR-CO-15", "with vat", "cbc:TaxInclusiveAmount", _with_vat),
    _equal("BR-CO-16", "to pay", "cbc:PayableAmount", _to_pay),
    Rule("BR-CO-17", "vat of rate", _tax_of_rate),
    Rule("BR-S-08", "base of rate", _base_of_rate),
    Rule("BR-CO-18", "rate without base", _rate_without_base),
)  # fmt: skip
