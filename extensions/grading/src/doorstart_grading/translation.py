"""Sentences in the languages of the site, from a package's own gettext catalogues, in code and in Jinja templates.

As the Hub does it (``doorstart.language``), which cannot be imported here: English is in the code, at B1 level; a
``.po`` file is compiled in memory; ``make catalogues`` brings new sentences in, and a test fails while one of them is
not translated. Used for feedback (:mod:`doorstart_grading.language`) and by the pages of *My course*.
"""

from __future__ import annotations

import gettext
import io
from collections.abc import Callable
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


def N_(message: str) -> str:  # noqa: N802  # gettext's own name for it, which its tools look for
    """Marks a sentence for the catalogues where it is not yet said; :meth:`Words.gettext` says it."""
    return message


class Words:
    """The sentences in one language. Values go in by name: ``%(minutes)s``; a per cent sign is ``%%``."""

    def __init__(self, translations: gettext.NullTranslations) -> None:
        self.translations = translations

    def gettext(self, message: str, **values: object) -> str:
        """The sentence, with these values in it. It is text, not markup: nothing is escaped yet."""
        return self.translations.gettext(message) % values

    def ngettext(self, one: str, many: str, n: int, **values: object) -> str:
        """The sentence for ``n`` of something; ``%(n)s`` is the number."""
        return self.translations.ngettext(one, many, n) % {"n": n, **values}


def catalogues(package: str) -> Callable[[str], Words]:
    """What gives the sentences in a language; in English for a language that the site does not have.

    Args:
        package: The package that has the folder ``catalogues``, such as ``doorstart_grading.language``.
    """

    @cache
    def of(language: str) -> Words:
        if language == "en" or language not in LANGUAGES:
            return Words(gettext.NullTranslations())
        compiled = io.BytesIO()
        with (resources.files(package) / "catalogues" / f"{language}.po").open("rb") as file:
            write_mo(compiled, read_po(file, locale=language))
        compiled.seek(0)
        return Words(gettext.GNUTranslations(compiled))

    return of


def in_templates(of: Callable[[str], Words]) -> type[InternationalizationExtension]:
    """Jinja's extension for gettext, with these sentences, in the ``language`` of each rendering. It escapes values.

    Args:
        of: From :func:`catalogues`.
    """

    @jinja2.pass_context
    def translated(context: Context, message: str) -> str:
        return of(str(context["language"])).translations.gettext(message)

    @jinja2.pass_context
    def counted(context: Context, one: str, many: str, n: int) -> str:
        return of(str(context["language"])).translations.ngettext(one, many, n)

    class Translated(InternationalizationExtension):
        def __init__(self, environment: jinja2.Environment) -> None:
            super().__init__(environment)
            install: Any = environment.install_gettext_callables  # type: ignore[attr-defined]  # the line above adds it
            install(translated, counted, newstyle=True)

    return Translated
