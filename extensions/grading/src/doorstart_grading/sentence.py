"""A sentence for an instructor that is kept, or passed on, before it is known in which language it will be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from doorstart_grading import told
from doorstart_grading.translation import Words, catalogues

_of = catalogues("doorstart_grading.language")


@dataclass(frozen=True)
class Sentence:
    """A sentence of this package's catalogues, and what goes into it. Its ``str`` is the English text."""

    english: str
    """As in the catalogues, with its values by name."""
    values: tuple[tuple[str, str | Sentence], ...] = ()
    """By name. Text goes in as it is; what the sandbox said is said in the language too."""

    def said(self, words: Words) -> str:
        """The sentence in a language. It is text, not markup: nothing is escaped yet."""
        values = {name: one.said(words) if isinstance(one, Sentence) else one for name, one in self.values}
        return words.gettext(self.english, **values)

    def in_language(self, language: str) -> str:
        """As :meth:`said`, by the language's name."""
        return self.said(_of(language))

    def __str__(self) -> str:
        return self.said(_of("en"))

    def to_json(self) -> dict[str, Any]:
        """For a file or the gradebook."""
        values = {name: one.to_json() if isinstance(one, Sentence) else one for name, one in self.values}
        return {"english": self.english, "values": values}

    @staticmethod
    def from_json(content: Mapping[str, Any]) -> Sentence:
        """The opposite of :meth:`to_json`.

        Raises:
            KeyError, TypeError: it is none.
        """
        if set(content) == {"sandbox"}:
            return Told(str(content["sandbox"]))
        values = content["values"].items()
        kept = ((name, Sentence.from_json(one) if isinstance(one, Mapping) else str(one)) for name, one in values)
        return Sentence(str(content["english"]), tuple(kept))


class Told(Sentence):
    """What the sandbox or the examiner said (:mod:`doorstart_grading.told`), or any other text that stays as it is."""

    def __init__(self, text: str) -> None:
        super().__init__(text)

    def said(self, words: Words) -> str:
        """The text in the language, if it is known."""
        return told.all_said(self.english, words)

    def to_json(self) -> dict[str, Any]:
        """As in the class above."""
        return {"sandbox": self.english}


def sentence(english: str, **values: object) -> Sentence:
    """A sentence to be said later.

    Args:
        english: a literal, which ``make catalogues`` finds here; its values by name: ``%(name)s``.
        values: text, numbers, or sentences.
    """
    return Sentence(
        english, tuple((name, one if isinstance(one, Sentence) else str(one)) for name, one in values.items())
    )


class SentenceError(Exception):
    """An error of which an instructor reads the message, in the course's language where that is known."""

    def __init__(self, what: Sentence) -> None:
        super().__init__(str(what))
        self.sentence = what
