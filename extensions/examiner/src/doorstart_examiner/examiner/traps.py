"""What in a test cell works in a notebook and cannot work in the examiner, found in the source beforehand.

Only what can be seen in the text. A course's own answers, graded, show the rest: ``doorstart course check`` does both.
"""

from __future__ import annotations

import ast
import builtins
import importlib.util
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

_SHELL = re.compile(r"^\s*(%|!|\?)|^\s*\w[\w.]*\?\??\s*$|=\s*(%\w|!)", re.MULTILINE)
_OF_IPYTHON = frozenset({"_", "__", "___", "_i", "_ii", "_iii", "_ih", "_oh", "_dh", "In", "Out"})
_SOURCES = frozenset({"getsource", "getsourcelines", "getsourcefile", "findsource", "getcomments"})
_CLOCKS = frozenset({"time", "perf_counter", "monotonic", "process_time", "time_ns", "perf_counter_ns"})
_PATCHERS = frozenset({"mock", "patch", "monkeypatch", "unittest"})
_CARRIED = frozenset({"builtins.input", "sys.stdin", "sys.stdout", "sys.stderr"})
"""What a test can replace so that the learner's code notices."""


@dataclass(frozen=True)
class Trap:
    """Something that does not work, or proves nothing.

    Attributes:
        cell: which of the cells, from 0.
        line: of the cell, from 1.
        level: an ``error`` does not work; a ``warning`` works, and does not say what the author may think.
        reason: what, why, and what to do instead.
    """

    cell: int
    line: int
    level: Literal["error", "warning"]
    reason: str


def traps(cells: Sequence[tuple[str, str]]) -> list[Trap]:
    """All traps in the test cells of a notebook.

    Args:
        cells: kind, ``learner`` or ``test``, and source; in order. Of learner cells, those with the author's answers.
    """
    learner = _Learner()
    for index, (kind, source) in enumerate(cells):
        if kind == "learner":
            learner.read(index, source)
    found: list[Trap] = []
    before: set[str] = set()
    for index, (kind, source) in enumerate(cells):
        if kind == "test":
            found += _Test(index, source, learner, before).traps()
    return sorted(found, key=lambda trap: (trap.cell, trap.line))


class _Learner:
    """What the learner's cells define and read."""

    def __init__(self) -> None:
        self.defined: dict[str, int] = {}
        """Names, and the last cell that defines them."""
        self.classes: set[str] = set()
        self.imported: set[str] = set()
        self.read_in_functions: set[str] = set()

    def read(self, index: int, source: str) -> None:
        tree = _parsed(source)
        if tree is None:
            return
        for name in _stored(tree):
            self.defined[name] = index
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                self.classes.add(node.name)
            elif isinstance(node, ast.Import | ast.ImportFrom):
                self.imported |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                self.read_in_functions |= _free_names(node)


