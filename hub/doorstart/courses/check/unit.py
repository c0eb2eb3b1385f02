"""One unit: is it right in all its languages, and do its checks notice mistakes?"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from doorstart.courses.build import source_notebook
from doorstart.courses.cells import grade_id, is_solution, without_hidden
from doorstart.courses.check import reading
from doorstart.courses.check.findings import Finding
from doorstart.courses.check.mutants import mutants
from doorstart.courses.data import data_files
from doorstart.courses.format import (
    CourseError,
    Language,
    Task,
    Unit,
    WrongAnswer,
    read_course,
    read_unit,
    read_wrong_answers,
)
from doorstart.courses.reference import fill_in, learner_notebook, reference_answers
from doorstart.courses.translation import FILE, Texts
from doorstart.exchange.errors import BadArchive
from doorstart.exchange.filenames import ALLOWED_TYPES, NameRules
from doorstart.names import HIDDEN_TESTS

Answer = dict[str, Any]
Files = Mapping[str, bytes]
GradeAll = Callable[[Sequence[tuple[Answer, Files]]], list[Answer]]
"""Grading jobs with their files in, their answers out, in their order; see :mod:`doorstart.courses.check.graders`."""

NOTEBOOK_SECONDS = 20.0
NOTEBOOK_BYTES = 400 * 1024 * 1024
FREE_NAMES, FREE_PREFIX = ("got", "expected"), "case_"
"""Names that checks may give values to."""
_LIMITS = {"cell_seconds": 20, "test_seconds": 20}
_SHORT_LIMITS = {"cell_seconds": 3, "test_seconds": 5}
_PROBE_SECONDS = 300
# An author who is online does not notice that the notebook asks for something; a learner would.
_OFFLINE = """
import sys as _sys
def _refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
        raise PermissionError(f"the notebook asks for something outside: {event}{arguments[-1:]}")
