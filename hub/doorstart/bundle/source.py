"""Where an import has a bundle from: a folder with all of it, or a registry from which only what is missing is fetched.

Where it is from says nothing about whether it counts: :mod:`doorstart.bundle.verify` proves both in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from doorstart.bundle import verify
from doorstart.bundle.verify import Verified

Say = Callable[[str], None]
"""Told what is being done."""


class Source(Protocol):
    """A bundle that is to be imported.

    Attributes:
        folder: Where its files are, as far as they are there.
        whole: Whether all files are there, and none has to be fetched.
    """

    @property
    def folder(self) -> Path: ...
    @property
    def whole(self) -> bool: ...

    def open(self, say: Say) -> None:
        """Have in the folder what :func:`doorstart.bundle.verify.authenticate` reads.

        Raises:
            BundleError: it cannot be had.
        """

    def fetch(self, verified: Verified, names: Sequence[str], say: Say) -> None:
        """Have files in the folder, each of them as it was signed.

        Args:
            verified: The bundle, whose signatures hold.
            names: The files that the site needs.
            say: Told what is being done.

        Raises:
            RefusedError: a file is missing or differs in a byte.
            BundleError: it cannot be had now.
        """

    def discard(self) -> None:
        """Remove what was fetched: it was imported, or refused."""


class Stick:
    """A folder with all of a bundle.

    Args:
        folder: The bundle's.
    """

    whole = True

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def open(self, say: Say) -> None:
        """Nothing: the files are there."""

    def fetch(self, verified: Verified, names: Sequence[str], say: Say) -> None:
        """Check every file, also what this site needs not: a damaged stick is to be found where it is damaged.

        Raises:
            RefusedError: a file is missing or differs in a byte.
        """
        verify.check_files(self.folder, verified, say)

    def discard(self) -> None:
        """Nothing: the stick stays as it is."""
