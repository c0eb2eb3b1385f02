"""What a check of a course finds."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal


@dataclass(frozen=True)
class Finding:
    """Something in a course that is not right, or that may surprise its author.

    Attributes:
        about: which of the check's questions it answers.
        cell: the cell's grade_id, or "".
    """

    kind: Literal["error", "warning"]
    about: Literal["source", "reference", "untouched", "wrong answer", "mutant", "text", "cost"]
    unit: str
    language: str
    cell: str
    text: str

    def plain(self) -> dict[str, str]:
        """For JSON."""
        return asdict(self)

    def __str__(self) -> str:
        place = self.unit + (f" ({self.language})" if self.language else "") + (f", {self.cell}" if self.cell else "")
        return f"{place}: {self.text}"
