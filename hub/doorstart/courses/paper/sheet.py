"""What stands on the paper of a unit, in order, without how it looks.

A learner's sheet never holds a reference solution or a hidden check, so no template can print one by mistake.
"""

from __future__ import annotations

import ast
import csv
import io
import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from nbformat import NotebookNode

from doorstart.courses.cells import grade_id, is_glossary, is_solution, solution, starter, without_hidden
from doorstart.courses.paper.listing import GAP
from doorstart.courses.paper.trace import Trace, on_paper, output_lines, own_numbers, worked_example
from doorstart.names import HIDDEN_TESTS

MOST_ROWS, FIRST_ROWS = 40, 12
"""A data file with more rows than the first is printed up to the second."""
FEWEST_LINES, MOST_LINES = 6, 22
"""Of room for an answer."""
WORDS_ON_A_LINE = 8
MARKER = re.compile(rf"^[^\n]*(?:{'|'.join(HIDDEN_TESTS)})[^\n]*\n?", re.MULTILINE)
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Prose:
    """A part of the text, in Markdown."""

    kind: ClassVar = "prose"
    markdown: str
    is_glossary: bool = False


@dataclass(frozen=True)
class Example:
    """Code to read, with room for what it shows, ``lines`` lines, and for each number of one's own that it makes."""

    kind: ClassVar = "example"
    code: str
    lines: int
    own_numbers: list[str]


@dataclass(frozen=True)
class Call:
    """A call that a visible check makes, to be done by hand.

    ``expected`` is Python code, the name of an error, or printed text; ``verb`` says which.
    """

    call: str
    verb: Literal["gives", "raises", "prints"]
    expected: str


@dataclass(frozen=True)
class Check:
    """A cell of checks, for the teacher."""

    name: str
    points: int
    hidden: bool
    code: str


@dataclass
class Task:
    """A task: what is asked, and room for the answer. Only the teacher's copy has ``solution`` and ``checks``."""

    kind: ClassVar = "task"
    id: str
    parts: list[Prose | Example] = field(default_factory=list)
    in_words: bool = False
    starter: str = ""
    lines: int = 0
    by_hand: list[Call] = field(default_factory=list)
    points: int = 0
    solution: str = ""
    checks: list[Check] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The task's heading, without the points."""
        found = next(
            (match for part in self.parts if isinstance(part, Prose) for match in HEADING.findall(part.markdown)), ""
        )
        return re.sub(r"\s*\([^()]*\)\s*\Z", "", str(found)) or self.id

    @property
    def has_gaps(self) -> bool:
        """Whether the answer goes into gaps."""
        return bool(GAP.search(self.starter))


@dataclass(frozen=True)
class Table:
    """A data file. ``more`` rows of it are not printed."""

    file: str
    head: list[str]
    rows: list[list[str]]
    more: int


@dataclass(frozen=True)
class Sheet:
    """All that is printed of a unit, in order: the parts, the data, and the page to trace code by hand."""

    title: str
    parts: list[Prose | Example | Task]
    data: list[Table]
    trace: Trace | None

    @property
    def tasks(self) -> list[Task]:
        """The tasks, without the lesson between them."""
        return [part for part in self.parts if isinstance(part, Task)]


def read_sheet(notebook: NotebookNode, data: Mapping[str, bytes], *, solutions: bool) -> Sheet:
    """What to print of a source notebook.

    A cell with the metadata ``paper: false`` is left out; one with ``trace: true`` is taken for the trace table.

    Args:
        notebook: the source notebook.
        data: the data files by name.
        solutions: for the teacher.
    """
    cells = [cell for cell in notebook.cells if cell.metadata.get("paper", True)]
    tasks = {grade_id(cell): Task(grade_id(cell)) for cell in cells if is_solution(cell)}
    parts: list[Prose | Example | Task] = []
    by_hand = _by_hand(cells)
    unanswered: Task | None = None
    for cell in cells:
        task = _task_of(cell, tasks)
        if task is None:
            # What stands between a task's text and its answer belongs to the task.
            (unanswered.parts if unanswered else parts).extend(_lesson(cell, by_hand))
            continue
        if task not in parts:
            parts.append(task)
            unanswered = task
        if is_solution(cell):
            unanswered = None
        _add(task, cell, solutions=solutions)
    return Sheet(str(notebook.metadata.get("title", "")), parts, [*_tables(data)], _trace(cells, by_hand))


def _task_of(cell: NotebookNode, tasks: Mapping[str, Task]) -> Task | None:
    name = grade_id(cell)
    if name in tasks:  # before the next: a task's own name may end in -text
        return tasks[name]
    if name.removesuffix("-text") in tasks:
        return tasks[name.removesuffix("-text")]
    if not cell.metadata.get("nbgrader", {}).get("grade"):
        return None
    # The longest, as one task's name may begin with that of another.
    owner = max((task for task in tasks if name.startswith(f"{task}-check")), key=len, default="")
    return tasks.get(owner)


