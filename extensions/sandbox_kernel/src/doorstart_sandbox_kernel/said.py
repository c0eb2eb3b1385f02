"""What is said of the sandbox that an instructor reads, where the language of the course is not known.

They leave in English. Grading knows each of them, and says it in the course's language (``doorstart_grading.told``).
"""

from __future__ import annotations


def said(english: str, **values: object) -> str:
    """The sentence with these values in it. A test fails while grading does not know the sentence.

    Args:
        english: a literal, with its values by name: ``%(seconds)s``; a per cent sign is ``%%``.
        values: what stands for the names.
    """
    return english % values
