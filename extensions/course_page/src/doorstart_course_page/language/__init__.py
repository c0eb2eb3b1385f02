"""The pages' sentences in each language, from gettext catalogues in ``catalogues/``, and translation in templates.

As the Hub does it (``doorstart.language``), which cannot be imported here: English is in the code, at B1 level; a
``.po`` file is compiled in memory; ``make catalogues`` brings new sentences in, and a test fails while one of them is
not translated.
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


def known(language: str | None) -> Language | None:
    """The language if the site has it."""
    return next((one for one in LANGUAGES if one == language), None)


def N_(message: str) -> str:  # noqa: N802  # gettext's own name for it, which its tools look for
    """Marks a sentence for the catalogues where it is not yet said; :meth:`Words.gettext` says it."""
    return message


class Words:
    """The sentences in one language. Values go in by name: ``%(minutes)s``; a per cent sign is ``%%``."""

    def __init__(self, translations: gettext.NullTranslations) -> None:
        self.translations = translations

    def gettext(self, message: str, **values: object) -> str:
        """The sentence, with these values in it."""
        return self.translations.gettext(message) % values

    def ngettext(self, one: str, many: str, n: int, **values: object) -> str:
        """The sentence for ``n`` of something; ``%(n)s`` is the number."""
        return self.translations.ngettext(one, many, n) % {"n": n, **values}


@cache
def of(language: str) -> Words:
    """The sentences in this language; in English for a language that the site does not have."""
    if language == "en" or language not in LANGUAGES:
        return Words(gettext.NullTranslations())
    source = resources.files("doorstart_course_page.language") / "catalogues" / f"{language}.po"
    compiled = io.BytesIO()
    with source.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return Words(gettext.GNUTranslations(compiled))


class Translated(InternationalizationExtension):
    """Jinja's own extension for gettext, with our catalogues and the language of each rendering."""

    def __init__(self, environment: jinja2.Environment) -> None:
        super().__init__(environment)
        install: Any = environment.install_gettext_callables  # type: ignore[attr-defined]  # the line above adds it
        install(_gettext, _ngettext, newstyle=True)


def _words(context: Context) -> Words:
    return of(str(context.get("language", "en")))


@jinja2.pass_context
def _gettext(context: Context, message: str) -> str:
    return _words(context).translations.gettext(message)


@jinja2.pass_context
def _ngettext(context: Context, one: str, many: str, n: int) -> str:
    return _words(context).translations.ngettext(one, many, n)
