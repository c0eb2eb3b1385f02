"""What the pages say, in the person's language.

Their sentences are in ``catalogues/``; how they are found is in :mod:`doorstart_grading.translation`.
"""

from __future__ import annotations

from doorstart_grading.translation import LANGUAGES, Language, catalogues, in_templates

of = catalogues("doorstart_course_page.language")
Translated = in_templates(of)


def known(language: str | None) -> Language | None:
    """The language if the site has it."""
    return next((one for one in LANGUAGES if one == language), None)
