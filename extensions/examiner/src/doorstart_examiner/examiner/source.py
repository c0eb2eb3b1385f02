"""What is read from a test cell's text: hidden regions, comments to the grader, and the comparisons of its checks."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

SEEN = "__doorstart_seen__"
"""The name under which test cells call what keeps the two sides of a comparison."""
VALUE = "__doorstart_value__"
"""The name under which test cells leave the value of their last expression."""
_SHOW = re.compile(r"#\s*show:\s*(.+)", re.IGNORECASE)
_NEXT = re.compile(r"#\s*next:\s*(.+)", re.IGNORECASE)
_SYMBOLS: dict[type[ast.cmpop], str] = {
    ast.Eq: "",
    ast.Is: "",
    ast.NotEq: "not ",
    ast.IsNot: "not ",
    ast.Lt: "less than ",
    ast.LtE: "at most ",
    ast.Gt: "more than ",
    ast.GtE: "at least ",
    ast.In: "one of ",
    ast.NotIn: "none of ",
}
_PAIRS = frozenset(
    [
        "assertEqual",
        "assertEquals",
        "assertAlmostEqual",
        "assertListEqual",
        "assertDictEqual",
        "assertTupleEqual",
        "assertSetEqual",
        "assertIs",
        "assertSequenceEqual",
        "assertMultiLineEqual",
        "assertCountEqual",
        "assert_frame_equal",
        "assert_series_equal",
        "assert_index_equal",
        "assert_equal",
        "assert_allclose",
        "assert_array_equal",
        "assert_array_almost_equal",
        "assert_almost_equal",
        "isclose",
        "allclose",
        "array_equal",
    ]
)
"""Functions that compare their first two arguments."""


@dataclass
class Comparison:
    """A comparison in a check.

    Attributes:
        line, end: where.
        words: what stands before the expected value, for a comparison other than ``==``.
        expected: 0 if the left side is what is expected, 1 if the right side.
        has_message: the author gave a text to the function that compares.
    """

    line: int
    end: int
    words: str
    expected: int
    has_message: bool = False


@dataclass
class Cell:
    """A test cell, ready to be run.

    Attributes:
        lines: of its source.
        hidden: numbers of the lines in hidden regions, from 1.
        shows: by line, what the author lets the learner see besides: ``call``, ``expected``.
        nexts: by line, the author's next step.
        statements: first and last lines of its statements.
        comparisons: by the key with which they are kept.
        gives_value: whether the value of its last expression can be a score.
    """

    source: str
    name: str
    lines: list[str]
    hidden: set[int] = field(default_factory=set)
    shows: dict[int, set[str]] = field(default_factory=dict)
    nexts: dict[int, str] = field(default_factory=dict)
    statements: list[tuple[int, int]] = field(default_factory=list)
    comparisons: dict[str, Comparison] = field(default_factory=dict)
    gives_value: bool = False
    code: CodeType | None = None

    def statement(self, line: int) -> tuple[int, int]:
        """First and last line of the smallest statement that has this line."""
        around = [span for span in self.statements if span[0] <= line <= span[1]]
        return min(around, key=lambda span: span[1] - span[0], default=(line, line))

    def text(self, span: tuple[int, int]) -> str:
        """The source of some lines."""
        return "\n".join(self.lines[span[0] - 1 : span[1]])

    def is_hidden(self, span: tuple[int, int]) -> bool:
        """Whether any of these lines is in a hidden region."""
        return any(line in self.hidden for line in range(span[0], span[1] + 1))

    def shown(self, span: tuple[int, int]) -> set[str]:
        """What the author lets the learner see of a check."""
        return set().union(*(self.shows.get(line, set()) for line in range(span[0] - 1, span[1] + 1)))

    def next_step(self, span: tuple[int, int]) -> str | None:
        """The author's next step for a check."""
        return next((self.nexts[line] for line in range(span[1], span[0] - 2, -1) if line in self.nexts), None)


def read(source: str, name: str, hidden: tuple[str, str]) -> Cell:
    """Read a test cell.

    Args:
        source: its text.
        name: under which it appears in tracebacks.
        hidden: what begins and what ends a hidden region.

    Raises:
        SyntaxError: it is not Python.
        ValueError: it has characters that Python does not take.
    """
    cell = Cell(source, name, source.splitlines())
    cell.hidden = hidden_lines(cell.lines, hidden)
    _comments(cell)
    tree = ast.parse(source, name)
    cell.gives_value = gives_value(tree)
    cell.statements = [(_first_line(node), _last_line(node)) for node in ast.walk(tree) if isinstance(node, ast.stmt)]
    tree = _Rewriter(cell).visit(tree)
    if tree.body and isinstance(tree.body[-1], ast.Expr):
        last = tree.body[-1]
        target = ast.Name(VALUE, ast.Store())
        tree.body[-1] = ast.copy_location(ast.Assign([ast.copy_location(target, last)], last.value), last)
    ast.fix_missing_locations(tree)
    cell.code = compile(tree, name, "exec", dont_inherit=True)
    return cell


def hidden_lines(lines: list[str], hidden: tuple[str, str]) -> set[int]:
    """The numbers of the lines in hidden regions, from 1. A region that does not end goes to the end of the cell."""
    begin, end = hidden
    inside, found = False, set()
    for number, line in enumerate(lines, start=1):
        if begin in line:
            inside = True
        if inside:
            found.add(number)
        if end in line:
            inside = False
    return found


def _first_line(node: ast.stmt) -> int:
    return node.lineno


def _last_line(node: ast.stmt) -> int:
    # Of a loop or a function only its head: what is in it has statements of its own.
    body = getattr(node, "body", None)
    if isinstance(body, list) and body:
        return max(node.lineno, int(min(part.lineno for part in body)) - 1)
    return node.end_lineno or node.lineno


