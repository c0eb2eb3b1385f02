"""Two submissions side by side: their cells as pieces of plain text, some of which are in both."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from doorstart_course_page.similar_score import Cell, Place, Prints

LONGEST_SHOWN = 20_000
"""Characters of a cell that are shown."""


@dataclass(frozen=True)
class Piece:
    """A part of a cell."""

    text: str
    common: bool


@dataclass(frozen=True)
class Shown:
    """A cell, to be shown."""

    task: str
    """The name of the task, as the notebook has it."""
    pieces: tuple[Piece, ...]
    is_cut: bool

    @property
    def has_common(self) -> bool:
        """Whether a part of it is in the other submission."""
        return any(piece.common for piece in self.pieces)


def passages(cells: Sequence[Cell], prints: Prints, common: Collection[int]) -> list[Shown]:
    """The cells of a submission, with what it has in common with another one.

    Args:
        cells: of the submission.
        prints: its fingerprints.
        common: those that the other one has too, and not everybody.
    """
    places: dict[int, list[Place]] = {}
    for one in common:
        for place in prints.get(one, ()):
            places.setdefault(place.cell, []).append(place)
    return [
        Shown(
            cell.task.rpartition("/")[2], _pieces(cell.source, places.get(number, [])), len(cell.source) > LONGEST_SHOWN
        )
        for number, cell in enumerate(cells)
    ]


def _pieces(source: str, places: list[Place]) -> tuple[Piece, ...]:
    text, pieces, at = source[:LONGEST_SHOWN], [], 0
    for start, end in _joined(places):
        start, end = min(start, len(text)), min(end, len(text))
        pieces += [Piece(text[at:start], False), Piece(text[start:end], True)]
        at = end
    pieces.append(Piece(text[at:], False))
    return tuple(piece for piece in pieces if piece.text)


def _joined(places: list[Place]) -> list[tuple[int, int]]:
    """The places in order, those that overlap as one."""
    joined: list[tuple[int, int]] = []
    for place in sorted(places, key=lambda one: (one.start, one.end)):
        if joined and place.start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], place.end))
        else:
            joined.append((place.start, place.end))
    return joined
