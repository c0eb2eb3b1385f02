"""Sentences that are kept before their language is known: remarks, failures, and what the command line prints."""

from __future__ import annotations

import json
import pickle

import pytest
from nbformat.v4 import new_notebook
from rich.console import Console

from doorstart_grading import remarks, report
from doorstart_grading.course import CourseError, Failure
from doorstart_grading.examine import NotGradedError
from doorstart_grading.reading import UnreadableError
from doorstart_grading.remarks import Remark
from doorstart_grading.sentence import Sentence, SentenceError, Told, sentence
from doorstart_grading.translation import LANGUAGES

NBSP = "\N{NO-BREAK SPACE}"
DELETED = sentence(
    "The %(cell)s had been deleted; it was put back.", cell=sentence("check `%(name)s`", name="50 %(x)s")
)


def test_a_sentence_is_said_in_each_language_with_sentences_in_it() -> None:
    assert [DELETED.in_language(one) for one in LANGUAGES] == [
        "Controle `50 %(x)s`: deze cel was verwijderd; ze werd teruggezet.",
        f"Vérification `50 %(x)s`{NBSP}: cette cellule avait été supprimée{NBSP}; elle a été remise.",
        "The check `50 %(x)s` had been deleted; it was put back.",
        "Prüfung `50 %(x)s`: Diese Zelle war gelöscht; sie wurde wieder eingesetzt.",
    ]
    assert str(DELETED) == DELETED.in_language("en") == DELETED.in_language("pl")


@pytest.mark.parametrize(
    "kept",
    [
        DELETED,
        Told("100 % <b>"),
        sentence("%(why)s Nothing was scored.", why=Told("The sandbox is being stopped. Try again in a minute.")),
    ],
)
def test_a_sentence_can_be_kept_and_sent(kept: Sentence) -> None:
    assert Sentence.from_json(json.loads(json.dumps(kept.to_json()))) == kept
    assert pickle.loads(pickle.dumps(Failure(kept, "x"))).sentence == kept  # noqa: S301  our own


def test_what_the_sandbox_said_is_said_in_the_language_too() -> None:
    why = Told("The sandbox is being stopped. Try again in a minute.")
    text = sentence("%(why)s Nothing was scored.", why=why).in_language("nl")
    assert text == "De sandbox wordt gestopt. Probeer het over een minuut opnieuw. Er zijn geen punten gegeven."
    assert Told("100 % <b>").in_language("nl") == "100 % <b>"


@pytest.mark.parametrize("kind", [CourseError, NotGradedError, UnreadableError])
def test_an_error_is_english_for_programs(kind: type[SentenceError]) -> None:
    error = kind(DELETED)
    assert str(error) == str(DELETED) and error.sentence == DELETED


def test_remarks_are_kept_and_older_ones_stay_as_they_are() -> None:
    notebook = new_notebook()
    remarks.add(notebook, [Remark(DELETED, needs_person=True)])
    kept = json.loads(json.dumps(notebook.metadata["doorstart"]["remarks"]))
    assert kept[0]["text"] == str(DELETED), "programs read English"
    assert [Remark.from_json(one) for one in kept] == [Remark(DELETED, needs_person=True)]
    old = Remark.from_json({"text": "100 % of it", "needs_person": False})
    assert old.text == old.sentence.in_language("nl") == "100 % of it"


def printed(language: str) -> str:
    lines = [
        report.Line("ann", "graded", 7.5, 10, [DELETED], [sentence("To be scored by hand: %(names)s.", names="essay")]),
        report.Line("bea", "failed", remarks=[sentence("No notebook of this assignment was handed in.")]),
        report.Line("cem", "not graded"),
        report.Line("[b]dan", "unchanged", 2, 10),
    ]
    found = report.Report("sums.nl", "ps1", lines, [report.Override("ann", "first", "essay", 1.5, None)], 61.7)
    console = Console(width=200, record=True, quiet=False, file=open("/dev/null", "w"))  # noqa: PTH123, SIM115
    report.show(found, console, language)  # type: ignore[arg-type]
    return console.export_text()


def test_the_report_of_the_command_line_speaks_the_courses_language() -> None:
    dutch = printed("nl")
    for text in (
        "Cursist",
        "verbeterd, iemand moet kijken",
        "7,5 / 10",
        "Met de hand na te kijken: essay.",
        DELETED.in_language("nl"),
        "Er werd geen notebook van deze les ingediend.",
        "[b]dan",
        "1 verbeterd, 1 niet veranderd, 1 mislukt, 1 niet verbeterd; bij 1 moet iemand kijken. 62 seconden.",
        "Punten op 10: laagste 2, mediaan 4,75, gemiddelde 4,75, hoogste 7,5.",
        "iemand gaf 1,5, en dat telt; de automatische score is nu geen.",
        "Scores zijn voorstellen.",
    ):
        assert text in dutch
    english = printed("en")
    assert "graded, needs a person" in english and "Scores are proposals." in english and "7.5 / 10" in english


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one != "en"])
def test_nothing_of_the_english_report_is_left(language: str) -> None:
    kept = ("first", "essay", "notebook", "score", "Scores", "Median", "Points")
    english = {word for word in printed("en").split() if word.isalpha() and len(word) > 3} - set(kept)
    assert english & set(printed(language).split()) == set()
