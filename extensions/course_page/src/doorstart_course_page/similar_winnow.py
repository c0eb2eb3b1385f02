"""Fingerprints of a row of tokens: a few hashes that two texts share whenever they share a passage.

The method is winnowing: S. Schleimer, D. S. Wilkerson, A. Aiken, *Winnowing: Local Algorithms for Document
Fingerprinting*, SIGMOD 2003, https://doi.org/10.1145/872757.872770. Of each ``WINDOW`` hashes of ``SIZE`` tokens in a
row the smallest is kept, of several the last. So a common passage of ``SIZE + WINDOW - 1`` tokens always has a common
fingerprint, and none that is shorter than ``SIZE`` has one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from doorstart_course_page.similar_tokens import Token


@dataclass(frozen=True, slots=True)
class Grain:
    """How fine the fingerprints of a kind of text are."""

    kind: str
    """Keeps the fingerprints of code and those of words apart."""
    size: int
    """Tokens that one fingerprint is made from."""
    window: int
    """Hashes of which one is kept."""


CODE = Grain("code", size=7, window=2)
WORDS = Grain("words", size=4, window=2)


@dataclass(frozen=True, slots=True)
class Print:
    """One fingerprint."""

    hash: int
    grain: Grain
    start: int
    end: int
    """Characters of the cell that it was made from."""


def fingerprints(tokens: Sequence[Token], grain: Grain) -> Iterator[Print]:
    """The fingerprints of a row of tokens; one for all of it if it is shorter than a window."""
    hashes = [_hash(grain, tokens[at : at + grain.size]) for at in range(len(tokens) - grain.size + 1)]
    chosen = -1
    for start in range(max(1, len(hashes) - grain.window + 1) if hashes else 0):
        window = hashes[start : start + grain.window]
        smallest = min(window)
        at = start + len(window) - 1 - window[::-1].index(smallest)
        if at != chosen:
            chosen = at
            yield Print(hashes[at], grain, tokens[at].start, tokens[at + grain.size - 1].end)


def _hash(grain: Grain, tokens: Sequence[Token]) -> int:
    text = "\0".join((grain.kind, *(token.text for token in tokens)))
    # The same in every process, which hash() of Python is not.
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "big")
