"""A trace table for a piece of code: the columns and rows that a learner needs to do by hand what Python does.

The code is read and not run, so the number of rows is an estimate: enough for most, and some to spare.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MOST_NAMES = 6
FEWEST_ROWS, MOST_ROWS = 6, 20
SPARE_ROWS = 2
UNKNOWN_ROUNDS = 3
"""How often a loop is taken to go round, when its list does not stand in the code."""
MOST_OUTPUT = 6
CODE_LINE, TABLE_ROW, ROOM = 4.5, 7.8, 120.0
"""Heights on paper in mm, and what the code and its table may take for a second table to fit below them."""
PLAIN_MODULES = ("calendar", "datetime", "decimal", "fractions", "math")
DEPTH = 4
"""How deep a call within a call is followed."""

Block = Sequence[ast.stmt]


@dataclass(frozen=True)
class Trace:
    """A table in which to trace ``code``: a column for each of ``names``, and ``rows`` empty rows."""

    code: str
    names: list[str]
    rows: int

    @property
    def leaves_room(self) -> bool:
        """Whether a second table fits on the page; on a page of its own it would be little on much paper."""
        return len(self.code.splitlines()) * CODE_LINE + self.rows * TABLE_ROW < ROOM


def trace(code: str) -> Trace | None:
    """The table for some code; None if there is nothing to trace: no two names get a value."""
    block = _block(code)
    names = list(dict.fromkeys(_names(block, _functions(block))))
    if len(names) < 2:
        return None
    steps = _steps(block, _Known(_functions(block), _lengths(block)), DEPTH)
    return Trace(code, names[:MOST_NAMES], max(FEWEST_ROWS, min(MOST_ROWS, steps + SPARE_ROWS)))


def worked_example(codes: Sequence[str]) -> Trace | None:
    """The table for the piece of code that has most to trace; the first of equals; None if there is none."""
    return max((found for code in codes if (found := trace(code))), key=lambda found: found.rows, default=None)


def output_lines(code: str) -> int:
    """How many lines to leave for what the code shows; 0 if it shows nothing."""
    block = _block(code)
    prints = [node for node in _walk(block) if _called(node) == "print"]
    loops = [node for node in _walk(block) if isinstance(node, ast.For | ast.While)]
    in_loops = {id(node) for loop in loops for node in ast.walk(loop) if _called(node) == "print"}
    last = bool(block) and isinstance(block[-1], ast.Expr) and _called(block[-1].value) != "print"
    return min(MOST_OUTPUT, len(prints) + len(in_loops) * (UNKNOWN_ROUNDS - 1) + last)


def on_paper(codes: Sequence[str]) -> list[bool]:
    """Which of the pieces of code, in this order, can be done by hand.

    Those cannot that read a file, import more than Python's own numbers and dates, or use a name from such a piece.
    """
    result = []
    elsewhere: set[str] = set()
    for code in codes:
        block = _block(code)
        imported = {name for node in _walk(block) for name in _imported(node)}
        calls = {_called(node) for node in _walk(block)}
        used = {node.id for node in _walk(block) if isinstance(node, ast.Name)}
        reads = "open" in calls or any(name.startswith("read_") for name in calls)
        possible = bool(block) and not (reads or imported or used & elsewhere)
        if not possible:
            made = {node.name for node in block if isinstance(node, ast.FunctionDef)}
            elsewhere |= imported | made | set(_names(block, {}))
        result.append(possible)
    return result


def own_numbers(code: str) -> list[str]:
    """The names that get a number of the learner's own, or a list of such, from ``doorstart_checks.variant``."""
    assigned = [node for node in _block(code) if isinstance(node, ast.Assign)]
    makers = {name for node in assigned if _called(node.value) == "variant" for name in _names([node], {})}
    return [
        name
        for node in assigned
        if any(_owner(part) in makers for part in _items(node.value))
        for name in _names([node], {})
    ]