def _lesson(cell: NotebookNode, by_hand: Collection[str] = ()) -> Iterator[Prose | Example]:
    source = starter(without_hidden(cell.source)).strip("\n")
    if not source.strip():
        return
    if cell.cell_type == "markdown":
        yield Prose(source, is_glossary(source))
    elif cell.cell_type == "code":
        lines = output_lines(source) if cell.id in by_hand else 0
        yield Example(source, lines, own_numbers(source))


def _add(task: Task, cell: NotebookNode, *, solutions: bool) -> None:
    task.points += cell.metadata.nbgrader.get("points", 0)
    if is_solution(cell):
        reference = solution(cell.source)
        task.in_words = cell.cell_type == "markdown"
        task.starter = starter(cell.source).strip("\n")
        task.lines = _room(task, reference)
        task.solution = reference if solutions else ""
    elif cell.metadata.nbgrader.get("grade"):
        visible = without_hidden(cell.source)
        task.by_hand += _calls(visible)
        if solutions:
            code = MARKER.sub("", cell.source).strip("\n")
            points = cell.metadata.nbgrader.get("points", 0)
            task.checks.append(Check(grade_id(cell), points, visible != cell.source, code))
    else:
        task.parts += _lesson(cell)


def _room(task: Task, reference: str) -> int:
    """Lines of room for an answer, from the length of the reference solution, but not so that they tell it."""
    if task.in_words:
        lines = math.ceil(1.5 * len(reference.split()) / WORDS_ON_A_LINE)
    elif task.has_gaps:
        return 3
    else:
        wanted = [line.strip() for line in reference.splitlines() if line.strip()]
        given = [line.strip() for line in task.starter.splitlines() if line.strip()]
        if sorted(wanted) == sorted(given):
            return len(wanted) + 1
        lines = 2 * len(wanted)
    return max(FEWEST_LINES, min(MOST_LINES, 4 * math.ceil(lines / 4)))


def _by_hand(cells: Sequence[NotebookNode]) -> set[str]:
    """The ids of the lesson's code cells that a learner can do by hand, without files, tables or a setup's code."""
    code = [cell for cell in cells if cell.cell_type == "code" and not is_solution(cell)]
    possible = on_paper([cell.source for cell in code])
    return {cell.id for cell, yes in zip(code, possible, strict=True) if yes and not cell.metadata.get("nbgrader")}


def _trace(cells: Sequence[NotebookNode], by_hand: Collection[str]) -> Trace | None:
    chosen = [cell for cell in cells if cell.metadata.get("trace")]
    chosen = chosen or [cell for cell in cells if cell.id in by_hand]
    return worked_example([cell.source.strip("\n") for cell in chosen])


def _calls(source: str) -> Iterator[Call]:
    """The calls that visible checks make with plain values: ``check(total, [1, 2]).gives(3)``."""
    for node in ast.parse(source).body:
        if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
            continue
        outer = node.value
        if not isinstance(outer.func, ast.Attribute) or not outer.args or not isinstance(outer.func.value, ast.Call):
            continue
        inner, verb, expected = outer.func.value, outer.func.attr, outer.args[0]
        if not isinstance(inner.func, ast.Name) or inner.func.id != "check" or not inner.args:
            continue
        arguments = inner.args[1:] + [keyword.value for keyword in inner.keywords]
        if not all(_is_plain(argument) for argument in arguments) or not isinstance(inner.args[0], ast.Name):
            continue
        written = [_text(source, argument) for argument in inner.args[1:]]
        written += [f"{keyword.arg}={_text(source, keyword.value)}" for keyword in inner.keywords]
        call = f"{inner.args[0].id}({', '.join(written)})"
        if verb == "gives" and _is_plain(expected):
            yield Call(call, "gives", _text(source, expected))
        elif verb == "raises" and isinstance(expected, ast.Name):
            yield Call(call, "raises", expected.id)
        elif verb == "prints" and isinstance(expected, ast.Constant):
            yield Call(call, "prints", str(expected.value))


def _is_plain(node: ast.expr) -> bool:
    """Whether this can be read without the rest of the code: a number, a text, an amount, a list of such."""
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.UnaryOp):
        return _is_plain(node.operand)
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return all(_is_plain(item) for item in node.elts)
    if isinstance(node, ast.Dict):
        return all(key is not None and _is_plain(key) for key in node.keys) and all(map(_is_plain, node.values))
    makes = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("Decimal", "date")
    return makes and isinstance(node, ast.Call) and not node.keywords and all(map(_is_plain, node.args))


def _text(source: str, node: ast.expr) -> str:
    return " ".join((ast.get_source_segment(source, node) or "").split())


def _tables(data: Mapping[str, bytes]) -> Iterator[Table]:
    for name, content in sorted(data.items()):
        if not name.endswith(".csv"):
            continue
        text = content.decode("utf-8-sig", errors="replace")
        rows = list(csv.reader(io.StringIO(text), delimiter=";" if ";" in text.partition("\n")[0] else ","))
        if rows:
            count = len(rows) - 1 if len(rows) <= MOST_ROWS + 1 else FIRST_ROWS
            yield Table(name, rows[0], rows[1 : count + 1], len(rows) - 1 - count)
