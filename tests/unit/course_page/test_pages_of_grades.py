"""The pages of grades and of similar work: what learners wrote is text, and each is whole in every language."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from doorstart_course_page import forms
from doorstart_course_page.grades_columns import STATES
from doorstart_course_page.grades_table import Grades, Mark, Row, Unit
from doorstart_course_page.similar import SideBySide, UnitState
from doorstart_course_page.similar_kept import Finding, Result, Seen
from doorstart_course_page.similar_passages import Piece, Shown
from doorstart_grading.translation import LANGUAGES

from .test_pages import HOSTILE, Elements, page, texts

NOW = datetime(2030, 1, 31, 12, 0, tzinfo=UTC)
SAME = {"Total", "Maximum", "Points", "Name", "Pages", "Formgrader", "Formgrader ↗"}
"""Words that are the same in two languages."""


def grades() -> Grades:
    """A learner in each state."""
    marks = [Mark("graded", 6.5, 1.5, NOW, timedelta(days=2)), Mark("graded", 8.0, 0.0, NOW, timedelta(hours=1))]
    marks += [Mark("to check", 3.0), Mark("waiting"), Mark("open"), Mark("missing", 0.0)]
    rows = [Row(f"l{n}", HOSTILE, (mark,), 6.5, 8.0, None) for n, mark in enumerate(marks)]
    return Grades((Unit("01-sums", 8.0),), tuple(rows))


def pages(language: str) -> dict[str, str]:
    """All pages, with hostile values."""
    both = Finding("ada", "bea", 0.83, (1, 2), "inputs", (("shown", "ada", ("12.50",)), ("typed", "bea", ("7", "8"))))
    one = Finding("cem", "dan", 0.5, (3,), "inputs")
    result = Result("inputs", NOW, 12, (both, one))
    seen = Seen(HOSTILE, NOW)
    state = UnitState("01-sums", 12, result, False, (both,), ((one, seen),))
    others = [UnitState("02-more", 1, None, False, (), ()), UnitState("03-end", 2, result, True, (), ())]
    cells = [Shown("two", (Piece(HOSTILE, False), Piece(HOSTILE, True)), True), Shown("", (Piece("x", True),), False)]
    sides = (("ada", cells), ("bea", []))
    percent = {"states": STATES, "percent": lambda share: forms.percent(share, language)}  # type: ignore[arg-type]
    return {
        "grades": page("grades.html", language, grades=grades(), **percent),
        "no grades": page("grades.html", language, grades=Grades((), ()), **percent),
        "similar": page("similar.html", language, states=[state, *others]),
        "no units": page("similar.html", language, states=[]),
        "unit": page("similar_unit.html", language, state=state),
        "not compared": page("similar_unit.html", language, state=others[0]),
        "nothing found": page("similar_unit.html", language, state=others[1]),
        "pair": page("similar_pair.html", language, unit="01-sums", pair=SideBySide(both, sides, None)),
        "fine": page("similar_pair.html", language, unit="01-sums", pair=SideBySide(one, sides, seen)),
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_learners_wrote_is_text(language: str) -> None:
    for name, html in pages(language).items():
        found = Elements()
        found.feed(html)
        assert {one for one in found.sources if not one.startswith("/static/")} == set(), name
        assert [one for one in found.attributes if one.startswith("on")] == [], name
    assert "<mark>&lt;script&gt;" in pages(language)["pair"]


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one != "en"])
def test_no_page_has_a_sentence_of_another_language(language: str) -> None:
    english = {text for html in pages("en").values() for text in texts(html)}
    for name, html in pages(language).items():
        same = {one for one in english & texts(html) if not re.match(r"(?:l\d|\(l\d\)|\d\d-\w+|two|bea)\Z", one)}
        assert not same - SAME, name


def test_every_page_says_that_likeness_proves_nothing() -> None:
    for name in ("similar", "unit", "pair"):
        assert "proves nothing" in pages("en")[name], name


def test_the_table_of_grades_is_one_for_screen_readers() -> None:
    html = pages("en")["grades"]
    assert html.count('scope="row"') == 6 and html.count('scope="col"') == 5
    assert "2 days late" in html and "1 day late" in html and "taken off: 1.5" in html
    assert 'role="region"' in html and 'tabindex="0"' in html
