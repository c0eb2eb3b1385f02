"""How much of one notebook is shown. What a single text, picture or table may be is for the module that cleans it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Budget:
    """What is left for all that one notebook shows: none of it may take a browser, or the grading, too long."""

    characters: int = 2_000_000
    """Of texts and markup."""
    tags: int = 60_000
    image_bytes: int = 20_000_000
    markdown: int = 500_000
    """Characters to be read as Markdown."""
    code: int = 1_000_000
    """Characters of code to be coloured."""

    def take(self, what: str, amount: int) -> bool:
        """Take ``amount`` of ``what``; False and nothing taken if there is less."""
        left = getattr(self, what)
        if amount > left:
            return False
        setattr(self, what, left - amount)
        return True
