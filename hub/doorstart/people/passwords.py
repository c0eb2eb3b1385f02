"""One-time passwords, the rules for people's own passwords, and their hashes."""

from __future__ import annotations

import math
import secrets
from functools import cache
from importlib import resources
from typing import Literal

import bcrypt

MIN_LENGTH = 10
"""Shortest own password, in characters."""
MAX_BYTES = 72
"""Longest password in UTF-8 bytes: what bcrypt reads."""
ROUNDS = 12
"""Cost of a hash: 2**ROUNDS rounds of bcrypt, some 0.2 s on a modest machine."""

# No l, 1, o, 0 (look alike), no c, q, x, y (sound like others in one of the four languages).
_CONSONANTS = "bdfghjkmnprstvwz"
_VOWELS = "aeiu"
_DIGITS = "23456789"
_SHAPE = ("CVCVC", "CVCVC", "CVCVC", "DD")
_LETTERS = {"C": _CONSONANTS, "V": _VOWELS, "D": _DIGITS}

BITS = sum(math.log2(len(_LETTERS[kind])) for group in _SHAPE for kind in group)
"""Entropy of a one-time password in bits."""

_TRIMMINGS = "0123456789 !?.,-_@#*"
"""What people put around a weak word to make it pass."""

Weakness = Literal["short", "long", "control", "username", "common", "simple"]


def one_time() -> str:
    """A new one-time password: three pronounceable groups and two digits, as in ``tabif-munek-divat-47``."""
    return "-".join("".join(secrets.choice(_LETTERS[kind]) for kind in group) for group in _SHAPE)


def weakness(password: str, username: str) -> Weakness | None:
    """Why somebody may not choose this password; ``None`` when it will do."""
    if len(password) < MIN_LENGTH:
        return "short"
    if len(password.encode()) > MAX_BYTES:
        return "long"
    if not password.isprintable():
        return "control"
    plain, name = password.casefold(), username.casefold()
    # "password123!" is "password", and nobody is kept out by it.
    core = plain.strip(_TRIMMINGS)
    if plain == name or (core and core == name.strip(_TRIMMINGS)):
        return "username"
    if plain in _common() or core in _common():
        return "common"
    if len(set(plain)) < 4:
        return "simple"
    return None


def hashed(password: str, rounds: int = ROUNDS) -> bytes:
    """The bcrypt hash of a password.

    Raises:
        ValueError: longer than :data:`MAX_BYTES`.
    """
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(rounds))


def matches(password: str, hash_: bytes) -> bool:
    """Whether this is the password behind the hash. Takes the same time whatever the answer is."""
    # bcrypt raises on longer input; nobody has such a password, but the answer must take as long as any other.
    raw = password.encode("utf-8", "replace")
    return bcrypt.checkpw(raw[:MAX_BYTES], hash_) and len(raw) <= MAX_BYTES


@cache
def _common() -> frozenset[str]:
    """Common passwords, from the list that comes with the authenticator."""
    text = (resources.files("nativeauthenticator") / "common-credentials.txt").read_text(encoding="utf-8")
    return frozenset(line.casefold() for line in text.splitlines())
