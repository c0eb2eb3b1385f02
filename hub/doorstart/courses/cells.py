"""The text of a unit: ``unit.<language>.md``, Jupytext Markdown, to cells with complete nbgrader metadata.

A cell ends at a code fence or at two empty lines, or stands between ``<!-- #region … -->`` and
``<!-- #endregion -->``. The metadata of a cell names what differs from nbgrader's defaults, for example
``nbgrader={"grade_id": "line-total", "solution": true}``; the rest is filled in here.

Of the task ``line-total``, the cells are, in this order:

- ``line-total-text`` (locked Markdown): the task in words;
- ``line-total`` (solution): first the *starter*, which is all that a learner gets; then, between the lines
  ``### BEGIN SOLUTION`` and ``### END SOLUTION``, the reference solution, which replaces the whole starter.
  A gap to fill in is ``____`` with four lines: IPython gives ``___`` a meaning (an earlier output);
- ``line-total-check…`` (graded code): the checks; hidden ones between ``### BEGIN HIDDEN TESTS`` and
  ``### END HIDDEN TESTS``. A task of kind ``text`` has none: its solution cell is Markdown and carries the points.

A cell with ``include="name"`` stands for the cells of ``courses/shared/name.<language>.md``, one with ``glossary=true``
for the table of the unit's words. In a language that is not the course's first, code cells are empty: they have the
``grade_id`` or the ``example`` of one of the first language, and get its code (:mod:`doorstart.courses.translation`).
"""

from __future__ import annotations

import ast
import copy
import re
from functools import lru_cache
from pathlib import Path
from typing import Any, NoReturn

import jupytext
from nbformat import NotebookNode

from doorstart.courses.format import CourseError, Language, Task, Unit, read_course, read_glossary
from doorstart.courses.translation import FILE, Texts
from doorstart.names import HIDDEN_TESTS

SCHEMA_VERSION = 3
DEFAULTS = {"grade": False, "locked": False, "schema_version": SCHEMA_VERSION, "solution": False, "task": False}
GRADE_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}\Z")
SOLUTION = re.compile(r"^[^\n]*### BEGIN SOLUTION\n(.*?)^[^\n]*### END SOLUTION(?:\n|\Z)", re.MULTILINE | re.DOTALL)
GLOSSARY_HEAD: dict[Language, str] = {
    "en": "| Word | Meaning |",
    "nl": "| Woord | Betekenis |",
    "fr": "| Mot | Signification |",
    "de": "| Wort | Bedeutung |",
}
GAP = re.compile(r"\n+(?=[^\n]*### BEGIN SOLUTION)")
HIDDEN = re.compile(rf"^[^\n]*{HIDDEN_TESTS[0]}\n.*?^[^\n]*{HIDDEN_TESTS[1]}(?:\n|\Z)", re.MULTILINE | re.DOTALL)


def read_cells(folder: Path, unit: Unit, language: Language) -> list[NotebookNode]:
    """The cells of the unit in ``folder``, as nbgrader's *source* notebook has them, checked.

    Raises:
        CourseError: the text is missing, or something in it breaks a rule of this module; names file and line.
    """
    file = folder / f"unit.{language}.md"
    reader = _Reader(folder.resolve(), language, read_course(folder.resolve().parents[1]).languages[0])
    cells = reader.read(folder.resolve(), "unit")
    seen: set[str] = set()
    for number, cell in enumerate(cells, start=1):
        _complete(cell, file)
        name = grade_id(cell)
        if name and name in seen:
            raise CourseError(
                file, _line(file, name), f"the grade_id {name!r} is used twice; give this cell another one"
            )
        seen.add(name)
        # The id is made from the place, never drawn at random: the same input gives the same bytes.
        cell["id"] = name or f"cell-{number:02d}"
    by_id = {grade_id(cell): cell for cell in cells if grade_id(cell)}
    for task in unit.tasks:
        _check_task(task, by_id, file)
    points = sum(cell.metadata.nbgrader.get("points", 0) for cell in by_id.values())
    if points != unit.points:
        raise CourseError(file, "", f"its cells give {points} points, but the tasks in unit.toml have {unit.points}")
    return cells


