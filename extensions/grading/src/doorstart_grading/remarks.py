"""What an instructor should know about the grading of one submission, one sentence each. Not for the learner."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode

from doorstart_grading.sentence import Sentence, Told, sentence

MOST = 50
"""Most remarks that are kept of one notebook; what is more than that is counted."""


@dataclass(frozen=True)
class Remark:
    """One sentence about a submission."""

    sentence: Sentence
    needs_person: bool = False
    """Whether the score must not be released before a person has looked at the submission."""

    @property
    def text(self) -> str:
        """The sentence in English, for programs."""
        return str(self.sentence)

    def to_json(self) -> dict[str, Any]:
        """As it is kept in the autograded notebook and in the gradebook."""
        return {"text": self.text, "needs_person": self.needs_person, "sentence": self.sentence.to_json()}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Remark:
        """The opposite of :meth:`to_json`; a remark that was kept without a sentence stays in English."""
        kept = value.get("sentence")
        said = Sentence.from_json(kept) if kept else Told(str(value["text"]))
        return cls(said, bool(value["needs_person"]))


def add(notebook: NotebookNode, remarks: Iterable[Remark]) -> None:
    """Keep remarks in the metadata of a notebook; the same one is kept once."""
    kept = of(notebook)
    kept += [remark for remark in dict.fromkeys(remarks) if remark not in kept]
    if len(kept) > MOST:
        rest = kept[MOST:]
        needs_person = any(remark.needs_person for remark in rest)
        kept = [*kept[:MOST], Remark(sentence("There are %(n)s more remarks like these.", n=len(rest)), needs_person)]
    if kept:
        notebook.metadata.setdefault("doorstart", {})["remarks"] = [remark.to_json() for remark in kept]


def of(notebook: NotebookNode | dict[str, Any]) -> list[Remark]:
    """The remarks in the metadata of a notebook that this package wrote."""
    return [Remark.from_json(one) for one in notebook["metadata"].get("doorstart", {}).get("remarks", [])]
