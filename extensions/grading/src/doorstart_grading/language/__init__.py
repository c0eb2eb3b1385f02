"""Feedback's sentences in each language, from gettext catalogues in ``catalogues/``, and translation in its template.

As the Hub does it (``doorstart.language``), which cannot be imported here: English is in the code, at B1 level; a
``.po`` file is compiled in memory; ``make catalogues`` brings new sentences in, and a test fails while one of them is
not translated. Feedback speaks the language of its course, whoever makes it and whoever reads it.
"""

from __future__ import annotations

import gettext
import io
from functools import cache
from importlib import resources
from typing import Any, Literal, get_args

import jinja2
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from jinja2.ext import InternationalizationExtension
from jinja2.runtime import Context

Language = Literal["nl", "fr", "en", "de"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


def of_course(course: str) -> Language:
    """The language of a course, with which its id ends (``accounting.nl``); English if that names none of ours."""
    ending = course.partition(".")[2]
    return next((one for one in LANGUAGES if one == ending), "en")


def number(value: float | None, language: Language) -> str:
    """Points with at most two decimals, as people of the language write them: ``7,5``. None is 0."""
    written = f"{round(float(value or 0), 2):g}"
    return written if language == "en" else written.replace(".", ",")


def N_(message: str) -> str:  # noqa: N802  # gettext's own name for it, which its tools look for
    """Marks a sentence for the catalogues where it is not yet said; :meth:`Words.gettext` says it."""
    return message


class Words:
    """The sentences in one language. Values go in by name: ``%(score)s``; a per cent sign is ``%%``."""

    def __init__(self, translations: gettext.NullTranslations) -> None:
        self.translations = translations

    def gettext(self, message: str, **values: object) -> str:
        """The sentence, with these values in it. It is text, not markup: nothing is escaped yet."""
        return self.translations.gettext(message) % values

    def ngettext(self, one: str, many: str, n: int, **values: object) -> str:
        """The sentence for ``n`` of something; ``%(n)s`` is the number."""
        return self.translations.ngettext(one, many, n) % {"n": n, **values}


@cache
def of(language: str) -> Words:
    """The sentences in this language; in English for a language that we do not have."""
    if language == "en" or language not in LANGUAGES:
        return Words(gettext.NullTranslations())
    source = resources.files("doorstart_grading.language") / "catalogues" / f"{language}.po"
    compiled = io.BytesIO()
    with source.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return Words(gettext.GNUTranslations(compiled))


class Translated(InternationalizationExtension):
    """Jinja's own extension for gettext, with our catalogues and the language of each rendering. It escapes values."""

    def __init__(self, environment: jinja2.Environment) -> None:
        super().__init__(environment)
        install: Any = environment.install_gettext_callables  # type: ignore[attr-defined]  # the line above adds it
        install(_gettext, _ngettext, newstyle=True)


def _words(context: Context) -> Words:
    return of(str(context["language"]))


@jinja2.pass_context
def _gettext(context: Context, message: str) -> str:
    return _words(context).translations.gettext(message)


@jinja2.pass_context
def _ngettext(context: Context, one: str, many: str, n: int) -> str:
    return _words(context).translations.ngettext(one, many, n)
