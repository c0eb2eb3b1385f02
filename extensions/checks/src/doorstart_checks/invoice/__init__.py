"""Is an electronic invoice right? UBL in the form of Peppol BIS Billing 3.0, checked by rules that explain themselves.

``problems(text, "nl")`` gives one line for each rule that is broken: its number in the standard, what was found, and
what was expected. Not a validator for sending invoices: the standard has some 200 rules, and here are those that a
bookkeeper meets. An invoice without problems here may still break another rule.

:mod:`~doorstart_checks.invoice.document` reads the XML, :mod:`~doorstart_checks.invoice.rules` has the rules,
:mod:`~doorstart_checks.invoice.numbers` checks Belgian numbers, :mod:`~doorstart_checks.invoice.words` has the texts.
"""

from __future__ import annotations

from doorstart_checks.invoice.document import NotAnInvoice, read
from doorstart_checks.invoice.rules import RULES
from doorstart_checks.invoice.words import WORDS
from doorstart_checks.words import Language

__all__ = ["problems"]

LONGEST = 1_000_000
"""Characters of XML that are read."""


def problems(text: str, language: Language = "en") -> list[str]:
    """What is not right in an invoice or credit note; nothing if no rule is broken.

    Args:
        text: the XML document.
        language: of the answer.

    Returns:
        One text for each problem, beginning with the rule's number, in the order of the rules.
    """
    words = WORDS[language]
    try:
        if type(text) is not str or len(text) > LONGEST:
            raise NotAnInvoice("not text")
        invoice = read(text)
    except NotAnInvoice as error:
        return [f"XML: {words[error.word].format(**error.values)}"]
    return [f"{rule.id}: {words[rule.word].format(**found)}" for rule in RULES for found in rule.broken(invoice)]
