"""Sentences in the site's languages, from gettext catalogues.

A catalogue is a ``.po`` file, which people can read and mend; it is compiled in memory, so there is no second file that
could be older. English is in the code itself. ``make catalogues`` brings new sentences into the files, and
``tests/unit/language/test_catalogues.py`` fails while one of them is not translated.
"""

from __future__ import annotations

import gettext
import io
from functools import cache
from importlib import resources

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from doorstart.language import LANGUAGES


def N_(message: str) -> str:  # noqa: N802  # gettext's own name for it, which its tools look for
    """Marks a sentence for the catalogues where it is not yet said; :meth:`Words.gettext` says it."""
    return message


class Words:
    """The site's sentences in one language. Values go in by name: ``%(minutes)s``; a per cent sign is ``%%``."""

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
    source = resources.files("doorstart.language") / "catalogues" / f"{language}.po"
    compiled = io.BytesIO()
    with source.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return Words(gettext.GNUTranslations(compiled))
