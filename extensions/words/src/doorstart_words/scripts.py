"""Makes a program in JavaScript, which has its sentences fixed in its code, say ours.

``python -m doorstart_words.scripts LIST FOLDER`` does so while an image is built. A list in ``scripts/`` names a file,
and below it pieces of its code with the sentence between « and »::

    [js/utils.js]
    «"Log Output"»
    .text(«"Name"»)

Each such piece is replaced wherever the file has it, and a piece that the file has not stops the build: another version
of the program needs its list looked at. At the head of the file come the sentences that it uses; the page's language is
the ``lang`` of its document, which JupyterLab and our templates set.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Final

from doorstart_words.catalogue import LANGUAGES, sentences

MARK: Final = "/* doorstart_words */"
SAY: Final = (
    "globalThis.doorstartWords??={};globalThis.doorstartSay??=(text,...values)=>{"
    "const words=globalThis.doorstartWords[document.documentElement.lang.slice(0,2)];"
    "return(words?.[text]??text).replace(/\\{(\\d)\\}/g,(_,place)=>values[place])};"
)
_VALUE: Final = re.compile(r"\$\{([^}]*)\}")


class ScriptError(Exception):
    """A file is not as the list has it; the message says which, and what is missing."""


@dataclass(frozen=True)
class Piece:
    """Code with one sentence in it.

    Attributes:
        before: code in front of the sentence.
        literal: the sentence as the code has it: in quotes, or a template with values, or without quotes inside of a
            longer string in single quotes.
        after: code behind it.
    """

    before: str
    literal: str
    after: str

    @property
    def code(self) -> str:
        """The piece as it stands in the file."""
        return self.before + self.literal + self.after

    @property
    def english(self) -> str:
        """The sentence; values are ``{0}``, ``{1}`` …"""
        if self._in_a_string:
            return self.literal
        if not self.literal.startswith("`"):
            return str(ast.literal_eval(self.literal))
        places = iter(range(10))
        return _VALUE.sub(lambda _: f"{{{next(places)}}}", self.literal[1:-1])

    @property
    def replacement(self) -> str:
        """The piece that says the sentence in the page's language."""
        values = _VALUE.findall(self.literal) if self.literal.startswith("`") else []
        said = f"doorstartSay({','.join([json.dumps(self.english, ensure_ascii=False), *values])})"
        return f"{self.before}'+{said}+'{self.after}" if self._in_a_string else f"{self.before}{said}{self.after}"

    @property
    def _in_a_string(self) -> bool:
        return self.literal[:1] not in ("'", '"', "`")


def pieces(name: str) -> dict[str, list[Piece]]:
    """The pieces of a list, by the file (a pattern below the program's folder) that has them."""
    found: dict[str, list[Piece]] = {}
    for line in (resources.files("doorstart_words") / "scripts" / f"{name}.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            current = found.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            before, _, rest = line.partition("«")
            literal, _, after = rest.partition("»")
            current.append(Piece(before, literal, after))
    return found


def english(name: str) -> set[str]:
    """All sentences of a list."""
    return {piece.english for listed in pieces(name).values() for piece in listed}


def rewrite(code: str, listed: list[Piece], program: str) -> str:
    """A file that says our sentences.

    Raises:
        ScriptError: it lacks a piece.
    """
    for piece in sorted(listed, key=lambda one: -len(one.code)):
        if piece.code not in code:
            raise ScriptError(f"the code {piece.code!r} is gone")
        code = code.replace(piece.code, piece.replacement)
    said = {piece.english for piece in listed}
    words = {language: {text: sentences(program, language)[text] for text in sorted(said)} for language in LANGUAGES}
    keep = "".join(
        f"Object.assign(globalThis.doorstartWords.{language}??={{}},{json.dumps(words[language], ensure_ascii=False)});"
        for language in LANGUAGES
    )
    return f"{MARK}{SAY}{keep}\n{code}"


def rewrite_all(name: str, folder: Path, program: str) -> None:
    """Rewrite the files of a program below a folder; what is rewritten already stays.

    Raises:
        ScriptError: a file is missing, or lacks a piece.
    """
    for pattern, listed in pieces(name).items():
        files = sorted(folder.glob(pattern))
        if not files:
            raise ScriptError(f"There is no {pattern} in {folder}.")
        for file in files:
            code = file.read_text(encoding="utf-8")
            if code.startswith(MARK):
                continue
            try:
                file.write_text(rewrite(code, listed, program), encoding="utf-8")
            except ScriptError as error:
                raise ScriptError(f"{file}: {error}. Look at scripts/{name}.txt.") from None


def programs() -> Iterator[tuple[str, str]]:
    """Each list, and the catalogue that has its sentences."""
    yield from {"administration": "jupyterhub", "formgrader": "nbgrader", "panels": "nbgrader"}.items()


if __name__ == "__main__":
    rewrite_all(sys.argv[1], Path(sys.argv[2]), dict(programs())[sys.argv[1]])
