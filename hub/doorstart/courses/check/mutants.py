"""Small changes of a reference solution, each of which a good check notices.

The operators are those of mutation testing that fit short programs (Offutt and Untch, Mutation 2000: Uniting the
Orthogonal): arithmetic, relational and logical operators replaced, constants changed by one, statements and branches
dropped, arguments swapped.
"""

from __future__ import annotations

import ast
import copy
import marshal
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
}
_RELATIONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
_LONGEST_SHOWN = 60

Path = tuple[tuple[str, int | None], ...]


@dataclass(frozen=True)
class Mutant:
    """A changed program.

    Attributes:
        change: what was changed into what, with the line: ``line 2: a + b → a - b``.
        source: the changed program.
    """

    change: str
    source: str


def mutants(source: str) -> list[Mutant]:
    """All changes of a program, without those that give the same byte code.

    Raises:
        SyntaxError: the program is none.
    """
    tree = ast.parse(source)
    seen = {_code(ast.unparse(tree))}
    found = []
    for path, node in _nodes(tree):
        for new in _changes(node):
            changed = ast.unparse(ast.fix_missing_locations(_with(tree, path, new)))
            code = _code(changed)
            if code is None or code in seen:
                continue
            seen.add(code)
            line = getattr(node, "lineno", 1)
            found.append(Mutant(f"line {line}: {_shown(node)} → {_shown(new)}", changed))
    return found


def _nodes(node: ast.AST, path: Path = ()) -> Iterator[tuple[Path, ast.AST]]:
    if path:
        yield path, node
    for name, value in ast.iter_fields(node):
        if isinstance(value, list):
            for place, item in enumerate(value):
                if isinstance(item, ast.AST) and not _is_docstring(node, name, place, item):
                    yield from _nodes(item, (*path, (name, place)))
        elif isinstance(value, ast.AST) and name not in ("annotation", "returns", "ctx", "format_spec"):
            yield from _nodes(value, (*path, (name, None)))


def _is_docstring(parent: ast.AST, name: str, place: int, item: ast.AST) -> bool:
    is_text = isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant) and isinstance(item.value.value, str)
    return is_text and name == "body" and place == 0


def _with(tree: ast.AST, path: Path, new: ast.AST) -> ast.AST:
    result = copy.deepcopy(tree)
    parent: Any = result
    for name, place in path[:-1]:
        parent = getattr(parent, name) if place is None else getattr(parent, name)[place]
    name, place = path[-1]
    if place is None:
        setattr(parent, name, new)
    else:
        getattr(parent, name)[place] = new
    return result


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.BinOp(op=op) | ast.AugAssign(op=op) if type(op) in _ARITHMETIC and not _is_text(node):
            yield _but(node, op=_ARITHMETIC[type(op)]())
        case ast.Compare(ops=[op]) if type(op) in _RELATIONS:
            for other in _RELATIONS[type(op)]:
                yield _but(node, ops=[other()])
        case ast.BoolOp(op=op):
            yield _but(node, op=ast.Or() if isinstance(op, ast.And) else ast.And())
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand) if not isinstance(operand, ast.Constant):
            yield operand
        case ast.Constant(value=value):
            for other in _constants(value):
                yield ast.copy_location(ast.Constant(other), node)
        case ast.Call(args=[first, second, *rest]) if ast.dump(first) != ast.dump(second):
            yield _but(node, args=[second, first, *rest])
    match node:
        case ast.If() | ast.IfExp() | ast.While():
            yield _but(node, test=ast.Constant(False))
            if not isinstance(node, ast.While):
                yield _but(node, test=ast.Constant(True))
        case ast.AugAssign() | ast.Raise() | ast.Delete() | ast.Assert() | ast.Expr(value=ast.Call()):
            yield ast.copy_location(ast.Pass(), node)
        case ast.Assign(targets=[ast.Subscript() | ast.Attribute()]):
            yield ast.copy_location(ast.Pass(), node)
        case ast.Continue() | ast.Break():
            yield ast.copy_location(ast.Pass(), node)


def _but(node: Any, **fields: Any) -> Any:
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def _is_text(node: ast.BinOp | ast.AugAssign) -> bool:
    """Text has no other operator: what a change gives is an error, which tells nothing."""
    parts = (node.left, node.right) if isinstance(node, ast.BinOp) else (node.value,)
    return any(
        isinstance(p, ast.JoinedStr) or (isinstance(p, ast.Constant) and isinstance(p.value, str)) for p in parts
    )


def _constants(value: object) -> list[Any]:
    match value:
        case bool():
            return [not value]
        case int():
            return [value + 1, value - 1]
        case float():
            return [value + 1]
        case str():
            number = _number(value)
            if number is not None:
                step = Decimal(1).scaleb(int(number.as_tuple().exponent)) if value else Decimal(1)
                return [str(number + step)]
            return [f"{value}x"] if value else ["x"]
    return []


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and not text.isdigit() else None


def _code(source: str) -> bytes | None:
    try:
        return marshal.dumps(compile(source, "<mutant>", "exec", dont_inherit=True))
    except (SyntaxError, ValueError):
        return None


def _shown(node: ast.AST) -> str:
    if isinstance(node, ast.Pass):
        return "(nothing)"
    text = ast.unparse(node).split("\n")[0].rstrip(":")
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"
