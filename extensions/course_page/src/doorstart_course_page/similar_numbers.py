"""Numbers of one's own in another's submission: who has them got them from there.

Each learner has other numbers in some tasks (``doorstart_checks.variant``). The site knows whose they are: the seed is
in the file that collecting puts beside a submission. What numbers a seed gives is read off the released notebook;
nothing of it is run, and nothing that a learner wrote is taken for more than text.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from doorstart_checks import Variant
from doorstart_course_page.similar_tokens import LONGEST_TEXT

LEAST_DIGITS = 3
"""Digits that a number must have to count by itself: smaller ones are often the same by chance."""
LEAST_NUMBERS = 2
"""How many numbers of another's must be there: one alone may be chance, in a class of thirty."""

_NUMBER = re.compile(r"(?<![\w.,])\d{1,12}(?:[.,]\d{1,6})?(?![\w])")
_METHODS = ("whole", "money", "one_of", "some_of", "shuffled")
_LOOPS = (ast.comprehension, ast.Lambda, ast.IfExp, ast.BoolOp)


@dataclass(frozen=True)
class Draw:
    """One of the numbers of a task, as the notebook asks for it."""

    method: str
    arguments: tuple[Any, ...]
    is_seen: bool
    """Whether the learner sees this very number, not one that is made from it."""


@dataclass(frozen=True)
class OwnNumbers:
    """The numbers of one task."""

    task: str
    cell: str
    """Name of the cell that makes them, and shows them."""
    draws: tuple[Draw, ...]

    def of(self, seed: str) -> list[Decimal]:
        """The learner's with this seed; what is no number is left out."""
        stream = Variant(seed, self.task)
        values = [(getattr(stream, draw.method)(*draw.arguments), draw.is_seen) for draw in self.draws]
        return [Decimal(value) for value, is_seen in values if is_seen and isinstance(value, int | Decimal)]


@dataclass(frozen=True)
class Sign:
    """Another's numbers in a submission."""

    kind: Literal["shown", "typed"]
    """``shown`` below the cell that makes them, or ``typed`` into an answer."""
    holder: str
    """In whose submission they are."""
    owner: str
    """Whose they are."""
    numbers: tuple[str, ...]


def own_numbers(cells: Sequence[tuple[str, str]]) -> list[OwnNumbers]:
    """The tasks with numbers of one's own.

    Args:
        cells: names and sources of the cells of code that learners cannot change.
    """
    return [found for name, source in cells for found in _in_cell(name, source) if found.draws]


def signs(
    tasks: Sequence[OwnNumbers],
    seeds: Mapping[str, str],
    shown: Mapping[str, Mapping[str, str]],
    typed: Mapping[str, str],
    given: str,
) -> list[Sign]:
    """Whose numbers are in whose submission.

    Args:
        tasks: those of the unit.
        seeds: of each learner with a submission.
        shown: for each learner the text below each cell, by its name.
        typed: all that the learner wrote.
        given: all that everybody was given.
    """
    everybodys = numbers_in(given)
    own = {learner: [(task, task.of(seed)) for task in tasks] for learner, seed in seeds.items()}
    found = []
    for holder in sorted(seeds):
        mine = {value for _, values in own[holder] for value in values}
        written = numbers_in(typed.get(holder, "")) - everybodys - mine
        below = {name: numbers_in(text) for name, text in shown.get(holder, {}).items()}
        for owner in sorted(seeds.keys() - {holder}):
            if seeds[owner] == seeds[holder]:
                continue
            for task, values in own[owner]:
                others = set(values) - mine
                if len(values) >= LEAST_NUMBERS and others and set(values) <= below.get(task.cell, set()):
                    found.append(Sign("shown", holder, owner, _said(values)))
            theirs = [value for _, values in own[owner] for value in values if _digits(value) >= LEAST_DIGITS]
            both = written & set(theirs)
            if len(both) >= LEAST_NUMBERS:
                found.append(Sign("typed", holder, owner, _said(sorted(both))))
    return found


def numbers_in(text: str) -> set[Decimal]:
    """The numbers that are written in a text, with a point or a comma."""
    found = set()
    for match in _NUMBER.finditer(text[: 4 * LONGEST_TEXT]):
        try:
            found.add(Decimal(match.group().replace(",", ".")))
        except InvalidOperation:  # pragma: no cover  # the expression lets no such text through
            continue
    return found


def _in_cell(name: str, source: str) -> Iterator[OwnNumbers]:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    streams: dict[str, tuple[str, list[Draw]]] = {}
    for statement in tree.body:
        match statement:
            case ast.Assign(
                targets=[ast.Name(id=stream)],
                value=ast.Call(func=ast.Name(id="variant"), args=[ast.Constant(value=str(task))]),
            ):
                streams[stream] = (task, [])
            case _ if not _take(statement, streams):
                break  # from here on, it cannot be read off which numbers are drawn
    for task, draws in streams.values():
        yield OwnNumbers(task, name, tuple(draws))


def _take(statement: ast.stmt, streams: Mapping[str, tuple[str, list[Draw]]]) -> bool:
    """Note what a statement draws, in order; False if that depends on more than the notebook's text."""
    if not any(isinstance(node, ast.Name) and node.id in streams for node in ast.walk(statement)):
        return True
    if not isinstance(statement, ast.Assign | ast.Expr):
        return False
    as_it_is = {id(node) for node in _as_it_is(statement.value)}
    for call in _calls(statement.value):
        match call.func:
            case ast.Attribute(value=ast.Name(id=stream), attr=method) if stream in streams:
                try:
                    arguments = tuple(ast.literal_eval(one) for one in call.args)
                except ValueError:
                    return False
                if method not in _METHODS or call.keywords:
                    return False
                streams[stream][1].append(Draw(method, arguments, id(call) in as_it_is))
    return not any(isinstance(node, _LOOPS) for node in ast.walk(statement))


def _as_it_is(value: ast.expr) -> list[ast.expr]:
    """The parts of an expression whose values are seen unchanged: in a tuple, or printed."""
    match value:
        case ast.Tuple(elts=parts) | ast.Call(func=ast.Name(id="print"), args=parts):
            return list(parts)
    return [value]


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    """All calls, in the order in which Python makes them."""
    for child in ast.iter_child_nodes(node):
        yield from _calls(child)
    if isinstance(node, ast.Call):
        yield node


def _digits(value: Decimal) -> int:
    return len(value.normalize().as_tuple().digits)


def _said(values: Sequence[Decimal]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(value) for value in values))
