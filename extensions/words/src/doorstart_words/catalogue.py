"""Sentences of other programs in Dutch, French and German."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

LANGUAGES: Final = ("nl", "fr", "de")
"""The site's languages without English, which the programs speak themselves."""
PROGRAMS: Final = ("jupyterlab", "jupyterlab_widgets", "nbgrader", "jupyterhub")


@dataclass(frozen=True)
class Message:
    """A sentence and its translation.

    Attributes:
        context: gettext's; ``""`` for none.
        english: in the singular.
        plural: of the English sentence; ``""`` if it has none.
        forms: the translation, or its singular and plural.
    """

    context: str
    english: str
    plural: str
    forms: tuple[str, ...]


def read(program: str, language: str) -> Catalog:
    """The catalogue of a program as it is in the file.

    Raises:
        FileNotFoundError: there is none.
    """
    with (resources.files("doorstart_words") / "catalogues" / program / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


@cache
def messages(program: str, language: str) -> tuple[Message, ...]:
    """The sentences of a program; none in English."""
    if language not in LANGUAGES:
        return ()
    found = []
    for message in read(program, language):
        if not message.id:
            continue
        english, plural = message.id if isinstance(message.id, tuple) else (message.id, "")
        forms = (message.string,) if isinstance(message.string, str) else tuple(map(str, message.string or ()))
        found.append(Message(message.context or "", str(english), str(plural), forms))
    return tuple(found)


@cache
def sentences(program: str, language: str) -> dict[str, str]:
    """The translations by English sentence, for a program that knows neither contexts nor plurals."""
    return {message.english: message.forms[0] for message in messages(program, language)}