_sys.addaudithook(_refuse)
"""


@dataclass
class UnitReport:
    """What came of one unit's check.

    Attributes:
        id: the unit's.
        languages: in which it was checked.
        tasks: how many it has.
        mutants: changes of reference solutions that change what they do.
        killed: those that lose points.
        same: changes for which no call was found that tells them from the reference.
        findings: what is not right.
    """

    id: str
    languages: list[Language]
    tasks: int = 0
    mutants: int = 0
    killed: int = 0
    same: int = 0
    findings: list[Finding] = field(default_factory=list)

    def _is_ok(self, about: str) -> bool:
        return not any(one.kind == "error" and one.about in ("source", about) for one in self.findings)

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "id": self.id,
            "tasks": self.tasks,
            "reference_ok": self._is_ok("reference"),
            "untouched_ok": self._is_ok("untouched"),
            "wrong_answers_ok": self._is_ok("wrong answer"),
            "mutants": self.mutants,
            "killed": self.killed,
            "findings": [one.plain() for one in self.findings],
        }

    def stored(self) -> dict[str, Any]:
        """All of it, for :meth:`restored`."""
        return asdict(self)

    @classmethod
    def restored(cls, content: dict[str, Any]) -> UnitReport:
        """What :meth:`stored` gave."""
        return cls(**{**content, "findings": [Finding(**one) for one in content["findings"]]})


def check_unit(
    course: Path, name: str, grade_all: GradeAll, languages: Sequence[Language] = (), mutate: bool = True
) -> UnitReport:
    """What is wrong with one unit of a course.

    Args:
        course: the course's folder.
        name: the unit's id.
        grade_all: grades.
        languages: those to look at; all of the course's by default. Mutants are made of the first only.
        mutate: whether to make mutants, which takes most of the time.
    """
    offered = read_course(course).languages
    report = UnitReport(name, list(languages or offered))
    try:
        texts = [_Text(course, name, language, offered[0]) for language in report.languages]
    except CourseError as error:
        report.findings.append(Finding("error", "source", name, report.languages[0], "", str(error)))
        return report
    report.tasks = len(texts[0].unit.tasks)
    report.findings += texts[0].traps()
    report.findings += reading.findings(course, name, {text.language: text.source for text in texts})
    trials = [trial for text in texts for trial in text.trials()]
    answers = grade_all([trial.job for trial in trials])
    for trial, answer in zip(trials, answers, strict=True):
        report.findings += trial.judge(answer)
    if mutate and report._is_ok("reference"):
        _mutate(report, texts[0], grade_all)
    return report


@dataclass(frozen=True)
class _Trial:
    """A notebook to grade, and what is to be said of the answer."""

    job: tuple[Answer, Files]
    judge: Callable[[Answer], Iterator[Finding]]


class _Text:
    """A unit in one language."""

    def __init__(self, course: Path, name: str, language: Language, base: Language) -> None:
        folder = course / "units" / name
        self.name, self.language = name, language
        self.unit: Unit = read_unit(folder)
        self.wrong = read_wrong_answers(folder, self.unit)
        self.source = source_notebook(folder, language)
        self.untouched = learner_notebook(folder, language)
        self.files: Files = {f"data/{file}": content for file, content in data_files(folder, language).items()}
        self.right = reference_answers(course, name, language)
        self._texts, self._base = Texts(folder / FILE, base), base
        self._imports = [line for cell in _code(self.source) for line in _imports(cell.source)]

    def find(self, about: Any, cell: NotebookNode | str, text: str, kind: Any = "error") -> Finding:
        return Finding(kind, about, self.name, self.language, cell if isinstance(cell, str) else grade_id(cell), text)

    def traps(self) -> Iterator[Finding]:
        """What cannot work in the examiner, and names in checks that may be the learner's own."""
        from doorstart_examiner.examiner.traps import traps

        cells = _code(self.source)
        for cell in filter(_is_test, cells):
            for name in sorted(_bound(cell.source)):
                if name not in FREE_NAMES and not name.startswith(FREE_PREFIX):
                    why = f"the check gives a value to {name}, which may be a name of the learner's; use case_{name}"
                    yield self.find("source", cell, why)
        for trap in traps([("test" if _is_test(cell) else "learner", cell.source) for cell in cells]):
            yield self.find("reference", cells[trap.cell], f"line {trap.line}: {trap.reason}", trap.level)

    def trials(self) -> Iterator[_Trial]:
        """The notebooks that every language is tried with."""
        solved = fill_in(self.source, self.right)
        yield _Trial(self.job(_code(solved)), lambda answer: self._all_pass(_code(solved), answer))
        own = [_plain_cell(_OFFLINE), *_code(solved)]
        yield _Trial(self.job(own, apart=False), lambda answer: self._own_notebook(own, answer))
        yield _Trial(self.job(_code(self._with_hidden())), self._untouched)
        # Wrong answers to different tasks share a notebook: tasks do not depend on each other.
        for entries in zip_longest(*self.wrong.values()):
            chosen = {task: entry for task, entry in zip(self.wrong, entries, strict=True) if entry}
            cells = _code(fill_in(self.source, {**self.right, **{task: e.answer for task, e in chosen.items()}}))
            yield _Trial(self.job(cells), lambda answer, c=cells, w=chosen: self._wrong(c, w, answer))  # type: ignore[misc]

    def job(
        self, cells: Sequence[NotebookNode], *, apart: bool = True, limits: Mapping[str, float] = _LIMITS
    ) -> tuple[Answer, Files]:
        """The grading job of these cells; with ``apart``, their checks run in the examiner."""
        described = [
            {"kind": "test", "source": cell.source}
            if apart and _is_test(cell)
            else {"kind": "learner", "source": without_hidden(cell.source)}
            for cell in cells
        ]
        job = {"version": 1, "cells": described, "imports": self._imports, "hidden": list(HIDDEN_TESTS)}
        return {**job, "limits": dict(limits)}, self.files

    def _with_hidden(self) -> NotebookNode:
        """The untouched unit as it is graded: nbgrader puts the hidden tests back."""
        answers = {grade_id(cell): cell.source for cell in self.untouched.cells if is_solution(cell)}
        return fill_in(self.source, answers)

    def _all_pass(self, cells: list[NotebookNode], answer: Answer) -> Iterator[Finding]:
        for cell, result in zip(cells, answer["cells"], strict=True):
            if result["kind"] == "test" and result["status"] != "passed":
                yield self.find("reference", cell, f"the reference solution fails: {said(result)}")
            elif result["kind"] == "learner" and result["status"] != "ok":
                yield self.find("reference", cell, f"with the reference solution, this cell fails: {said(result)}")

    def _own_notebook(self, cells: list[NotebookNode], answer: Answer) -> Iterator[Finding]:
        """The checks that a learner sees, run as the learner runs them."""
        for cell, result in zip(cells, answer["cells"], strict=True):
            if result["status"] != "ok":
                yield self.find("reference", cell, f"in the learner's own notebook: {said(result)}")
        usage = answer.get("usage", {})
        if usage.get("seconds", 0) > NOTEBOOK_SECONDS:
            text = f"the notebook runs for {usage['seconds']:.0f} seconds; {NOTEBOOK_SECONDS:.0f} are allowed"
            yield self.find("cost", "", text)
        if usage.get("peak_bytes", 0) > NOTEBOOK_BYTES:
            peak = usage["peak_bytes"] // 2**20
            yield self.find("cost", "", f"the notebook takes {peak} MB; {NOTEBOOK_BYTES // 2**20} are allowed")
        yield from self._handing_in(answer.get("files", []))

    def _handing_in(self, files: list[str]) -> Iterator[Finding]:
        """What the notebook writes lies in its folder when the learner hands that in: the exchange must take it."""
        rules = NameRules(ALLOWED_TYPES)
        for file in files:
            if any(part == "__pycache__" or part.startswith(".") for part in file.split("/")):
                continue  # It stays behind.
            try:
                rules.file(file.encode())
            except BadArchive as error:
                yield self.find("reference", "", f"the notebook cannot be handed in: {error}")

    def _untouched(self, answer: Answer) -> Iterator[Finding]:
        for cell, result in zip(_code(self.source), answer["cells"], strict=True):
            if result["kind"] == "test" and result["status"] == "passed":
                points = cell.metadata.nbgrader.points
                yield self.find("untouched", cell, f"the untouched unit gets {points} of these points")
        handed_out = "\n".join(cell.source for cell in self.untouched.cells)
        for task, solution in self.right.items():
            if solution.strip() and solution.strip() in handed_out:
                yield self.find("untouched", task, "the learner's copy contains the reference solution")
        if any(mark in handed_out for mark in HIDDEN_TESTS):
            yield self.find("untouched", "", "the learner's copy contains hidden tests")

    def _wrong(self, cells: list[NotebookNode], chosen: dict[str, WrongAnswer], answer: Answer) -> Iterator[Finding]:
        points = {task.id: task.points for task in self.unit.tasks}
        results = list(zip(cells, answer["cells"], strict=True))
        for task, entry in chosen.items():
            lost = [(cell, result) for cell, result in results if _is_lost(cell, result, task)]
            got = points[task] - sum(cell.metadata.nbgrader.points for cell, _ in lost)
            if got != entry.score:
                why = f" ({said(lost[0][1])})" if lost else ""
                text = f"the wrong answer {entry.name!r} gets {got} points, not {entry.score}{why}"
                yield self.find("wrong answer", task, text)
            message = " ".join((said(lost[0][1]) if lost else "").split())
            if not any(" ".join(wanted.split()) in message for wanted in self._says(entry)):
                yield self.find("wrong answer", task, f"the wrong answer {entry.name!r} is told: {message}")

    def _says(self, entry: WrongAnswer) -> list[str]:
        """What the message must hold one of: a part of the author's text may stand in several texts."""
        if not isinstance(entry.says, str):
            return [entry.says.get(self.language, "")]
        if self.language == self._base:
            return [entry.says]
        return self._texts.holding(entry.says, self.language)


