"""What people read in JupyterLab: every text in every language."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

UI = Path(__file__).parents[3] / "extensions" / "lab" / "ui"
LANGUAGES = ("nl", "fr", "en", "de")


def words(language: str) -> dict[str, str]:
    """The texts of a language."""
    return dict(json.loads((UI / "words" / f"{language}.json").read_text(encoding="utf-8")))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_missing(language: str) -> None:
    assert list(words(language)) == list(words("en")), "the same texts in the same order"
    assert all(text.strip() for text in words(language).values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_name_the_same_values(language: str) -> None:
    for word, text in words("en").items():
        assert sorted(re.findall(r"\{\w+\}", words(language)[word])) == sorted(re.findall(r"\{\w+\}", text)), word


@pytest.mark.parametrize("language", ["nl", "fr", "de"])
def test_texts_are_translated(language: str) -> None:
    same = {word for word, text in words(language).items() if text == words("en")[word]}
    assert {word for word in same if not word.startswith("keyname_")} <= {
        "minutes",
        "score",
        "due_day",
        "file_size",
        "stop",
        "page",
        "feedback",
        "feedback_of",
        "tour_later",
    }


def test_every_text_is_used() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in UI.glob("*.ts"))
    unused = {word for word in words("en") if f"'{word}'" not in source and not word.startswith("why_")}
    assert unused - {"new", "started", "submitted", "returned"} == set()


def test_french_has_its_signs() -> None:
    for word, text in words("fr").items():
        assert "'" not in text, f"{word}: the apostrophe is the typographic one"
        assert not re.search(r"\w[:?!;]( |$)", text), f"{word}: a space stands before : ? ! ;"
