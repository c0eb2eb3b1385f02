"""The sentences of other programs: each one that we replace is there in each language, and says the same."""

from __future__ import annotations

import re
from pathlib import Path

import nbgrader
import pytest

from doorstart_words.catalogue import LANGUAGES, PROGRAMS, messages, sentences
from doorstart_words.scripts import english, programs
from doorstart_words.templates import fixed

TEMPLATES = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates"
NAMES = {
    "nbgrader",
    "nbgrader formgrade",
    "Nbgrader",
    "Formgrader",
    "Formgrader (local)",
    "Notebook ID",
    "Server",
    "server",
    "servers",
}
"""Names, and words that are the same in more than one of the languages."""


def wanted(program: str) -> set[str]:
    """What a program that has no catalogues of its own says."""
    said = {sentence for name, owner in programs() if owner == program for sentence in english(name)}
    if program == "nbgrader":
        for template in [*TEMPLATES.glob("*.tpl"), *(TEMPLATES / "formgrade").glob("*.j2")]:
            said |= set(fixed(template.read_text()))
    return said


def values(text: str) -> list[str]:
    return sorted(re.findall(r"%\d|\{\d\}", text))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("program", ["nbgrader", "jupyterhub"])
def test_each_sentence_is_translated_and_no_other(program: str, language: str) -> None:
    assert set(sentences(program, language)) == wanted(program)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("program", PROGRAMS)
def test_a_translation_has_the_same_values_and_tags(program: str, language: str) -> None:
    for message in messages(program, language):
        originals = (message.english, message.plural or message.english)
        for form, original in zip(message.forms, originals, strict=False):
            assert form.strip(), message.english
            assert values(form) == values(original), message.english
            if program != "jupyterlab":
                assert form[:1].isspace() == original[:1].isspace() or original[:1] == ":", message.english
                assert set(re.findall(r"<(?!a\b|/a)[^>]*>", form)) <= set(re.findall(r"<[^>]*>", original))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("program", ["nbgrader", "jupyterhub"])
def test_a_translation_is_not_the_english_sentence(program: str, language: str) -> None:
    same = {english for english, text in sentences(program, language).items() if english.strip() == text.strip()}
    assert {text for text in same if " " in text.strip()} - NAMES == set()


@pytest.mark.parametrize("program", PROGRAMS)
def test_french_has_a_space_that_does_not_break_before_double_signs(program: str) -> None:
    for message in messages(program, "fr"):
        for form in message.forms:
            assert not re.search(r"(?<![\u00a0\u202f:])[:;?!](?:\s|$)", re.sub(r"<[^>]*>|&\w+;", "", form)), form
