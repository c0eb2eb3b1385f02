"""An invoice's XML as what the rules ask for: texts by path, amounts as Decimal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from xml.etree import ElementTree

CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
ROOTS = {
    "{urn:oasis:names:specification:ubl:schema:xsd:Invoice-2}Invoice": "Invoice",
    "{urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2}CreditNote": "CreditNote",
}
_NAMES = {"cbc": CBC, "cac": CAC}


class NotAnInvoice(Exception):  # noqa: N818 (what is found, not what went wrong)
    """The text is no XML, or not of an invoice. ``word`` is a key of the words, ``values`` what goes into it."""

    def __init__(self, word: str, **values: str) -> None:
        self.word, self.values = word, values
        super().__init__(word)


@dataclass(frozen=True)
class Part:
    """A part of the document: the whole, or one line, party or tax of it."""

    element: ElementTree.Element

    def text(self, path: str) -> str:
        """The text at a path such as ``cac:Party/cbc:Name``; "" if there is none."""
        return (self.element.findtext(path, "", _NAMES) or "").strip()

    def amount(self, path: str) -> Decimal | None:
        """The number at a path; None if there is none."""
        return amount(self.text(path))

    def attribute(self, path: str, name: str) -> str:
        """An attribute of what stands at a path; "" if there is none."""
        found = self.element.find(path, _NAMES)
        return "" if found is None else found.get(name, "")

    def parts(self, path: str) -> list[Part]:
        """All parts at a path."""
        return [Part(one) for one in self.element.findall(path, _NAMES)]

    def elements(self) -> Iterator[ElementTree.Element]:
        """All elements of the part."""
        return self.element.iter()


@dataclass(frozen=True)
class Invoice(Part):
    """An invoice or a credit note."""

    kind: str

    @property
    def lines(self) -> list[Part]:
        """The lines."""
        return self.parts(f"cac:{self.kind}Line")

    @property
    def total(self) -> Part:
        """The totals of the document; an empty part if they are missing."""
        return next(iter(self.parts("cac:LegalMonetaryTotal")), Part(ElementTree.Element("none")))

    @property
    def taxes(self) -> list[Part]:
        """The VAT by rate."""
        return self.parts("cac:TaxTotal/cac:TaxSubtotal")

    def allowances(self, *, charge: bool) -> list[Part]:
        """The allowances on the whole document, or the charges."""
        wanted = "true" if charge else "false"
        return [one for one in self.parts("cac:AllowanceCharge") if one.text("cbc:ChargeIndicator") == wanted]

    def party(self, role: str) -> Part:
        """The ``Supplier`` or the ``Customer``; an empty part if it is missing."""
        return next(iter(self.parts(f"cac:Accounting{role}Party/cac:Party")), Part(ElementTree.Element("none")))


def amount(text: str) -> Decimal | None:
    """A number as XML Schema's ``decimal`` writes it; None for anything else, such as ``1e5``, ``NaN`` or ``1,50``."""
    return Decimal(text) if re.fullmatch(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)", text) else None


def read(text: str) -> Invoice:
    """The invoice in an XML text.

    Raises:
        NotAnInvoice: it is not well-formed, declares types or entities, or is something else.
    """
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise NotAnInvoice("no doctype")
    try:
        root = ElementTree.fromstring(text.encode())  # noqa: S314 (nothing is declared in it, so nothing expands)
    except ElementTree.ParseError as error:
        line, column = error.position
        raise NotAnInvoice("not xml", line=str(line), column=str(column + 1)) from None
    except (UnicodeEncodeError, ValueError, RecursionError):
        raise NotAnInvoice("not text") from None
    if root.tag not in ROOTS:
        raise NotAnInvoice("other root", found=root.tag.rpartition("}")[2])
    return Invoice(root, ROOTS[root.tag])
