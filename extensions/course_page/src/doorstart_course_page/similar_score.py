"""Which submissions of a unit have more in common than chance explains. Says where to look; decides nothing.

What everybody was given counts for nothing: fingerprints of the released notebook and of the reference solution are
taken away, as with the base files of Moss (Schleimer, Wilkerson and Aiken 2003, section 5). What is left counts the
more, the fewer submissions have it: a fingerprint that ``d`` of ``n`` have weighs log2((n + 1) / d), the information
that one of them has it (K. Spärck Jones, *A statistical interpretation of term specificity*, Journal of Documentation
28, 1972). So short right answers, which all look alike, weigh next to nothing however alike they are.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from doorstart_course_page.similar_tokens import code_tokens, prose_tokens
from doorstart_course_page.similar_winnow import CODE, WORDS, Print, fingerprints

LEAST_WEIGHT = 20.0
"""Bits that two submissions must share to be shown; chosen with the corpus of ``tests/bench/similar.py``."""
LEAST_SHARE = 0.4
"""Part of the rare passages of the smaller submission that they must share; chosen with the same."""
MOST_PER_TASK = 9.0
"""Bits that the code of one task can count for. To a short task there are few answers, right ones and mistakes: two
learners who make the same mistake once have no more in common than that, however long the program."""
FEW = 0.5
"""Part of the submissions that may have a passage which counts; three in a small class."""
MOST_TEXT = 200_000
"""Characters of one submission that are looked at."""
MOST_PRINTS = 20_000
"""Fingerprints of one submission; with them, the time and memory that a comparison takes has a limit."""
MOST_CELLS = 2_000


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that a learner can write into."""

    notebook: str
    name: str
    """nbgrader's ``grade_id``, or "" if the learner added the cell."""
    code: bool
    source: str
    task: str = ""
    """The task that it belongs to: its own name, or that of the cell above which the learner was given."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a passage stands."""

    cell: int
    """Number of the cell in the submission, from 0."""
    start: int
    end: int
    """Characters of the cell."""
    task: str | None
    """The task whose code it is; None for words."""


Prints = Mapping[int, tuple[Place, ...]]
"""The fingerprints of a submission, each with all its places."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two submissions that have something in common."""

    first: str
    second: str
    """Learners, in alphabetical order."""
    weight: float
    """Bits that they share."""
    share: float
    """Part of the rare passages of the smaller submission, from 0 to 1."""
    common: frozenset[int]
    """The fingerprints that they share, that were not given to everybody, and that few others have."""

    @property
    def is_flagged(self) -> bool:
        """Whether a person should have a look."""
        return self.weight >= LEAST_WEIGHT and self.share >= LEAST_SHARE


def prints_of(cells: Collection[Cell]) -> dict[int, tuple[Place, ...]]:
    """The fingerprints of a submission. What is beyond the limits is not looked at."""
    found: dict[int, list[Place]] = {}
    left = MOST_TEXT
    for number, cell in enumerate(cells):
        if number >= MOST_CELLS or left <= 0 or len(found) >= MOST_PRINTS:
            break
        for one in _prints(cell, cell.source[:left]):
            task = cell.task if one.grain is CODE else None
            found.setdefault(one.hash, []).append(Place(number, one.start, one.end, task))
        left -= len(cell.source)
    return {key: tuple(places) for key, places in found.items()}


def pairs(works: Mapping[str, Prints], given: Collection[int]) -> list[Pair]:
    """All pairs that share a rare passage, the most alike first.

    Args:
        works: the fingerprints of each learner's submission.
        given: those of what everybody was given.
    """
    without = set(given)
    own = {learner: prints.keys() - without for learner, prints in works.items()}
    spread = Counter(one for prints in own.values() for one in prints)
    few = max(3, FEW * len(own))
    weights = {one: _weight(count, len(own)) if count <= few else 0.0 for one, count in spread.items()}
    holders: dict[int, list[str]] = {}
    for learner in sorted(own):
        for one in own[learner]:
            if spread[one] > 1 and weights[one] > 0:
                holders.setdefault(one, []).append(learner)
    common: dict[tuple[str, str], set[int]] = {}
    for one, learners in holders.items():
        for pair in combinations(learners, 2):
            common.setdefault(pair, set()).add(one)
    totals = {learner: _capped(prints, works[learner], weights) for learner, prints in own.items()}
    found = []
    for (first, second), shared in common.items():
        # Whoever puts all answers into one cell makes the tasks of one submission look like one.
        weight = max(_capped(shared, works[first], weights), _capped(shared, works[second], weights))
        smaller = min(totals[first], totals[second])
        found.append(Pair(first, second, weight, min(1.0, weight / smaller), frozenset(shared)))
    return sorted(found, key=lambda pair: (-pair.weight * pair.share, pair.first, pair.second))


def _capped(prints: Collection[int], work: Prints, weights: Mapping[int, float]) -> float:
    """The weight of these fingerprints, of each task at most :data:`MOST_PER_TASK`."""
    tasks: dict[str | None, float] = {}
    for one in prints:
        task = work[one][0].task
        tasks[task] = tasks.get(task, 0.0) + weights[one]
    return math.fsum(weight if task is None else min(weight, MOST_PER_TASK) for task, weight in tasks.items())


def _weight(count: int, submissions: int) -> float:
    # That two have it is what is looked for, so it must not weigh less than what only one has.
    return max(0.0, math.log2((submissions + 1) / max(2, count)))


def _prints(cell: Cell, source: str) -> Iterator[Print]:
    if not cell.code:
        yield from fingerprints(prose_tokens(source), WORDS)
        return
    code, words = code_tokens(source)
    yield from fingerprints(code, CODE)
    yield from fingerprints(words, WORDS)