def _mutate(report: UnitReport, text: _Text, grade_all: GradeAll) -> None:
    """Changes the reference solutions, and counts those changes that lose points."""
    cells = _code(fill_in(text.source, text.right))
    spared = {(one.task, one.change) for one in text.unit.spared}
    for task in text.unit.tasks:
        if task.kind == "text":
            continue
        found = [one for one in mutants(text.right[task.id]) if (task.id, one.change) not in spared]
        jobs = [text.job(_cells_of(task, cells, one.source), limits=_SHORT_LIMITS) for one in found]
        answers = grade_all(jobs)
        alive = [one for one, answer in zip(found, answers, strict=True) if all(map(_has_passed, answer["cells"]))]
        shown = _probe(text, task, cells, [one.source for one in alive])
        report.killed += len(found) - len(alive)
        report.mutants += len(found) - shown.count(None)
        report.same += shown.count(None)
        for one, difference in zip(alive, shown, strict=True):
            if difference is not None:
                why = f"no check notices this change: {one.change}; {difference}"
                report.findings.append(text.find("mutant", task.id, why, "warning"))


def _cells_of(task: Task, cells: list[NotebookNode], answer: str) -> list[NotebookNode]:
    """The cells up to the task's last check, with this answer to it, and without the checks of other tasks."""
    last = max(place for place, cell in enumerate(cells) if _is_check_of(cell, task.id))
    kept = [cell for cell in cells[: last + 1] if not _is_test(cell) or _is_check_of(cell, task.id)]
    return [NotebookNode({**cell, "source": answer}) if grade_id(cell) == task.id else cell for cell in kept]  # type: ignore[no-untyped-call]


