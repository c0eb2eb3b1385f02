"""Numbers of the bank: structured communications and account numbers, with their check digits."""

from __future__ import annotations

import re

BANK_CODE = "539"
"""No bank in Belgium has this code, so that no account number here belongs to anybody."""


def check97(number: int) -> int:
    """The check of a Belgian communication or account: the remainder after division by 97, or 97 if there is none."""
    return number % 97 or 97


def structured(number: int) -> str:
    """Ten digits and their check as a structured communication, for example ``+++202/6000/12320+++``."""
    digits = f"{number:010d}{check97(number):02d}"
    return f"+++{digits[:3]}/{digits[3:7]}/{digits[7:]}+++"


def is_structured(text: str) -> bool:
    """Whether a text is a structured communication with the right check."""
    found = re.fullmatch(r"\+\+\+(\d{3})/(\d{4})/(\d{3})(\d{2})\+\+\+", text)
    return found is not None and check97(int("".join(found.groups()[:3]))) == int(found.group(4))


def mistyped(text: str, place: int) -> str:
    """A structured communication in which one of the ten digits is wrong, so that the check does not fit any more."""
    position = [n for n, character in enumerate(text) if character.isdigit()][place]
    return f"{text[:position]}{(int(text[position]) + 1) % 10}{text[position + 1 :]}"


def account(number: int) -> str:
    """A Belgian account number (IBAN, ISO 13616) of no bank, from seven digits."""
    first = f"{BANK_CODE}{number:07d}"
    national = f"{first}{check97(int(first)):02d}"
    return f"BE{98 - int(f'{national}111400') % 97:02d}{national}"
