"""Classes of learners who worked alone, with some who copied: what the detection of similar work is measured with.

Not a real class. There are two kinds: one unit for which honest answers were written by hand, and all units of the
courses, where an honest learner takes each task's reference solution, one of its typical wrong answers, or the
reference solution with a small mistake. Of these there are few, so honest learners agree here more often than in life.
"""

from __future__ import annotations

import ast
import random
import tomllib
from dataclasses import dataclass
from pathlib import Path

from doorstart.courses.cells import grade_id, is_solution
from doorstart.courses.check.mutants import mutants
from doorstart.courses.format import read_course, read_unit, read_wrong_answers
from doorstart.courses.reference import learner_notebook, reference_answers
from doorstart_course_page.similar_score import Cell, Pair, pairs, prints_of

from .disguises import DISGUISES, Answers

COURSES = Path(__file__).parents[4] / "courses"
HAND_WRITTEN = ("programming", "05-dictionaries")
_MISTAKES = 6
_RIGHT = 0.5


@dataclass(frozen=True)
class Classroom:
    """One unit's submissions."""

    unit: str
    given: list[tuple[bool, str]]
    """The cells of the released notebook and of the reference solution: whether it is code, and the source."""
    text_tasks: frozenset[str]
    works: dict[str, Answers]
    copies: dict[frozenset[str], str]
    """Each pair of which one copied, and how it was disguised."""


@dataclass(frozen=True)
class Unit:
    """What a classroom is made from."""

    name: str
    given: list[tuple[bool, str]]
    text_tasks: frozenset[str]
    pools: dict[str, list[str]]
    """Honest answers to each task; the first is the reference solution."""


def hand_written() -> Unit:
    """The unit with honest answers that were written by hand."""
    unit = generated(*HAND_WRITTEN)
    pools = tomllib.loads((Path(__file__).parent / "honest.toml").read_text(encoding="utf-8"))
    assert pools.keys() == unit.pools.keys() | unit.text_tasks, "honest.toml has the tasks of the unit"
    return Unit(unit.name, unit.given, unit.text_tasks, pools)


def generated(course: str, name: str) -> Unit:
    """A unit with the answers that the course itself has, and small mistakes. Without tasks that ask for a text."""
    folder = COURSES / course
    language = read_course(folder).languages[0]
    released = learner_notebook(folder / "units" / name, language)
    reference = reference_answers(folder, name, language)
    kinds = {grade_id(cell): cell.cell_type for cell in released.cells if is_solution(cell)}
    given = [(cell.cell_type == "code", cell.source) for cell in released.cells]
    given += [(kinds[task] == "code", answer) for task, answer in reference.items()]
    wrong = read_wrong_answers(folder / "units" / name, read_unit(folder / "units" / name))
    texts = frozenset(task for task, kind in kinds.items() if kind != "code")
    pools = {}
    for task, answer in reference.items():
        if task not in texts:
            changed = [one.source for one in mutants(answer)] if _parses(answer) else []
            picked = random.Random(f"{name}/{task}").sample(changed, min(_MISTAKES, len(changed)))  # noqa: S311  # a class, not a secret
            pools[task] = [answer, *(one.answer for one in wrong.get(task, [])), *picked]
    return Unit(f"{course}/{name}", given, texts, pools)


def all_units() -> list[Unit]:
    """All units of all courses."""
    return [
        generated(course.parent.name, unit)
        for course in sorted(COURSES.glob("*/course.toml"))
        for unit in read_course(course.parent).units
    ]


def classroom(unit: Unit, size: int, copiers: int, seed: int, part: float = 1.0) -> Classroom:
    """A class in which the last ``copiers`` took ``part`` of the tasks from one who worked alone.

    Args:
        unit: what they worked on.
        size: number of learners.
        copiers: how many of them copied, each from somebody else, with the disguises in turn.
        seed: another one, another class.
        part: of the tasks, the larger ones first.
    """
    chance = random.Random(f"{unit.name}/{size}/{seed}")  # noqa: S311  # a class, not a secret
    works = {f"learner{n:02d}": _honest(unit, n, chance) for n in range(size)}
    names = sorted(works)
    copies: dict[frozenset[str], str] = {}
    disguises = list(DISGUISES)
    for number in range(copiers):
        source, copier = names[number], names[size - 1 - number]
        disguise = disguises[(number + seed) % len(disguises)]
        tasks = sorted(works[source], key=lambda task: -len(works[source][task][0]))
        taken = tasks[: max(1, round(part * len(tasks)))]
        works[copier] |= DISGUISES[disguise]({task: works[source][task] for task in taken}, chance)
        copies[frozenset((source, copier))] = disguise
    return Classroom(unit.name, unit.given, unit.text_tasks, works, copies)


def _honest(unit: Unit, number: int, chance: random.Random) -> Answers:
    if unit.text_tasks & unit.pools.keys():
        # Written by hand: everybody has a text of their own, and of the other tasks one of the answers.
        texts = {task: [unit.pools[task][number % len(unit.pools[task])]] for task in unit.text_tasks}
        return {task: [chance.choice(pool)] for task, pool in unit.pools.items()} | texts
    return {task: [pool[0] if chance.random() < _RIGHT else chance.choice(pool)] for task, pool in unit.pools.items()}


def _parses(source: str) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


def found_in(room: Classroom) -> list[Pair]:
    """The pairs of a class that would be shown to its instructor."""
    given = prints_of([Cell("work", "", is_code, source) for is_code, source in room.given])
    works = {
        learner: prints_of(
            [
                Cell("work", task, task not in room.text_tasks, source, task)
                for task, cells in answers.items()
                for source in cells
            ]
        )
        for learner, answers in room.works.items()
    }
    return [pair for pair in pairs(works, given) if pair.is_flagged]