def _comments(cell: Cell) -> None:
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(cell.source).readline))
    except (tokenize.TokenError, SyntaxError):
        return
    for token in tokens:
        if token.type != tokenize.COMMENT:
            continue
        line = token.start[0]
        if show := _SHOW.match(token.string):
            cell.shows.setdefault(line, set()).update(re.split(r"[,\s]+", show[1].strip().lower()))
        elif following := _NEXT.match(token.string):
            cell.nexts[line] = following[1].strip()


class _Rewriter(ast.NodeTransformer):
    """Lets comparisons of checks keep their two sides. What they compare, and how, stays as it is."""

    def __init__(self, cell: Cell) -> None:
        self._cell = cell

    def visit_Assert(self, node: ast.Assert) -> Any:
        self.generic_visit(node)
        self._within(node.test, node)
        return node

    def visit_Call(self, node: ast.Call) -> Any:
        self.generic_visit(node)
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        if name in _PAIRS and len(node.args) >= 2 and not any(isinstance(arg, ast.Starred) for arg in node.args[:2]):
            has_message = len(node.args) == 3 or any(keyword.arg == "msg" for keyword in node.keywords)
            node.args[:2] = self._kept(node.args[0], node.args[1], "", node, has_message and name.startswith("assert"))
        return node

    def _within(self, test: ast.expr, check: ast.Assert) -> None:
        if isinstance(test, ast.BoolOp):
            for value in test.values:
                self._within(value, check)
        elif isinstance(test, ast.Compare) and len(test.ops) == 1:
            difference = _difference(test)
            if difference is not None:
                difference.left, difference.right = self._kept(difference.left, difference.right, "about ", test)
            else:
                words = _SYMBOLS[type(test.ops[0])]
                test.left, test.comparators[0] = self._kept(test.left, test.comparators[0], words, test)

    def _kept(
        self, left: ast.expr, right: ast.expr, words: str, node: ast.expr, has_message: bool = False
    ) -> tuple[ast.expr, ast.expr]:
        key = f"{len(self._cell.comparisons)} of {self._cell.name}"
        expected = 0 if words == "" and _is_literal(left) and not _is_literal(right) else 1
        end = node.end_lineno or node.lineno
        self._cell.comparisons[key] = Comparison(node.lineno, end, words, expected, has_message)
        return self._keep(left, key, 0), self._keep(right, key, 1)

    def _keep(self, value: ast.expr, key: str, side: int) -> ast.expr:
        call = ast.Call(ast.Name(SEEN, ast.Load()), [ast.Constant(key), ast.Constant(side), value], [])
        ast.copy_location(call, value)
        return ast.fix_missing_locations(call)


def _difference(test: ast.Compare) -> ast.BinOp | None:
    """The difference in ``abs(got - 19.0) < 0.001``."""
    left = test.left
    if (
        isinstance(test.ops[0], ast.Lt | ast.LtE)
        and isinstance(left, ast.Call)
        and getattr(left.func, "id", "") == "abs"
        and len(left.args) == 1
        and isinstance(left.args[0], ast.BinOp)
        and isinstance(left.args[0].op, ast.Sub)
    ):
        return left.args[0]
    return None


def _is_literal(node: ast.expr) -> bool:
    return not any(isinstance(part, ast.Name | ast.Call | ast.Attribute) for part in ast.walk(node))


# Partial credit

_COMPUTES = frozenset({"int", "float", "sum", "round", "min", "max", "len", "bool", "abs", "any", "all"})


def gives_value(tree: ast.Module) -> bool:
    """Whether the value of a test cell's last expression can be a score.

    nbgrader takes a number at the end of a test cell as points. So it must have been computed from the outcome of
    comparisons: if it could be what a learner's function returned, a function could give itself points.
    """
    if not tree.body or not isinstance(tree.body[-1], ast.Expr):
        return False
    made: dict[str, list[ast.expr | None]] = {}
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    for part in ast.walk(target):
                        if isinstance(part, ast.Name):
                            made.setdefault(part.id, []).append(value if target is part else None)
            case (
                ast.AugAssign(target=ast.Name(id=name), value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                made.setdefault(name, []).append(value)
            case ast.Name(id=name, ctx=ast.Store()) if name not in made:
                made.setdefault(name, [])
    stored = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    for name, values in made.items():
        if stored.count(name) != len(values):
            values.append(None)  # A loop, a with, an import: whatever it is, it is no computation.
    return _computed(tree.body[-1].value, made, frozenset())


def _computed(node: ast.expr, made: dict[str, list[ast.expr | None]], within: frozenset[str]) -> bool:
    def all_of(*nodes: ast.expr) -> bool:
        return all(_computed(part, made, within) for part in nodes)

    match node:
        case ast.Constant() | ast.Compare():
            return True
        case ast.Name(id=name):
            if name in within:
                return True
            values = made.get(name)
            return (
                values is not None
                and bool(values)
                and all(value is not None and _computed(value, made, within | {name}) for value in values)
            )
        case ast.BinOp(left=left, right=right):
            return all_of(left, right)
        case ast.UnaryOp(op=ast.Not()):
            return True
        case ast.UnaryOp(operand=operand):
            return all_of(operand)
        case ast.BoolOp(values=values):
            return all_of(*values)
        case ast.IfExp(body=body, orelse=orelse):
            return all_of(body, orelse)
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            return all_of(*elements)
        case ast.ListComp(elt=element) | ast.GeneratorExp(elt=element):
            return all_of(element)
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in _COMPUTES and name not in made:
            return all_of(*arguments)
    return False
