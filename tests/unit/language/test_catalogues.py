"""Every sentence of the Hub, My course and feedback in every language: complete, the same values, and none outside."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from doorstart.language import LANGUAGES, NAMES
from doorstart.language.catalogue import of
from doorstart.language.templates import Translated
from doorstart_course_page import language as course_language
from doorstart_grading import language as feedback_language

TOP = Path(__file__).parents[3]


@dataclass(frozen=True)
class Pages:
    """Pages that have catalogues of their own."""

    folder: Path
    catalogues: Path
    code: str
    of: Callable[[str], Any]
    ending: str = "html"
    """Of the templates' names."""

    @property
    def templates(self) -> list[Path]:
        return sorted((self.folder / "templates").rglob(f"*.{self.ending}"))


HUB = Pages(TOP / "hub", TOP / "hub" / "doorstart" / "language" / "catalogues", "doorstart/**.py", of)
_PACKAGE = TOP / "extensions" / "course_page" / "src" / "doorstart_course_page"
COURSE = Pages(_PACKAGE, _PACKAGE / "language" / "catalogues", "**.py", course_language.of)
_GRADING = TOP / "extensions" / "grading" / "src" / "doorstart_grading"
FEEDBACK = Pages(_GRADING, _GRADING / "language" / "catalogues", "**.py", feedback_language.of, "html.j2")
ALL = pytest.mark.parametrize("pages", [HUB, COURSE, FEEDBACK], ids=["hub", "course", "feedback"])
SERVED = [*HUB.templates, *COURSE.templates]
TEMPLATES = [*SERVED, *FEEDBACK.templates]
TRANSLATED = [language for language in LANGUAGES if language != "en"]
KEYWORDS = {"_": None, "N_": None, "sentence": None, "gettext": None, "ngettext": (1, 2)}
OWN_NAMES = {"Doorstart"}
"""Words that are the same in every language."""


def sentences(pages: Pages) -> set[str | tuple[str, ...]]:
    """What the code and the templates say."""
    templates = f"templates/**.{pages.ending}"
    methods = [(pages.code, "python"), (templates, "jinja2")]
    found = extract_from_dir(pages.folder, methods, {templates: {"silent": "false"}}, keywords=KEYWORDS)
    return {message for _, _, message, _, _ in found}


def values(text: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)s", text))


def bare(source: str) -> list[str]:
    """The words in a template that no catalogue reaches: text, and attributes that people hear or see."""
    environment = jinja2.Environment(extensions=[Translated], autoescape=True)
    html = "".join(
        value if kind == "data" else "\0" for _, kind, value in environment.lexer.tokeniter(source, "template")
    )
    html = re.sub(r"<(code|pre)\b.*?</\1>", "", html, flags=re.DOTALL)  # a command to type is the same in each language
    said = re.findall(r"""\b(?:alt|title|aria-label|placeholder|label)="([^"]*)\"""", html)
    said += [text for text in re.split(r"<[^>]*>", html) if text]
    return [text.strip(" \n\0") for text in said if set(re.findall(r"[^\W\d_]{2,}", text)) - OWN_NAMES]


@ALL
@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_has_every_sentence_and_nothing_else(language, pages):
    with (pages.catalogues / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    assert not [message.id for message in catalogue if message.id and message.fuzzy], "a guess, to be looked at"
    assert not list(catalogue.obsolete)
    translated = {message.id: message.string for message in catalogue if message.id}
    assert set(translated) == sentences(pages), "run `make catalogues`, and translate what is new"
    for sentence, translation in translated.items():
        for text in (translation,) if isinstance(translation, str) else translation:
            assert text.strip(), f"{sentence!r} is not translated"
            original = sentence if isinstance(sentence, str) else " ".join(sentence)
            assert values(text) == values(original), sentence
            # Formatting with all values is what the pages do: a stray per cent sign would fail there.
            assert text % dict.fromkeys(values(text), 1)


@ALL
@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_is_not_the_english_sentence(language, pages):
    said = {one for one in sentences(pages) if isinstance(one, str) and len(re.sub(r"%\(\w+\)s", "", one)) > 14}
    for sentence in said:
        assert pages.of(language).translations.gettext(sentence) != sentence


def test_each_language_has_its_name_and_an_unknown_one_is_english():
    assert set(NAMES) == set(LANGUAGES)
    assert of("pl").gettext("Log in") == of("en").gettext("Log in") == "Log in"


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_has_no_words_outside_the_catalogues(template):
    assert bare(template.read_text()) == []


def test_words_outside_the_catalogues_would_be_found():
    page = '<p class="a b">{{ _("Said") }} left over</p><img alt="A picture"><i title="{{ _("x") }}"></i>{# no #}'
    assert bare(page) == ["A picture", "left over"]


@pytest.mark.parametrize("template", SERVED, ids=lambda path: path.name)
def test_a_template_runs_and_styles_nothing_but_files(template):
    # The policy of the pages would stop it, and only a browser would say so.
    source = template.read_text()
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", source)
    assert not re.search(r"""(?:src|href|action)=["'](?:https?:)?//""", source)


@ALL
def test_french_has_a_space_that_does_not_break_before_double_signs(pages):
    with (pages.catalogues / "fr.po").open("rb") as file:
        for message in read_po(file, locale="fr"):
            text = message.string if isinstance(message.string, str) else " ".join(message.string)
            assert not message.id or not re.search(r"[^\u00a0\u202f][:;?!](?:\s|$)", text), text


def test_a_page_speaks_the_language_that_it_is_rendered_in():
    environment = jinja2.Environment(extensions=[Translated], autoescape=True)
    sentence = "The new password is too short. Use at least %(length)s characters."
    page = environment.from_string(f'{{{{ _("{sentence}", length=n) }}}}')
    assert page.render(language="nl", n="<10>").endswith("Gebruik minstens &lt;10&gt; tekens.")
    assert page.render(language="de", n=10).endswith("Nehmen Sie mindestens 10 Zeichen.")
    assert page.render(n=10).endswith("Use at least 10 characters."), "without a language, English"
