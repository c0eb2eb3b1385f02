"""Feedback in the language of its course: its own words, the numbers, and nothing that was not escaped before."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from traitlets.config import Config, Configurable

from doorstart.check.loop import score_of
from doorstart_grading import kinds, language
from doorstart_grading.feedback import ENDED, FeedbackExporter, parts

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
BEGIN, END = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
HOSTILE = "<img src=x onerror=alert(1)>&%(score)s 100 %"


class Converter(Configurable):
    """In the place of nbgrader's GenerateFeedback: what the exporter knows of the course."""

    def __init__(self, course: str) -> None:
        super().__init__(config=Config())
        self.coursedir = SimpleNamespace(course_id=course)


def cell(name: str, points: float, report: dict[str, Any], source: str = "check()") -> Any:
    nbgrader = {"grade_id": name, "grade": True, "solution": False, "locked": True, "task": False, "points": points}
    return new_code_cell(source, metadata={"nbgrader": nbgrader | {"schema_version": 3}, "doorstart": report})


def failed(hidden: bool = False, **told: str) -> dict[str, Any]:
    return {"status": "failed", "check": {"hidden": hidden, "learner": told}}


def everything() -> Any:
    """A notebook with all that the page has words for."""
    # A function of the name `text` came back, which is not the description of a value that is hidden.
    told = {"called": "total([1])", "came_back": "text", "expected": "1", "next_step": HOSTILE}
    bare = {"called": "`total` with a list of 2 items and a number", "came_back": "a number", "message": HOSTILE}
    answer = {"grade_id": "t", "grade": True, "solution": True, "locked": False, "task": False, "schema_version": 3}
    picture = new_output("display_data", data={"image/png": PNG})
    return new_notebook(
        cells=[
            new_code_cell("draw()", outputs=[picture]),
            cell("a", 2.5, failed(**told)),
            cell("b", 2, failed(hidden=True, **bare), f"{BEGIN}\nsecret()\n{END}"),
            cell("c", 2, {"status": "passed"}),
            cell("d", 2, {"status": "error"}),
            cell("e", 2, {"status": "not-run"}),
            new_code_cell("print(1)", outputs=[new_output("stream", name="stdout", text="1\n")]),
            new_markdown_cell("42", metadata={"nbgrader": answer | {"points": 1}}),
        ],
        metadata={"doorstart": {"kernel": {"ended": "out-of-memory"}}},
    )


def page(course: str | None, **about: Any) -> str:
    """The page that the exporter makes for this course, with half a point for everything."""

    def graded(notebook: Any, resources: Any) -> tuple[Any, Any]:
        for number, one in enumerate(notebook.cells):
            if "nbgrader" in one.metadata:
                by_hand = one.cell_type == "markdown" or number == 4
                one.metadata.nbgrader.update({"score": 0.5, "comment": "ok", "by_hand": by_hand})
        return notebook, resources

    exporter = FeedbackExporter(parent=Converter(course) if course is not None else None)
    exporter.register_preprocessor(graded)
    known = {"notebook": "p1", "assignment": "ps1", "score": 7.25, "max_score": 12.5, "late_penalty": 0.5}
    html, _ = exporter.from_notebook_node(everything(), {"nbgrader": known | about})
    return str(html)


def text_of(html: str) -> str:
    html = re.sub(r"(?s)<style>.*?</style>", "", html)
    return " ".join(re.sub(r"<[^<>]+>", " ", html).split())


@pytest.mark.parametrize(
    ("course", "spoken"),
    [
        ("accounting.nl", "nl"),
        ("accounting.fr", "fr"),
        ("accounting.de", "de"),
        ("accounting.en", "en"),
        ("accounting.pl", "en"),
        ("accounting", "en"),
        ("nl", "en"),
        ("", "en"),
        (None, "en"),
    ],
)
def test_a_page_speaks_the_language_that_the_courses_id_ends_with(course, spoken):
    assert f'<html lang="{spoken}">' in page(course)


SAID = {
    "nl": [
        "Feedback over p1 Les ps1 Score: 7,25 van 12,5 0,5 afgetrokken omdat je te laat hebt ingediend.",
        "Je taken Taak Resultaat Punten Deel 2 Nog niet juist 0,5 van 2,5",
        "Controle: Deels juist 0,5 van 2 punten",
        "Wat werd opgeroepen total([1]) Wat terugkwam text Wat verwacht werd 1 Volgende stap",
        "Wat werd opgeroepen total met een lijst met 2 elementen en een getal Wat terugkwam een getal",
        "Er is iets fout in de controle, niet in je werk. Je lesgever gaf deze punten.",
        "Het werk had meer geheugen nodig dan er is. De controle kon niet uitgevoerd worden.",
        "# (hier lopen nog meer controles)",
        "Nagekeken door je lesgever",
    ],
    "fr": ["Score : 7,25 sur 12,5", "0,5 points sur 2,5", "total avec une liste de 2 éléments et un nombre"],
    "de": ["Ergebnis: 7,25 von 12,5", "0,5 von 2,5 Punkten", "total mit: eine Liste mit 2 Elementen und eine Zahl"],
    "en": ["Score: 7.25 of 12.5", "0.5 of 2.5 points", "total with a list of 2 items and a number"],
}


