"""What a notebook of an assignment is like: the instructor's version, which every submission is held against.

What a cell is worth and what a check says come from the gradebook, where ``nbgrader generate_assignment`` put them.
Their order comes from the release, or from the source if there is no release.
"""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, Notebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.nbgraderformat import SCHEMA_VERSION

from doorstart_grading.sanitise import encodable
from doorstart_grading.sentence import Sentence, sentence


@dataclass(frozen=True)
class MasterCell:
    """A cell that nbgrader has a name for."""

    name: str
    id: str
    cell_type: str
    source: str
    """All of it, with hidden tests."""
    released: str | None
    """What learners were given; None if there is no release."""
    grade: bool
    solution: bool
    task: bool
    locked: bool
    points: float
    checksum: str | None

    @property
    def is_check(self) -> bool:
        """Whether its points hang on what happens when it is run."""
        return self.grade and not self.solution and self.cell_type == "code"

    @property
    def keeps_source(self) -> bool:
        """Whether it must read as the instructor wrote it."""
        return self.locked and not self.solution

    @property
    def words(self) -> Sentence:
        """The cell, in a sentence."""
        if self.is_check:
            return sentence("check `%(name)s`", name=self.name)
        if self.solution:
            return sentence("answer `%(name)s`", name=self.name)
        if self.task:
            return sentence("task `%(name)s`", name=self.name)
        return sentence("locked cell `%(name)s`", name=self.name)

    def metadata(self) -> dict[str, Any]:
        """nbgrader's metadata, complete."""
        found: dict[str, Any] = {
            "schema_version": SCHEMA_VERSION,
            "grade": self.grade,
            "grade_id": self.name,
            "locked": self.locked,
            "solution": self.solution,
            "task": self.task,
            "cell_type": self.cell_type,
        }
        if self.grade or self.task:
            found["points"] = self.points
        if self.checksum:
            found["checksum"] = self.checksum
        return found


@dataclass(frozen=True)
class Master:
    """A notebook of an assignment."""

    cells: tuple[MasterCell, ...]
    kernelspec: dict[str, Any]
    imports: tuple[str, ...]
    """The import statements of the instructor's own notebook, one a line."""

    @cached_property
    def by_name(self) -> dict[str, MasterCell]:
        """The cells by their ``grade_id``."""
        return {cell.name: cell for cell in self.cells}


_cache: dict[tuple[str, str, str], tuple[tuple[Any, ...], Master]] = {}


def load(coursedir: CourseDirectory, assignment: str, notebook: str) -> Master:
    """The instructor's version of a notebook; read again only after the release or the source has changed.

    Raises:
        MissingEntry: the gradebook does not know the notebook.
    """
    source = _path(coursedir, coursedir.source_directory, assignment, notebook)
    release = _path(coursedir, coursedir.release_directory, assignment, notebook)
    key, state = (coursedir.db_url, assignment, notebook), (_state(source), _state(release))
    if key not in _cache or _cache[key][0] != state:
        with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
            _cache[key] = (state, _build(gradebook.find_notebook(notebook, assignment), _read(source), _read(release)))
        _cache[key] = (state, _without_own_modules(_cache[key][1], source.parent))
    return _cache[key][1]


def import_statements(sources: list[str]) -> list[str]:
    """The import statements at the top level of these cells, one a line, each once.

    IPython's own syntax is skipped. What comes from ``__future__`` is not there, as it holds for one cell only.
    """
    found: dict[str, None] = {}
    for source in sources:
        for node in _parse(source).body:
            future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
            if isinstance(node, ast.Import | ast.ImportFrom) and not future:
                found[ast.unparse(node)] = None
    return list(found)


def _path(coursedir: CourseDirectory, step: str, assignment: str, notebook: str) -> Path:
    return Path(coursedir.format_path(step, ".", assignment), f"{notebook}.ipynb")


def _state(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def _read(path: Path) -> list[dict[str, Any]]:
    """The cells of an instructor's notebook, with their text joined; none if there is no such notebook."""
    try:
        cells: list[dict[str, Any]] = json.loads(path.read_bytes())["cells"]
    except FileNotFoundError:
        return []
    return [{**cell, "source": encodable("".join(cell["source"]))} for cell in cells]


def _name(cell: dict[str, Any]) -> str:
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))


def _build(notebook: Notebook, source: list[dict[str, Any]], release: list[dict[str, Any]]) -> Master:
    grades = {cell.name: cell.max_score for cell in notebook.grade_cells}
    solutions = {cell.name for cell in notebook.solution_cells}
    tasks = {cell.name: cell.max_score for cell in notebook.task_cells}
    known = {cell.name: cell for cell in notebook.source_cells}
    released = {_name(cell): cell for cell in release if _name(cell)}
    order = [_name(cell) for cell in release or source if _name(cell) in known]
    order += sorted(known.keys() - set(order))
    cells = tuple(
        MasterCell(
            name=name,
            id=str(released.get(name, {}).get("id", name))[:64],
            cell_type=known[name].cell_type,
            source=known[name].source or "",
            released=released[name]["source"] if name in released else None,
            grade=name in grades,
            solution=name in solutions,
            task=name in tasks,
            locked=bool(known[name].locked),
            points=float(grades.get(name, tasks.get(name, 0)) or 0),
            checksum=known[name].checksum,
        )
        for name in dict.fromkeys(order)
    )
    imports = import_statements([cell["source"] for cell in source or release if cell["cell_type"] == "code"])
    return Master(cells, json.loads(notebook.kernelspec or "{}") or {}, tuple(imports))


def _without_own_modules(master: Master, folder: Path) -> Master:
    """Without imports of modules that are files of the assignment: the examiner must not run files of a submission."""
    kept = []
    for line in master.imports:
        (node,) = ast.parse(line).body
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [_module(node)]
        tops = {name.split(".")[0] for name in names}
        if not any(top == "" or (folder / top).is_dir() or (folder / f"{top}.py").exists() for top in tops):
            kept.append(line)
    return Master(master.cells, master.kernelspec, tuple(kept))


def _module(node: ast.stmt) -> str:
    assert isinstance(node, ast.ImportFrom)  # noqa: S101  import_statements() makes nothing else
    return "" if node.level else node.module or ""


def _parse(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError):
        lines = [line for line in source.split("\n") if not line.lstrip().startswith(("%", "!", "?"))]
    try:
        return ast.parse("\n".join(lines))
    except (SyntaxError, ValueError):
        return ast.Module([], [])
