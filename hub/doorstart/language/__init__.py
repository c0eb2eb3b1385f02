"""The languages of a site's pages: which there are, which one a request gets, and the sentences in each.

:mod:`~doorstart.language.choice` chooses, :mod:`~doorstart.language.catalogue` translates,
:mod:`~doorstart.language.templates` does it in Jinja templates, :mod:`~doorstart.language.forms` writes dates and
numbers. Sentences are English in the code, at B1 level, and a catalogue for each other language is in ``catalogues/``.
Courses have languages of their own: :mod:`doorstart.courses`.
"""

from __future__ import annotations

from typing import Literal, get_args

Language = Literal["nl", "fr", "en", "de"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

NAMES: dict[Language, str] = {"nl": "Nederlands", "fr": "Français", "en": "English", "de": "Deutsch"}
"""Each language's name in that language: somebody who looks for it reads no other."""
