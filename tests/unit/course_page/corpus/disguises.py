"""What somebody may do to another's answers so that they look like their own."""

from __future__ import annotations

import ast
import builtins
import random
import re
from collections.abc import Callable

Answers = dict[str, list[str]]
"""By task, the cells that the answer stands in."""

_WORD = re.compile(r"[^\W\d_]{4,}")
_OTHER_WORDS = ("perhaps", "really", "often", "maybe", "always", "people", "thing", "matter", "surely", "today")
_NAMES = ("aa", "thing", "x1", "value", "item", "my_name", "tmp", "other", "row", "k", "v", "answer")


def as_it_is(answers: Answers, chance: random.Random) -> Answers:
    """Nothing is changed."""
    return {task: list(cells) for task, cells in answers.items()}


def renamed(answers: Answers, chance: random.Random) -> Answers:
    """Other names, another layout, comments of one's own; a word of a text is changed here and there."""
    return _each(answers, lambda source: _rename(source, chance), lambda text: _reword(text, chance, 0.1))


def reordered(answers: Answers, chance: random.Random) -> Answers:
    """As ``renamed``; statements that may change places do, and an answer is split over two cells."""
    changed = _each(
        answers, lambda source: _reorder(_rename(source, chance)), lambda text: _swap(_reword(text, chance, 0.1))
    )
    return {task: [part for cell in cells for part in _split(cell)] for task, cells in changed.items()}


def padded(answers: Answers, chance: random.Random) -> Answers:
    """As ``renamed``; each function gets a line that does nothing, and a quarter of the words of a text is changed."""
    return _each(answers, lambda source: _pad(_rename(source, chance)), lambda text: _reword(text, chance, 0.25))


DISGUISES: dict[str, Callable[[Answers, random.Random], Answers]] = {
    "as it is": as_it_is,
    "renamed": renamed,
    "reordered and split": reordered,
    "padded": padded,
}


def _each(answers: Answers, code: Callable[[str], str], text: Callable[[str], str]) -> Answers:
    return {task: [code(cell) if _is_code(cell) else text(cell) for cell in cells] for task, cells in answers.items()}


def _is_code(source: str) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


class _Renamer(ast.NodeTransformer):
    def __init__(self, chance: random.Random) -> None:
        self._new: dict[str, str] = {}
        self._chance = chance

    def _name(self, name: str) -> str:
        if name in dir(builtins) or name == "Decimal":
            return name
        if name not in self._new:
            self._new[name] = f"{self._chance.choice(_NAMES)}{len(self._new)}"
        return self._new[name]

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(self._name(node.id), node.ctx)

    def visit_arg(self, node: ast.arg) -> ast.arg:
        return ast.arg(self._name(node.arg))


def _rename(source: str, chance: random.Random) -> str:
    lines = ast.unparse(_Renamer(chance).visit(ast.parse(source))).split("\n")
    return "# my answer\n" + "\n\n".join(lines)


def _reorder(source: str) -> str:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            for at in range(len(body) - 1):
                one, two = body[at], body[at + 1]
                if isinstance(one, ast.Assign) and isinstance(two, ast.Assign) and not _names(one) & _names(two):
                    body[at], body[at + 1] = two, one
    return ast.unparse(tree)


def _names(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def _split(source: str) -> list[str]:
    if not _is_code(source):
        return [source]
    lines = source.rstrip().split("\n")
    for at in range(len(lines) // 2, len(lines)):
        if lines[at][:1].strip() and _is_code("\n".join(lines[:at])):
            return ["\n".join(lines[:at]), "\n".join(lines[at:])]
    return [source]


def _pad(source: str) -> str:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.body.insert(len(node.body) // 2, ast.parse("nothing = None").body[0])
    return ast.unparse(ast.fix_missing_locations(tree))


def _reword(text: str, chance: random.Random, part: float) -> str:
    return _WORD.sub(lambda word: chance.choice(_OTHER_WORDS) if chance.random() < part else word.group(), text)


def _swap(text: str) -> str:
    sentences = re.split(r"(?<=[.?!])\s+", text.strip())
    return " ".join(sentences[1:] + sentences[:1])