def grade_id(cell: NotebookNode) -> str:
    """nbgrader's name of the cell, or "" if it has none."""
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def is_solution(cell: NotebookNode) -> bool:
    """Whether the cell is one in which the learner answers."""
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def starter(source: str) -> str:
    """What the learner gets of a solution cell with this source."""
    return SOLUTION.sub("", source)


def solution(source: str) -> str:
    """The reference solution in a solution cell with this source."""
    match = SOLUTION.search(source)
    return match.group(1).rstrip("\n") if match else ""


def without_hidden(source: str) -> str:
    """What the learner gets of a cell of checks with this source."""
    return HIDDEN.sub("", source)


class _Reader:
    """Reads a unit's text, and the shared cells that it includes, in one language."""

    def __init__(self, folder: Path, language: Language, base: Language) -> None:
        self._folder, self._language, self._base = folder, language, base
        self._shared = folder.parents[2] / "shared"

    def read(self, folder: Path, name: str) -> list[NotebookNode]:
        """The cells of ``<folder>/<name>.<language>.md``, with the code that they share with the first language."""
        file = folder / f"{name}.{self._language}.md"
        cells = _parse(file)
        if self._language != self._base:
            self._share(cells, file, _parse(folder / f"{name}.{self._base}.md"), Texts(folder / FILE, self._base))
        result: list[NotebookNode] = []
        for cell in cells:
            if include := cell.metadata.get("include"):
                result += self.read(self._shared, include)
                continue
            if cell.metadata.pop("glossary", False):
                cell.source = glossary_table(self._folder, self._language)
            cell.metadata.pop("example", None)
            result.append(cell)
        return result

    def _share(self, cells: list[NotebookNode], file: Path, base: list[NotebookNode], texts: Texts) -> None:
        ours, theirs = [_key(cell) for cell in cells], [_key(cell) for cell in base]
        if ours != theirs:
            place = next((n for n, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b), len(ours))
            one, other = (" ".join((keys[place:] or [("the end", "")])[0]).strip() for keys in (ours, theirs))
            where = _line(file, ours[place][1] or cells[place].source[:80]) if place < len(cells) else ""
            why = f"its cells are not those of {self._base}: cell {place + 1} is {one}, and there it is {other}"
            raise CourseError(file, where, why)
        for cell, original in zip(cells, base, strict=True):
            if cell.cell_type != "code":
                continue
            if cell.source.strip():
                why = f"this code stands in {self._base} already; leave the cell empty: {cell.source.splitlines()[0]}"
                raise CourseError(file, _line(file, cell.source.splitlines()[0]), why)
            cell.source, cell.metadata = texts.code(original.source, self._language), original.metadata


def glossary_table(folder: Path, language: Language) -> str:
    """The words of the unit in ``folder`` as a Markdown table, in alphabetical order."""
    words = sorted(read_glossary(folder, language).values(), key=lambda word: word.word.casefold())
    if not words:
        raise CourseError(
            folder / f"glossary.{language}.toml", "", "the file is missing or empty; add the unit's words"
        )
    head = GLOSSARY_HEAD[language]
    return "\n".join([head, "|---|---|", *(f"| {word.word} | {word.meaning} |" for word in words)])


def is_glossary(source: str) -> bool:
    """Whether a Markdown cell is a unit's table of words."""
    return source.startswith(tuple(GLOSSARY_HEAD.values()))


def _key(cell: NotebookNode) -> tuple[str, str]:
    """What a cell has in common in all languages."""
    metadata = cell.metadata
    name = grade_id(cell) or metadata.get("example") or metadata.get("include") or str(metadata.get("glossary", ""))
    return cell.cell_type, name


@lru_cache(maxsize=64)
def _read(text: str) -> list[NotebookNode]:
    """The cells of a Markdown text, for reading only: each language needs those of the first, and shared cells."""
    cells: list[NotebookNode] = jupytext.reads(text, fmt="md").cells
    return cells


def _parse(file: Path) -> list[NotebookNode]:
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise CourseError(file, "", "the file is missing; write it, or take the language off course.toml") from None
    cells = copy.deepcopy(_read(text))
    for cell in cells:
        cell.metadata.pop("lines_to_next_cell", None)
        if broken := cell.metadata.get("incorrectly_encoded_metadata"):
            raise CourseError(file, _line(file, broken), f"this is not key=JSON metadata: {broken}")
    return cells