@pytest.mark.parametrize("spoken", SAID)
def test_what_a_page_says(spoken):
    html = page(f"accounting.{spoken}")
    for sentence in SAID[spoken]:
        assert sentence in text_of(html)
    assert f'alt="{language.of(spoken).gettext("Picture made by the code above")}"' in html


@pytest.mark.parametrize(
    ("spoken", "said"),
    [
        ("nl", "Je hebt te laat ingediend. Je lesgever besliste dat daarvoor niets wordt afgetrokken."),
        ("fr", "Vous avez remis le travail en retard. Votre formateur a décidé de ne rien enlever pour cela."),
        ("de", "Sie haben zu spät abgegeben. Ihre Lehrkraft hat entschieden, dass dafür nichts abgezogen wird."),
        ("en", "It was handed in late. Your instructor decided that nothing is taken off for that."),
    ],
)
def test_a_waiver_is_told_where_points_taken_off_are(spoken, said):
    assert said in text_of(page(f"accounting.{spoken}", late_penalty=0, late_waived=1.5))
    assert said not in text_of(page(f"accounting.{spoken}", late_penalty=0, late_waived=0.0))


@pytest.mark.parametrize("spoken", ["nl", "fr", "de"])
def test_no_english_words_of_the_page_are_left(spoken):
    catalogue = Path(language.__file__).parent / "catalogues" / f"{spoken}.po"
    english = re.findall(r'^msgid "([A-Z#][^"%]{7,})"$', catalogue.read_text(), re.MULTILINE)
    assert len(english) > 25
    said = text_of(page(f"accounting.{spoken}"))
    gettext = language.of(spoken).gettext
    assert [sentence for sentence in english if sentence in said and gettext(sentence) != sentence] == []


@pytest.mark.parametrize("spoken", language.LANGUAGES)
def test_values_are_escaped_in_every_language(spoken):
    html = page(f"accounting.{spoken}", notebook=HOSTILE, assignment=HOSTILE)
    assert "<img src=x" not in html
    # In the title, the heading, the line about the assignment, one message and one next step.
    assert html.count("&lt;img src=x onerror=alert(1)&gt;&amp;%(score)s 100 %") == 5


@pytest.mark.parametrize("spoken", language.LANGUAGES)
def test_programs_find_the_score_in_every_language(spoken):
    assert score_of(page(f"accounting.{spoken}")) == ("7.25", "12.5")
    assert score_of(page(f"accounting.{spoken}", score=None, max_score=3.0)) == ("0", "3")
    assert score_of("<p>Score: <strong>3</strong> of 3</p>") is None


@pytest.mark.parametrize("ended", [*ENDED, "something new", None])
def test_why_a_kernel_went_away(ended):
    notebook = everything()
    notebook.metadata.doorstart.kernel["ended"] = ended
    (part,) = [one for one in parts(notebook, BEGIN, END, "nl") if one.number == 6]
    assert part.verdict
    words = language.of("nl")
    why = ENDED.get(ended, "The work ended before this check.")
    assert part.verdict.message == f"{words.gettext(why)} De controle kon niet uitgevoerd worden."
    assert words.gettext(why) != why


def test_a_number_has_the_sign_of_the_language():
    assert [language.number(7.256, one) for one in language.LANGUAGES] == ["7,26", "7,26", "7.26", "7,26"]
    assert language.number(10.0, "nl") == "10" and language.number(None, "fr") == "0"


@pytest.mark.parametrize(
    ("english", "dutch"),
    [
        ("nothing (None)", "niets (None)"),
        ("a list of 1 item", "een lijst met 1 element"),
        ("an IndexError", "een IndexError"),
        ("`f` with text of 3 characters", "`f` met tekst van 3 tekens"),
        (
            "`f` with a table of 3 rows and 2 columns, a column of 4 values and key: a number",
            "`f` met een tabel van 3 rijen en 2 kolommen, een kolom van 4 waarden en key: een getal",
        ),
        ("`f` with an object of the class Fiets", "`f` met een object van de klasse Fiets"),
        ("`f`", "`f`"),
        ("f([1, 2])", "f([1, 2])"),
        ("'a number'", "'a number'"),
        ("`f` with a number and <b>a list</b>", "`f` with a number and <b>a list</b>"),
    ],
)
def test_descriptions_of_values(english, dutch):
    assert kinds.said(english, language.of("nl")) == dutch
    assert kinds.said(english, language.of("en")) == english
