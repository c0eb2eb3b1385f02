"""What feedback says, in the language of its course, whoever makes it and whoever reads it.

Its sentences are in ``catalogues/``; how they are found is in :mod:`doorstart_grading.translation`.
"""

from __future__ import annotations

from doorstart_grading.translation import LANGUAGES, Language, catalogues, in_templates

of = catalogues("doorstart_grading.language")
Translated = in_templates(of)


def of_course(course: str) -> Language:
    """The language of a course, with which its id ends (``accounting.nl``); English if that names none of ours."""
    ending = course.partition(".")[2]
    return next((one for one in LANGUAGES if one == ending), "en")


def number(value: float | None, language: Language) -> str:
    """Points with at most two decimals, as people of the language write them: ``7,5``. None is 0."""
    written = f"{round(float(value or 0), 2):g}"
    return written if language == "en" else written.replace(".", ",")
