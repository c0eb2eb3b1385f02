"""Code in another language: comments and next steps are translated, everything else stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from doorstart.courses.format import CourseError
from doorstart.courses.translation import Texts

TEXTS = """
[[text]]
en = "Check of task 1"
nl = "Controle van taak 1"
[[text]]
en = "add the VAT."
nl = "tel de btw erbij. Let op \\"dubbel\\"."
[[text]]
en = "To pay:"
nl = "Te betalen (€):"
"""
CODE = """# Check of task 1
### BEGIN HIDDEN TESTS
from doorstart_checks.en import check

check(é, "To pay:", "add the VAT.").gives(3, next_step="add " "the VAT.")  # show: call
print("To pay:", f"add the VAT. {3}")
### END HIDDEN TESTS
"""
DUTCH = """# Controle van taak 1
### BEGIN HIDDEN TESTS
from doorstart_checks.nl import check

check(é, "Te betalen (€):", STEP).gives(3, next_step=STEP)  # show: call
print("Te betalen (€):", f"add the VAT. {3}")
### END HIDDEN TESTS
""".replace("STEP", r'"tel de btw erbij. Let op \"dubbel\"."')


@pytest.fixture
def texts(tmp_path: Path) -> Texts:
    (tmp_path / "texts.toml").write_text(TEXTS, encoding="utf-8")
    return Texts(tmp_path / "texts.toml", "en")


def test_comments_next_steps_and_printed_words(texts: Texts) -> None:
    assert texts.code(CODE, "nl") == DUTCH
    assert texts.code(CODE, "en") == CODE


@pytest.mark.parametrize(
    "code", ["# Another comment", 'check(f).gives(1, next_step="round it.")', 'print("Total of all")']
)
def test_what_has_no_translation_is_named(texts: Texts, code: str) -> None:
    with pytest.raises(CourseError, match=r"texts\.toml: it lacks nl of '"):
        texts.code(code, "nl")


@pytest.mark.parametrize("code", ['name = "Desk lamp"', "x = 1  # noqa: S101", 'print(";", "%d")', "#"])
def test_what_may_be_data_stays(texts: Texts, code: str) -> None:
    assert texts.code(code, "nl") == code


def test_part_of_a_message(texts: Texts) -> None:
    assert texts.holding("add the VAT", "nl") == ['tel de btw erbij. Let op "dubbel".']
    assert texts.holding("7.50", "nl") == ["7.50"]


def test_a_text_that_is_there_twice(tmp_path: Path) -> None:
    (tmp_path / "texts.toml").write_text('[[text]]\nen = "a b"\nnl = "c"\n[[text]]\nen = "a b"\nnl = "d"\n')
    with pytest.raises(CourseError, match="is there twice"):
        Texts(tmp_path / "texts.toml", "en")