def _items(node: ast.expr) -> list[ast.expr]:
    return node.elts if isinstance(node, ast.List | ast.Tuple) else [node]


def _owner(node: ast.expr) -> str:
    """Whose method is called here: ``mine`` of ``mine.whole(3, 40)``; "" if none is."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
        return node.func.value.id
    return ""


def _block(code: str) -> list[ast.stmt]:
    """The statements; none if this is not Python, for example a line of IPython."""
    try:
        return ast.parse(code).body
    except SyntaxError:
        return []


def _walk(block: Block) -> Iterator[ast.AST]:
    for node in block:
        yield from ast.walk(node)


def _imported(node: ast.AST) -> list[str]:
    """The names that an import brings, unless they come from Python's own numbers and dates."""
    if isinstance(node, ast.Import):
        return [alias.asname or alias.name for alias in node.names if alias.name not in PLAIN_MODULES]
    if isinstance(node, ast.ImportFrom) and node.module not in PLAIN_MODULES:
        return [alias.asname or alias.name for alias in node.names]
    return []


@dataclass(frozen=True)
class _Known:
    functions: dict[str, ast.FunctionDef]
    lengths: dict[str, int]


def _called(node: ast.AST) -> str:
    """The name of the function or method that is called here, or "" if nothing is."""
    if not isinstance(node, ast.Call):
        return ""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _functions(block: Block) -> dict[str, ast.FunctionDef]:
    """The functions that the code defines and also calls."""
    called = {_called(node) for node in _walk(block)}
    return {node.name: node for node in block if isinstance(node, ast.FunctionDef) and node.name in called}


def _names(nodes: Sequence[ast.AST], functions: dict[str, ast.FunctionDef]) -> Iterator[str]:
    """The names that get a value, in the order of the code."""
    for node in nodes:
        if isinstance(node, ast.FunctionDef):
            if node.name in functions:
                yield from (argument.arg for argument in node.args.args)
                yield from _names(node.body, functions)
        elif isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Store):
                yield node.id
        elif not isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp | ast.Lambda):
            yield from _names(list(ast.iter_child_nodes(node)), functions)


def _lengths(block: Block) -> dict[str, int]:
    """How many items the lists have that stand in the code under a name."""
    found: dict[str, int] = {}
    for node in block:
        if isinstance(node, ast.Assign) and (length := _length(node.value, found)) is not None:
            found.update({target.id: length for target in node.targets if isinstance(target, ast.Name)})
    return found


def _length(node: ast.expr, lengths: dict[str, int]) -> int | None:
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return len(node.elts)
    if isinstance(node, ast.Dict):
        return len(node.keys)
    if isinstance(node, ast.Name):
        return lengths.get(node.id)
    if _called(node) == "range" and isinstance(node, ast.Call):
        numbers = [part.value for part in node.args if isinstance(part, ast.Constant) and isinstance(part.value, int)]
        if 0 < len(numbers) == len(node.args) and 0 not in numbers[2:]:
            return len(range(*numbers))
    return None


def _steps(block: Block, known: _Known, depth: int) -> int:
    """About how many lines Python runs."""
    total = 0
    for node in block:
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom):
            continue
        total += 1
        if isinstance(node, ast.For):
            length = _length(node.iter, known.lengths)
            rounds = UNKNOWN_ROUNDS if length is None else length
            total += rounds * (1 + _steps(node.body, known, depth))
        elif isinstance(node, ast.While):
            total += UNKNOWN_ROUNDS * (1 + _steps(node.body, known, depth))
        elif isinstance(node, ast.If):
            total += max(_steps(node.body, known, depth), _steps(node.orelse, known, depth))
        elif isinstance(node, ast.With | ast.Try):
            total += _steps(node.body, known, depth)
        elif depth:
            calls = (known.functions.get(_called(part)) for part in ast.walk(node))
            total += sum(_steps(function.body, known, depth - 1) for function in calls if function)
    return total