def _probe(text: _Text, task: Task, cells: list[NotebookNode], changed: list[str]) -> list[str | None]:
    """For each changed solution, a call that tells it from the reference; None where none was found."""
    if not changed:
        return []
    place = next(n for n, cell in enumerate(cells) if grade_id(cell) == task.id)
    request = {
        "before": [cell.source for cell in cells[:place] if not _is_test(cell)],
        "solution": text.right[task.id],
        "checks": [cell.source for cell in cells if _is_check_of(cell, task.id)],
        "mutants": changed,
    }
    with tempfile.TemporaryDirectory() as folder:
        for name, content in text.files.items():
            (Path(folder) / name).parent.mkdir(exist_ok=True)
            (Path(folder) / name).write_bytes(content)
        # Safe path: files of the unit are not to be imported.
        command = [sys.executable, "-P", "-m", "doorstart.courses.check.probe"]
        done = subprocess.run(
            command,
            input=json.dumps(request),
            capture_output=True,
            text=True,
            cwd=folder,
            timeout=_PROBE_SECONDS,
            check=False,
        )
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or [f"it ended with {done.returncode}"]
        return [f"what it changes could not be found out: {last[0]}"] * len(changed)
    answer: list[str | None] = json.loads(done.stdout)
    return answer


def said(result: Mapping[str, Any]) -> str:
    """All that is said of a check that failed, or of a cell, in one text."""
    check = result.get("check") or {}
    learner, instructor = check.get("learner", {}), check.get("instructor", {})
    told = [instructor.get(key) for key in ("called", "came_back", "expected", "message", "error")]
    told += [learner.get("message"), learner.get("next_step"), result.get("message")]
    told += [output["evalue"] for output in result.get("outputs", []) if output["output_type"] == "error"]
    return "; ".join(dict.fromkeys(str(text) for text in told if text)) or str(result["status"])


def _code(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _plain_cell(source: str) -> NotebookNode:
    return NotebookNode({"cell_type": "code", "source": source, "metadata": NotebookNode()})  # type: ignore[no-untyped-call]


def _is_test(cell: NotebookNode) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("grade")) and not is_solution(cell)


def _is_check_of(cell: NotebookNode, task: str) -> bool:
    return _is_test(cell) and grade_id(cell).startswith(f"{task}-check")


def _is_lost(cell: NotebookNode, result: Answer, task: str) -> bool:
    return _is_check_of(cell, task) and not _has_passed(result)


def _has_passed(result: Answer) -> bool:
    return bool(result["kind"] != "test" or result["status"] == "passed")


def _bound(source: str) -> set[str]:
    """The names that this code gives a value to in the notebook: not those inside functions and comprehensions."""
    found: set[str] = set()
    todo: list[ast.AST] = [ast.parse(source)]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif not isinstance(node, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            todo += ast.iter_child_nodes(node)
    return found


def _imports(source: str) -> list[str]:
    return [ast.unparse(node) for node in ast.parse(source).body if isinstance(node, ast.Import | ast.ImportFrom)]