class _Test:
    """Looks at one test cell."""

    def __init__(self, index: int, source: str, learner: _Learner, before: set[str]) -> None:
        self._index = index
        self._source = source
        self._learner = learner
        self._before = before
        self._found: list[Trap] = []

    def traps(self) -> list[Trap]:
        """Its traps. The names that it defines are added to those of the test cells before it."""
        try:
            tree = ast.parse(self._source)
        except SyntaxError as error:
            self._not_python(error)
            return self._found
        self._awaits(tree)
        own = set(_stored(tree)) | _imports(tree)
        self._names(tree, own)
        for node in ast.walk(tree):
            match node:
                case ast.Call():
                    self._call(node)
                case ast.ClassDef():
                    self._class(node, own)
                case ast.ImportFrom():
                    self._wildcard(node)
                case ast.Assert(test=ast.Compare(left=left, comparators=[right])):
                    self._expected(left, right)
                case ast.Assign(targets=targets):
                    for target in targets:
                        self._replaced(target)
        self._after_the_call(tree)
        self._before |= own
        return self._found

    def _add(self, node: ast.AST | int, reason: str, level: Literal["error", "warning"] = "error") -> None:
        line = node if isinstance(node, int) else getattr(node, "lineno", 1)
        trap = Trap(self._index, line, level, reason)
        if trap not in self._found:
            self._found.append(trap)

    def _not_python(self, error: SyntaxError) -> None:
        shell = _SHELL.search(self._source)
        if shell:
            line = self._source.count("\n", 0, shell.start()) + 1
            line += len(shell[0]) - len(shell[0].lstrip("\n"))
            self._add(
                line, "IPython's commands (% and !) do not run in a test: write it in Python, or put it into a cell."
            )
        else:
            self._add(error.lineno or 1, f"This is not Python: {error.msg}.")

    def _awaits(self, tree: ast.Module) -> None:
        for node in _outside_functions(tree):
            if isinstance(node, ast.Await | ast.AsyncFor | ast.AsyncWith):
                self._add(
                    node, "A test cannot await: let the learner's code do it in a function that returns the result."
                )

    def _names(self, tree: ast.Module, own: set[str]) -> None:
        learner = self._learner
        for node in ast.walk(tree):
            if not isinstance(node, ast.Name):
                continue
            name = node.id
            if isinstance(node.ctx, ast.Load):
                if name in own or (name in self._before and learner.defined.get(name, -1) < self._index):
                    self._redefined(node, own)
                elif name in vars(builtins) and name in learner.defined:
                    self._add(
                        node,
                        f"In a test, {name} is Python's own and not the learner's: give the learner's another name.",
                    )
                elif name == "get_ipython":
                    self._add(node, "There is no IPython in a test: get_ipython() does not work there.")
                elif name in _OF_IPYTHON:
                    self._add(
                        node, f"{name} of IPython is not there in a test: give the value a name in the learner's cell."
                    )
        for name in sorted(own - _imports(tree)):
            if name in learner.read_in_functions and name not in vars(builtins):
                line = next(
                    (n.lineno for n in _outside_functions(tree) if isinstance(n, ast.Name) and n.id == name
                     and isinstance(n.ctx, ast.Store)), None,
                )  # fmt: skip
                if line is not None:
                    self._add(
                        line,
                        f"The test gives {name} a value, and a function of the learner's reads {name}: it does not see "
                        "this value. Pass it as an argument, or let the learner's code set it.",
                    )

    def _redefined(self, node: ast.Name, own: set[str]) -> None:
        defined = self._learner.defined.get(node.id)
        if node.id not in own and defined is not None and defined < self._index and node.id in self._before:
            self._add(
                node,
                f"{node.id} was defined in an earlier test cell, and that is what a test gets, not the learner's. Give "
                "names in tests that no learner's cell has, such as got, expected or case_….",
            )

    def _call(self, node: ast.Call) -> None:
        name = _dotted(node.func)
        last = name.rpartition(".")[2]
        first = _dotted(node.args[0]) if node.args else ""
        if name in ("globals", "locals") or (name == "vars" and not node.args):
            self._add(node, f"{name}() in a test does not have the learner's names: use the name itself.")
        elif last in _SOURCES and first.partition(".")[0] in self._learner.defined:
            self._add(node, f"The source of {first} is not there in a test: check what it does, not how it is written.")
        elif last in ("patch", "setattr", "object") and name.partition(".")[0] in _PATCHERS:
            self._patch(node, last)
        elif last in _CLOCKS and name.partition(".")[0] in ("time", last):
            self._add(
                node,
                "Time is measured here with the way between examiner and learner kernel, and on a "
                "busy machine: a check of "
                "it fails by chance. Count steps instead, or use sizes at which a slow way takes far too long.",
                "warning",
            )

    def _patch(self, node: ast.Call, kind: str) -> None:
        target = node.args[0] if node.args else None
        if isinstance(target, ast.Constant) and isinstance(target.value, str):
            name = target.value
        elif kind in ("object", "setattr") and len(node.args) > 1 and isinstance(node.args[1], ast.Constant):
            name = f"{_dotted(node.args[0])}.{node.args[1].value!s}"
        else:
            return
        if name not in _CARRIED:
            self._add(
                node,
                f"Replacing {name} in a test changes nothing for the learner's code, which runs "
                f"elsewhere. Only input(), "
                "sys.stdin, sys.stdout and sys.stderr can be replaced; pass anything else as an argument.",
            )

    def _replaced(self, target: ast.expr) -> None:
        if not isinstance(target, ast.Attribute):
            return
        name = _dotted(target)
        module = name.rpartition(".")[0]
        if module in sys.stdlib_module_names and name not in _CARRIED:
            self._add(
                target, f"Replacing {name} in a test changes nothing for the learner's code, which runs elsewhere."
            )

    def _class(self, node: ast.ClassDef, own: set[str]) -> None:
        for base in node.bases:
            name = _dotted(base).partition(".")[0]
            if name in self._learner.classes and name not in own - {node.name}:
                self._add(
                    node,
                    f"A test cannot make a subclass of {name}, which is the learner's: put the "
                    f"subclass into a cell of its "
                    "own, before the test.",
                )

    def _wildcard(self, node: ast.ImportFrom) -> None:
        if node.names[0].name == "*" and not _is_installed(node.module or ""):
            self._add(
                node, f"A test cannot import * from {node.module}, which lies beside the notebook: name what it needs."
            )

    def _expected(self, left: ast.expr, right: ast.expr) -> None:
        sides = [self._learners_names(left), self._learners_names(right)]
        if all(sides):
            name = sorted(sides[1])[0]
            self._add(
                right,
                f"What is expected comes from the learner's code ({name}) like what is compared with "
                f"it: whoever makes both "
                "equal passes. Write what is expected as plain data.",
                "warning",
            )

    def _learners_names(self, node: ast.expr) -> set[str]:
        names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
        return {name for name in names if name in self._learner.defined and name not in self._before} - (
            self._learner.imported | set(vars(builtins))
        )

    def _after_the_call(self, tree: ast.Module) -> None:
        """``f(data) == sorted(data)``: the call may have changed what the expected value is computed from."""
        passed: dict[str, int] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _dotted(node.func).partition(".")[0] in self._learner.defined:
                for argument in node.args:
                    if isinstance(argument, ast.Name):
                        passed.setdefault(argument.id, node.lineno)
        for node in ast.walk(tree):
            if not isinstance(node, ast.Compare) or len(node.comparators) != 1:
                continue
            for call in ast.walk(node.comparators[0]):
                if not isinstance(call, ast.Call):
                    continue
                names = [_dotted(argument) for argument in call.args]
                changed = [name for name in names if name in passed and passed[name] <= node.lineno]
                if changed and _dotted(call.func).partition(".")[0] not in self._learner.defined:
                    self._add(
                        node,
                        f"What is expected is computed from {changed[0]} after the learner's code had it, and may have "
                        "changed it. Compute it before the call, from a copy.",
                        "warning",
                    )


def _parsed(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except SyntaxError:
        pass
    try:
        from IPython.core.inputtransformer2 import TransformerManager

        return ast.parse(TransformerManager().transform_cell(source))  # type: ignore[no-untyped-call]
    except (ImportError, SyntaxError):
        return None


def _outside_functions(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            yield from _outside_functions(node)


def _stored(tree: ast.Module) -> list[str]:
    """Names that a cell defines, in its namespace."""
    names = []
    for node in _outside_functions(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names.append(name)
            case ast.Name(id=name, ctx=ast.Store()):
                names.append(name)
    return names


def _imports(tree: ast.Module) -> set[str]:
    return {
        alias.asname or alias.name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }


def _free_names(function: ast.AST) -> set[str]:
    loaded: set[str] = set()
    bound: set[str] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Name):
            (loaded if isinstance(node.ctx, ast.Load) else bound).add(node.id)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
    return loaded - bound


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return ""


def _is_installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module.partition(".")[0]) is not None
    except (ImportError, ValueError):
        return False
