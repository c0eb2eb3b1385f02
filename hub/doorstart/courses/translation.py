"""What people read inside code, in another language: comments and texts, from ``texts.toml``.

A unit's code stands once, in the course's first language. In another language its cells are empty, and get the first
language's code with each comment and each text that ``texts.toml`` lists put into that language.
"""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from doorstart.courses.format import CourseError, Language, Text, TextsFile, parse, read_toml

FILE = "texts.toml"
_CHECKS = re.compile(r"^(\s*from doorstart_checks\.)[a-z]{2}( import )", re.MULTILINE)
_MARKS = re.compile(r"#+ ?(?:###|BEGIN |END |show:|noqa|type:)|###")
_PROSE = re.compile(r"[^\W\d_]{2,}")


class Texts:
    """The texts of one unit, or of the shared cells.

    Args:
        file: ``texts.toml``; may be missing, and is then empty.
        base: the language in which the code stands.

    Raises:
        CourseError: the file is wrong, or gives a text twice.
    """

    def __init__(self, file: Path, base: Language) -> None:
        self._file, self._base = file, base
        entries = parse(TextsFile, read_toml(file), file).text if file.is_file() else []
        self._texts: dict[str, Text] = {}
        for number, entry in enumerate(entries):
            original = entry.get(base)
            if original is None:
                raise CourseError(file, f"field text.{number}", f"it lacks the course's first language, {base}")
            if original in self._texts and self._texts[original] != entry:
                raise CourseError(file, f"field text.{number}", f"{original!r} is there twice, and not the same")
            self._texts[original] = entry

    def code(self, source: str, language: Language) -> str:
        """Code of the first language, in another one.

        Raises:
            CourseError: a comment or a next step in it has no translation.
        """
        if language == self._base:
            return source
        result = source
        for start, end, text, is_comment in sorted(_places(source), reverse=True):
            known = self._texts.get(text)
            if known is None or language not in known:
                if is_comment is None:
                    continue  # A text that may as well be data.
                raise CourseError(self._file, "", f"it lacks {language} of {text!r}")
            new = known[language]
            result = result[:start] + (f"# {new}" if is_comment else json.dumps(new, ensure_ascii=False)) + result[end:]
        return _CHECKS.sub(rf"\g<1>{language}\g<2>", result)

    def holding(self, text: str, language: Language) -> list[str]:
        """The texts that hold ``text``, in another language, the shortest first; ``text`` itself if none does."""
        found = [entry for original, entry in self._texts.items() if text and text.rstrip(".") in original]
        return sorted((entry.get(language, text) for entry in found), key=len) or [text]


def comments(source: str) -> list[str]:
    """The comments of a piece of code that people read."""
    return [text for _, _, text, is_comment in _places(source) if is_comment]


@lru_cache(maxsize=4096)
def _places(source: str) -> tuple[tuple[int, int, str, bool | None], ...]:
    """Where comments and texts stand: start, end, text; True for a comment, False for a text that must be translated,
    None for one that may be data. Kept, as code is put into several languages."""
    return tuple(_found(source))


def _found(source: str) -> Iterator[tuple[int, int, str, bool | None]]:
    offsets = [0]
    for line in source.splitlines(keepends=True):
        offsets.append(offsets[-1] + len(line))
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and not _MARKS.match(token.string):
            text = token.string.lstrip("#").strip()
            if _PROSE.search(text):
                start = offsets[token.start[0] - 1] + token.start[1]
                yield start, start + len(token.string), text, True
    tree = ast.parse(source)
    required = set(_required(tree))
    for node in _constants(tree):
        # ast counts bytes of UTF-8, and the text has characters.
        start = offsets[node.lineno - 1] + _characters(source, node.lineno, node.col_offset)
        end = offsets[(node.end_lineno or 1) - 1] + _characters(source, node.end_lineno or 1, node.end_col_offset or 0)
        yield start, end, str(node.value), False if id(node) in required else None


def _constants(tree: ast.AST) -> Iterator[ast.Constant]:
    within = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in within:
            yield node


def _required(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "next_step":
            yield from (id(part) for part in ast.walk(node.value) if _is_prose(part))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
            yield from (id(part) for part in node.args if _is_prose(part))


def _is_prose(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(_PROSE.search(node.value))


def _characters(source: str, line: int, column: int) -> int:
    text = source.splitlines()[line - 1]
    return len(text.encode()[:column].decode())
