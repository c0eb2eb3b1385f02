"""Check digits of Belgian numbers, as the rules of electronic invoices ask for them."""

from __future__ import annotations

import re


def is_enterprise_number(text: str) -> bool:
    """Whether the text is a Belgian enterprise number: ten digits, the last two being 97 - the first eight modulo 97.

    Source: Crossroads Bank for Enterprises; rule PEPPOL-COMMON-R043 of Peppol BIS Billing 3.0.
    """
    return bool(re.fullmatch(r"[01][0-9]{9}", text)) and 97 - int(text[:8]) % 97 == int(text[8:])


def is_vat_number(text: str) -> bool:
    """Whether the text is a Belgian VAT number: BE and the enterprise number."""
    return text.startswith("BE") and is_enterprise_number(text[2:])


def is_iban(text: str) -> bool:
    """Whether an account number's check digits are right (ISO 13616, ISO 7064 MOD 97-10); spaces do not count."""
    plain = text.replace(" ", "")
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[0-9A-Z]{8,30}", plain) or (plain.startswith("BE") and len(plain) != 16):
        return False
    return int("".join(str(int(letter, 36)) for letter in plain[4:] + plain[:4])) % 97 == 1
