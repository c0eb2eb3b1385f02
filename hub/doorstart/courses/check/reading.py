"""Is a unit's text plain enough, explained, and without anything from outside?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from nbformat import NotebookNode

from doorstart.courses.cells import grade_id, is_glossary
from doorstart.courses.check.findings import Finding
from doorstart.courses.check.load import AVERAGE_SENTENCE, LONGEST_SENTENCE, LONGEST_TASK, load
from doorstart.courses.format import Glossary, Language, read_course, read_glossary

OUTSIDE = re.compile(r"[a-z]+://|\bwww\.|<(?:img|script|link|iframe)\b|!\[", re.IGNORECASE)
PLACE = re.compile(
    r"\b(?:prison|jail|inmate|detain|detention|convict|warder|gevangen|gedetineer|cipier|détenu|pénitenti|incarcér)",
    re.IGNORECASE,
)
"""Nothing that a learner takes along tells where the course was followed."""
LEGAL_RATE = re.compile(r"\b(?:21|12|6|0)(?:[.,]0+)? ?(?:%|percent\b|procent\b|pour cent\b)", re.IGNORECASE)
"""The rates of VAT: they come from courses/law, with a date, and no text says them."""
_CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)


def findings(course: Path, unit: str, texts: Mapping[Language, NotebookNode]) -> Iterator[Finding]:
    """What is wrong with the text of a unit, by language."""
    for language, notebook in texts.items():
        markdown = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
        yield from _load(unit, language, markdown)
        for cell in notebook.cells:
            if match := OUTSIDE.search(cell.source):
                text = f"{match.group()!r} asks for something from outside, which learners do not have"
                yield Finding("error", "text", unit, language, grade_id(cell), text)
            if match := PLACE.search(cell.source):
                text = f"{match.group()!r} tells where the learner is; leave it out"
                yield Finding("error", "text", unit, language, grade_id(cell), text)
        for cell in markdown:
            if match := LEGAL_RATE.search(cell.source):
                text = f"{match.group()!r} is a rate of the law; take it from a data file made from courses/law"
                yield Finding("error", "text", unit, language, grade_id(cell), text)
        yield from _words(course, unit, language, markdown)


def _load(unit: str, language: Language, markdown: list[NotebookNode]) -> Iterator[Finding]:
    for cell in markdown:
        found = load(cell.source)
        if found.longest > LONGEST_SENTENCE:
            text = f"a sentence has {found.longest} words, {LONGEST_SENTENCE} are allowed: {found.longest_sentence}"
            yield Finding("error", "text", unit, language, grade_id(cell), text)
        if grade_id(cell).endswith("-text") and found.words > LONGEST_TASK:
            text = f"the task has {found.words} words, {LONGEST_TASK} are allowed"
            yield Finding("error", "text", unit, language, grade_id(cell), text)
    average = load("\n\n".join(cell.source for cell in markdown)).average
    if average > AVERAGE_SENTENCE:
        text = f"sentences have {average:.1f} words on average, {AVERAGE_SENTENCE:.0f} are allowed"
        yield Finding("error", "text", unit, language, "", text)


def _words(course: Path, unit: str, language: Language, markdown: list[NotebookNode]) -> Iterator[Finding]:
    """A word of the glossary is used in the unit that introduces it, and not before."""
    described = read_course(course)
    folders = {name: course / "units" / name for name in described.units}
    first = read_glossary(folders[unit], described.languages[0]) if unit in folders else {}
    own = read_glossary(course / "units" / unit, language)
    if missing := first.keys() ^ own.keys():
        text = f"glossary.{language}.toml has not the words of {described.languages[0]}: {', '.join(sorted(missing))}"
        yield Finding("error", "text", unit, language, "", text)
    prose = _CODE.sub(" ", "\n".join(cell.source for cell in markdown if not is_glossary(cell.source))).casefold()
    for key, word in own.items():
        if not _occurs(own, key, prose):
            yield Finding(
                "warning", "text", unit, language, "", f"the glossary's word {word.word!r} is not in the text"
            )
    if unit not in folders:
        return
    place = described.units.index(unit)
    known = {
        word.word for name in described.units[: place + 1] for word in read_glossary(folders[name], language).values()
    }
    for name in described.units[:place]:
        if twice := own.keys() & read_glossary(folders[name], language).keys():
            text = f"the glossary of {name} has these words already: {', '.join(sorted(twice))}"
            yield Finding("warning", "text", unit, language, "", text)
    for name in described.units[place + 1 :]:
        later = read_glossary(folders[name], language)
        for key, word in later.items():
            if word.word not in known and _occurs(later, key, prose):
                text = f"{word.word!r} is used here, but explained only in {name}"
                yield Finding("warning", "text", unit, language, "", text)


def _occurs(glossary: Glossary, key: str, prose: str) -> bool:
    word = glossary[key]
    return any(re.search(rf"\b{re.escape(form.casefold())}\b", prose) for form in (word.word, *word.forms))
