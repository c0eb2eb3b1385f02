"""Comparing the submissions of a unit: what the job ``compare`` does, in its process.

Whatever a submission is, the server goes on, and the job ends: :func:`limit_process`.
"""

from __future__ import annotations

import hashlib
import resource
import signal
from collections.abc import Mapping
from typing import Any, NoReturn, Protocol

from doorstart_course_page import similar_kept, similar_numbers, similar_score
from doorstart_course_page.similar_kept import Finding
from doorstart_course_page.similar_numbers import Sign
from doorstart_course_page.similar_read import Work, digest_of_given, digests_of, given, work_of
from doorstart_course_page.similar_score import Pair, Prints
from doorstart_exchange_client.wire import VARIANT_FILE
from doorstart_grading import master
from doorstart_grading.course import Course
from doorstart_grading.printed import printed
from doorstart_grading.reading import UnreadableError, content_of
from doorstart_grading.submission import notebooks_of

METHOD = "1"
"""Another one whenever the same submissions may give another result."""
MOST_FOUND = 200
"""Pairs that are kept: nobody looks at more, and if there are so many, they all have the same source."""
MOST_COMMON = 2_000
"""Fingerprints that are kept of a pair."""
SECONDS = 300
"""Processor time that a comparison may take."""
SECONDS_TO_END = 10
"""Processor time after that, to say that it took too long."""
MEMORY = 2 * 1024**3
"""Bytes of address space that it may take."""


class TooLongError(Exception):
    """A comparison took more than :data:`SECONDS`."""


class Teller(Protocol):
    """Is told how far a comparison is."""

    def total(self, count: int) -> None:
        """So many submissions."""

    def step(self) -> None:
        """One of them was read."""


def compare(course: Course, unit: str, tell: Teller) -> list[Finding]:
    """Compare all submissions of a unit that were collected, and keep what is found.

    Until that is there, the last result stays. If it is from the same submissions, nothing is compared.

    Raises:
        MissingEntry: the gradebook does not know the unit.
        TooLongError: in a process with limits.
        MemoryError: in a process with limits.
    """
    with course.gradebook() as gradebook:
        last = similar_kept.results(gradebook).get(unit)
    digests = digests_of(course, unit)
    if last is not None and last.inputs == inputs_of(course, unit, digests):
        return list(last.found)
    tell.total(len(digests))
    works: dict[str, Work] = {}
    prints: dict[str, Prints] = {}
    for learner in digests:
        works[learner] = work_of(course, unit, learner)
        prints[learner] = similar_score.prints_of(works[learner].cells)
        tell.step()
    inputs = inputs_of(course, unit, {learner: work.digest for learner, work in works.items()})
    shared = similar_score.prints_of(given(course, unit))
    pairs = similar_score.pairs(prints, shared.keys())
    found = findings(pairs, signs_of(course, unit, works), works)
    with course.gradebook() as gradebook:
        similar_kept.keep(gradebook, unit, inputs, len(works), found)
    return found


def limit_process() -> None:
    """Limit the memory and processor time of this process, for good: for one that compares and does nothing else."""
    signal.signal(signal.SIGXCPU, _take_too_long)
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + SECONDS_TO_END))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _take_too_long(*_: Any) -> NoReturn:
    signal.signal(signal.SIGXCPU, signal.SIG_IGN)  # it comes each second, and once is enough
    raise TooLongError(f"more than {SECONDS} seconds of processor time")


def findings(pairs: list[Pair], signs: list[Sign], works: Mapping[str, Work]) -> list[Finding]:
    """The pairs that a person should look at: first those with another's numbers, then the most alike."""
    by_pair: dict[tuple[str, str], list[Sign]] = {}
    for sign in signs:
        first, second = sorted((sign.holder, sign.owner))
        by_pair.setdefault((first, second), []).append(sign)
    known = {(pair.first, pair.second): pair for pair in pairs}
    order = [*by_pair, *(key for key, pair in known.items() if pair.is_flagged and key not in by_pair)]
    nothing = Pair("", "", 0.0, 0.0, frozenset())
    return [
        Finding(
            *key,
            share=round(known.get(key, nothing).share, 4),
            common=tuple(sorted(known.get(key, nothing).common)[:MOST_COMMON]),
            inputs=inputs_of_pair(works[key[0]], works[key[1]]),
            signs=tuple((sign.kind, sign.holder, sign.numbers) for sign in by_pair.get(key, [])),
        )
        for key in order[:MOST_FOUND]
    ]


def signs_of(course: Course, unit: str, works: Mapping[str, Work]) -> list[Sign]:
    """Whose own numbers are in whose submission."""
    names = sorted(notebooks_of(course.coursedir, unit))
    locked = [
        (cell.name, cell.released or cell.source)
        for name in names
        for cell in master.load(course.coursedir, unit, name).cells
        if cell.keeps_source and cell.cell_type == "code" and not cell.is_check
    ]
    tasks = similar_numbers.own_numbers(locked)
    seeds = {learner: seed for learner, work in works.items() if (seed := _seed(work))} if tasks else {}
    shown = {
        learner: {name: text for path in works[learner].notebooks.values() for name, text in printed(path).items()}
        for learner in seeds
    }
    typed = {learner: "\n".join(cell.source for cell in works[learner].cells) for learner in seeds}
    everybodys = "\n".join(cell.source for cell in given(course, unit)) if tasks else ""
    return similar_numbers.signs(tasks, seeds, shown, typed, everybodys)


def inputs_of(course: Course, unit: str, digests: Mapping[str, str]) -> str:
    """Of all that a comparison is made from: if it is the same, comparing again is for nothing.

    Args:
        course: whose.
        unit: which.
        digests: of the files of each learner's submission.
    """
    said = repr((METHOD, digest_of_given(course, unit), sorted(digests.items())))
    return hashlib.sha256(said.encode()).hexdigest()


def inputs_of_pair(first: Work, second: Work) -> str:
    """Of two submissions."""
    return hashlib.sha256(f"{first.digest}{second.digest}".encode()).hexdigest()


def _seed(work: Work) -> str:
    for path in work.notebooks.values():
        try:
            text = content_of(path.parent / VARIANT_FILE).decode("utf-8", "replace")
        except UnreadableError:
            return ""
        return text.split("\n")[0].strip()
    return ""
