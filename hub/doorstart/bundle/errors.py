"""What can be wrong with a bundle, a key or the site that it is for."""

from __future__ import annotations

from typing import Literal

Reason = Literal[
    "no-trust",
    "no-bundle",
    "signatures",
    "changed",
    "missing",
    "expired",
    "rollback",
    "mixed",
    "lacking",
    "disk",
    "format",
]
"""Why a bundle is refused, in a word; `docs/sticks.md` has a table of them for people."""


class BundleError(Exception):
    """A command about keys or bundles cannot be done. The message says what happened, why, and what to do."""


class RefusedError(BundleError):
    """A bundle is refused, and the site is as it was.

    Args:
        reason: why, in a word.
        message: why, in sentences, and what to do.
    """

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason
