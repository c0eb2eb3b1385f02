"""Formgrader's templates in the person's language: what is fixed in them is replaced when they are loaded.

Nothing that is filled in later is looked at, so no learner's text is ever changed. A sentence is what stands between
two tags that make a block, without its own spaces; inside it, short tags stay and a value is ``{0}``, ``{1}`` …
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import PurePath
from typing import Final

from jinja2 import Environment
from jinja2.ext import Extension

from doorstart_words.catalogue import sentences

Say = Callable[[str], str]

_KEPT: Final = re.compile(r"<(script|style|pre|svg)\b.*?</\1>", re.DOTALL | re.IGNORECASE)
_STATEMENT: Final = re.compile(r"\{%.*?%\}|\{#.*?#\}|<!--.*?-->|<!doctype[^>]*>", re.DOTALL | re.IGNORECASE)
_VALUE: Final = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_TAG: Final = r"<(?:\{\{.*?\}\}|\{%.*?%\}|\"[^\"]*\"|[^>\"])*>"
_INLINE: Final = re.compile(r"</?(?:a|b|i|em|strong|code)\b", re.IGNORECASE)
_LINK: Final = re.compile(r"(<a\b(?:\"[^\"]*\"|[^>\"])*>|</a>)", re.IGNORECASE)
_ATTRIBUTE: Final = re.compile(r"(\s(?:title|placeholder|aria-label|alt)=\")([^\"]+)(\")")
_QUOTED: Final = re.compile(r"\"([A-Z][a-z]+(?: [a-z]+)+)\"")
_HTML: Final = re.compile(r"<!doctype html>(?!\s*<html)|<html>", re.IGNORECASE)


def translated(source: str, say: Say, language: str) -> str:
    """The source of a template with its fixed sentences replaced, and its language said.

    Args:
        source: Jinja's, of an HTML page.
        say: the translation of a sentence.
        language: of the page.
    """
    parts: list[str] = []
    position = 0
    for kept in _KEPT.finditer(source):
        parts += [_markup(source[position : kept.start()], say), _script(kept[0], say)]
        position = kept.end()
    parts.append(_markup(source[position:], say))

    def with_language(start: re.Match[str]) -> str:
        doctype = "" if start[0].lower() == "<html>" else start[0] + "\n"
        return f'{doctype}<html lang="{language}">'

    return _HTML.sub(with_language, "".join(parts))


def fixed(source: str) -> list[str]:
    """The sentences of a template, as a catalogue must have them."""
    found: list[str] = []

    def note(sentence: str) -> str:
        found.append(sentence)
        return sentence

    translated(source, note, "en")
    return found


def _script(kept: str, say: Say) -> str:
    """A script's quoted sentences; styles, pictures and commands to type stay."""
    if not kept.lower().startswith("<script"):
        return kept
    return _QUOTED.sub(lambda quoted: json.dumps(say(quoted[1]), ensure_ascii=False), kept)


def _markup(markup: str, say: Say) -> str:
    """Text and attributes of a stretch without scripts."""
    blocks = re.split(rf"({_STATEMENT.pattern}|{_TAG})", markup, flags=re.DOTALL | re.IGNORECASE)
    out, run = [], ""
    for piece in blocks:
        tag = piece.startswith(("<", "{%", "{#"))
        if tag and not _INLINE.match(piece):
            out += [_run(run, say), _attributes(piece, say)]
            run = ""
        else:
            run += piece
    return "".join([*out, _run(run, say)])


def _run(run: str, say: Say) -> str:
    """What stands between two blocks: a sentence, or links that stand alone."""
    outside = re.sub(r"<a\b.*?</a>", "", run, flags=re.DOTALL | re.IGNORECASE)
    if _LINK.search(run) and not (_has_words(outside) and re.search(r"<a\b.*?</a>", run, re.DOTALL)):
        return "".join(
            _attributes(part, say) if part.startswith("<") else _run(part, say) for part in _LINK.split(run) if part
        )
    if not _has_words(run):
        return run
    body = run.strip()
    start = run.index(body)
    return run[:start] + _sentence(body, say) + run[start + len(body) :]


def _attributes(tag: str, say: Say) -> str:
    if not tag.startswith("<"):
        return tag

    def attribute(found: re.Match[str]) -> str:
        return found[1] + (_sentence(found[2], say) if _has_words(found[2]) else found[2]) + found[3]

    return _ATTRIBUTE.sub(attribute, tag)


def _has_words(text: str) -> bool:
    bare = re.sub(_TAG, "", _VALUE.sub("", text), flags=re.DOTALL)
    return re.search(r"[A-Za-z]{2}", re.sub(r"&\w+;", "", bare)) is not None


def _sentence(body: str, say: Say) -> str:
    values = _VALUE.findall(body)
    places = iter(range(len(values)))
    message = " ".join(_VALUE.sub(lambda _: f"{{{next(places)}}}", body).split())
    return re.sub(r"\{(\d)\}", lambda place: values[int(place[1])], say(message))


class Translate(Extension):
    """Replaces the sentences in formgrader's own templates, not in those of nbconvert."""

    language = "en"

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """The source in the server's language."""
        if filename is None or "formgrader" not in PurePath(filename).parts:
            return source
        words = sentences("nbgrader", self.language)
        return translated(source, lambda sentence: words.get(sentence, sentence), self.language)


def translate(environment: Environment, language: str) -> None:
    """Make an environment say formgrader's sentences in a language, from the next template that it loads."""
    kind = type("Translate", (Translate,), {"language": language})
    environment.add_extension(kind)
    if environment.cache is not None:
        environment.cache.clear()