def _complete(cell: NotebookNode, file: Path) -> None:
    """Fill in what the author may leave out, and protect all text: a stray key must not delete the lesson."""
    cell.metadata["deletable"] = False
    # A formatter puts empty lines before the marker; a learner would get them at the end of the starter.
    cell.source = GAP.sub("\n", cell.source)
    given: dict[str, Any] | None = cell.metadata.get("nbgrader")
    if given is None:
        if cell.cell_type == "markdown":
            cell.metadata["editable"] = False
        return
    name = given.get("grade_id", "")
    if unknown := given.keys() - DEFAULTS.keys() - {"grade_id", "points"}:
        raise CourseError(file, _line(file, name), f"nbgrader metadata has no key {min(unknown)!r}")
    if not GRADE_ID.match(name):
        raise CourseError(file, _line(file, name), f"the grade_id {name!r} must be letters, digits, - and _ only")
    meta = NotebookNode({**DEFAULTS, **given})  # type: ignore[no-untyped-call]
    if meta.grade and "points" not in meta:
        raise CourseError(file, _line(file, name), f'the graded cell {name!r} has no points; add "points": 1')
    meta.locked = meta.locked or (meta.grade and not meta.solution)
    cell.metadata["nbgrader"] = meta


def _check_task(task: Task, by_id: dict[str, NotebookNode], file: Path) -> None:
    def fail(name: str, why: str) -> NoReturn:
        raise CourseError(file, _line(file, name), f"task {task.id}: {why}")

    text, answer = by_id.get(f"{task.id}-text"), by_id.get(task.id)
    checks = [cell for name, cell in by_id.items() if name.startswith(f"{task.id}-check")]
    if text is None or text.cell_type != "markdown" or not text.metadata.nbgrader.locked:
        fail(task.id, f'it needs a locked Markdown cell with the grade_id "{task.id}-text"')
    if not re.search(rf"\({task.points} p[ou]", text.source, re.IGNORECASE):
        fail(task.id, f'its text must say "({task.points} points)", as unit.toml does')
    if answer is None or not is_solution(answer):
        fail(task.id, f'it needs a cell with the grade_id "{task.id}" and "solution": true')
    if not solution(answer.source):
        fail(task.id, "its solution cell has no lines between ### BEGIN SOLUTION and ### END SOLUTION")
    if task.kind == "text":
        if answer.cell_type != "markdown" or answer.metadata.nbgrader.get("points") != task.points:
            fail(task.id, f'its solution cell must be Markdown with "grade": true and "points": {task.points}')
        return
    points = sum(cell.metadata.nbgrader.get("points", 0) for cell in checks)
    if points != task.points:
        fail(task.id, f"its checks give {points} points, but unit.toml says {task.points}")
    if not any(HIDDEN.search(cell.source) for cell in checks):
        fail(f"{task.id}-check", f"it has no hidden check between {HIDDEN_TESTS[0]} and {HIDDEN_TESTS[1]}")
    sources = [(task.id, starter(answer.source)), (task.id, solution(answer.source))]
    sources += [(grade_id(cell), cell.source) for cell in checks]
    for name, source in sources:
        try:
            ast.parse(source)
        except SyntaxError as error:
            fail(name, f"this is not valid Python: {error.msg}: {(error.text or '').strip()}")
    if not any(_checks_something(without_hidden(cell.source)) for cell in checks):
        fail(f"{task.id}-check", "it has no visible check that the learner can run")


def _checks_something(source: str) -> bool:
    """Whether there is an ``assert``, or a call that begins with ``check``."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assert):
            return True
        called = node.func if isinstance(node, ast.Call) else None
        while isinstance(called, ast.Attribute | ast.Call):
            called = called.func if isinstance(called, ast.Call) else called.value
        if isinstance(called, ast.Name) and called.id == "check":
            return True
    return False


def _line(file: Path, needle: str) -> int | str:
    """The line on which ``needle`` last stands between quotes (a grade_id) or as it is; "" if it does not."""
    lines = file.read_text(encoding="utf-8").splitlines()
    found = [n for n, line in enumerate(lines, 1) if f'"{needle}"' in line or (len(needle) > 40 and needle in line)]
    return found[-1] if needle and found else ""
