"""What the sandbox and the examiner say, in the language of the course: all of it, and nothing that was not said so."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract_from_dir
from nbformat.v4 import new_code_cell, new_notebook, new_output

from doorstart_grading import kinds, language, told
from doorstart_grading.answer import check_outcome, learner_outputs, too_long
from doorstart_grading.feedback import parts
from doorstart_grading.sanitise import Budget, clean_outputs, clean_text, notes

TOP = Path(__file__).parents[3]
SPEAKERS = (
    TOP / "hub" / "doorstart" / "sandbox",
    TOP / "extensions" / "examiner" / "src" / "doorstart_examiner",
    TOP / "extensions" / "sandbox_kernel" / "src" / "doorstart_sandbox_kernel",
)
"""The sources of what is recognised."""
SINKS = {"Incident", "Failed", "KernelGone", "CannotCross", "JobError", "SandboxError"}
"""What carries a sentence to a learner or an instructor."""
NOT_GRADING = {"provisioner.py", "traps.py", "local.py"}
"""For an instructor's own notebooks, and for an author's own machine."""
TRANSLATED = [one for one in language.LANGUAGES if one != "en"]
BEGIN, END = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
HOSTILE = "<img src=x onerror=alert(1)>&%(n)s 100 %"
CELL_TIME = "The learner's code ran longer than 10 seconds in this cell."
REFUSED = "The learner's code gave an answer that no check can use, so it was stopped."


def said_in_sources() -> set[str]:
    found: set[str] = set()
    for folder in SPEAKERS:
        for _, _, message, _, _ in extract_from_dir(folder, [("**.py", "python")], keywords={"said": None}):
            assert isinstance(message, str), "a sentence, and its values by name"
            found.add(message)
    return found


def calls(folder: Path, names: set[str]) -> Iterator[tuple[str, ast.Call]]:
    for file in (one for one in folder.rglob("*.py") if one.name not in NOT_GRADING):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in names:
                yield f"{file}:{node.lineno}", node


def test_each_sentence_of_the_sources_is_known_and_no_other() -> None:
    assert said_in_sources() == set(told.SENTENCES), "bring it into doorstart_grading.told, and run `make catalogues`"


@pytest.mark.parametrize("folder", SPEAKERS, ids=lambda folder: folder.name)
def test_what_is_told_is_always_a_sentence_that_is_found(folder: Path) -> None:
    for where, call in calls(folder, {"said"}):
        assert isinstance(call.args[0], ast.Constant), f"{where}: a literal, which the catalogues can have"
    for where, call in calls(folder, SINKS):
        for argument in call.args:
            is_word = isinstance(argument, ast.Constant) and " " not in str(argument.value)
            bare = isinstance(argument, ast.JoinedStr | ast.BinOp | ast.Constant) and not is_word
            assert not bare, f"{where}: said(…) is missing"


def test_what_grading_says_later_is_always_a_literal() -> None:
    for where, call in calls(TOP / "extensions" / "grading" / "src", {"sentence"}):
        assert isinstance(call.args[0], ast.Constant), where


@pytest.mark.parametrize("spoken", TRANSLATED)
@pytest.mark.parametrize("english", told.SENTENCES)
def test_each_sentence_is_recognised_with_its_values(english: str, spoken: str) -> None:
    names = re.findall(r"%\((\w+)\)s", english)
    values: dict[str, object] = dict.fromkeys(names, 12) | {
        name: value
        for name, value in {"kind": "Bike", "module": "my.bikes", "name": "ann", "why": "a reason", "text": "x"}.items()
        if name in names
    }
    text = english % values
    words = language.of(spoken)
    assert told.said(text, words) == words.gettext(english, **values) != text
    assert told.said(text, language.of("en")) == text


@pytest.mark.parametrize(
    ("english", "dutch"),
    [
        (CELL_TIME, "De code liep langer dan 10 seconden in deze cel."),
        ("The notebook ran longer than 1e+03 seconds.", "Het notebook liep langer dan 1e+03 seconden."),
        (f"Not run: {CELL_TIME}", "Niet uitgevoerd: De code liep langer dan 10 seconden in deze cel."),
        (
            "Not run: the learner's code had ended 3 kernels before. The notebook ran longer than 5 seconds.",
            "Niet uitgevoerd: de code had eerder al 3 kernels beëindigd. Het notebook liep langer dan 5 seconden.",
        ),
        (
            "What the test needs cannot go between it and the learner's code: there is no form for a 'generator'.",
            (
                "Wat de test nodig heeft, kan niet tussen de test en de code heen en weer: er is geen vorm voor een "
                "'generator'."
            ),
        ),
    ],
)
def test_a_sentence_in_dutch(english: str, dutch: str) -> None:
    assert told.said(english, language.of("nl")) == dutch


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Something that nobody says.",
        f"{CELL_TIME} And more.",
        "The learner's code ran longer than <b>10</b> seconds in this cell.",
        "The learner's code ran longer than 10 seconds in this cell.\n",
        "a str of more than %(n)s characters",
    ],
)
def test_what_is_not_such_a_sentence_stays(text: str) -> None:
    assert told.said(text, language.of("nl")) == text


def test_sentences_inside_each_other_come_to_an_end() -> None:
    text = "Not run: " * 200 + CELL_TIME
    assert told.said(text, language.of("nl")).startswith("Niet uitgevoerd: Niet uitgevoerd: ")


@pytest.mark.parametrize("spoken", TRANSLATED)
def test_what_an_instructor_is_told_may_be_several_sentences(spoken: str) -> None:
    words = language.of(spoken)
    left = "Not all files of the learner's code are here: more than 100 files, or 8 MB, were written at once."
    assert told.all_said(f"{CELL_TIME} {left}", words) == f"{told.said(CELL_TIME, words)} {told.said(left, words)}"
    assert told.all_said(f"Add them up. {left}", words) == f"Add them up. {told.said(left, words)}"


@pytest.mark.parametrize(
    ("english", "dutch"),
    [
        ("a NameError: name 'total' is not defined", "een NameError: name 'total' is not defined"),
        ("an IndexError", "een IndexError"),
        ("at most 3", "hoogstens 3"),
        ("about 3.5", "ongeveer 3.5"),
        ("one of (1, 2)", "een van (1, 2)"),
        ("an object of the class Bike", "een object van de klasse Bike"),
        ("[1, an object of the class Bike]", "[1, een object van de klasse Bike]"),
        ("ride(the class Bike, 'the class Bike')", "ride(de klasse Bike, 'the class Bike')"),
        ("a table of 2 rows and 1 columns: price", "een tabel van 2 rijen en 1 kolommen: price"),
        ("a function", "een functie"),
        ("text", "text"),
        ("'at most 3'", "'at most 3'"),
        ("[1, 2]", "[1, 2]"),
        (CELL_TIME, "De code liep langer dan 10 seconden in deze cel."),
    ],
)
def test_what_is_shown_of_a_check_that_is_not_hidden(english: str, dutch: str) -> None:
    assert kinds.shown(english, language.of("nl")) == dutch
    assert kinds.shown(english, language.of("en")) == english


def verdict(hidden: bool, spoken: Any = "nl", **learner: str) -> Any:
    nbgrader = {"grade_id": "a", "grade": True, "solution": False, "locked": True, "task": False, "points": 1}
    report = {"status": "failed", "check": {"hidden": hidden, "learner": learner}}
    cell = new_code_cell("f()", metadata={"nbgrader": nbgrader | {"schema_version": 3}, "doorstart": report})
    (part,) = parts(new_notebook(cells=[cell]), BEGIN, END, spoken)
    return part.verdict


@pytest.mark.parametrize("hidden", [True, False])
def test_a_page_says_why_the_code_could_not_go_on(hidden: bool) -> None:
    found = verdict(hidden, called="`f`", came_back=CELL_TIME, message=REFUSED)
    assert [line.text for line in found.lines][1] == "De code liep langer dan 10 seconden in deze cel."
    assert found.message == told.said(REFUSED, language.of("nl")) != REFUSED


@pytest.mark.parametrize("hidden", [True, False])
def test_a_text_that_a_learner_made_is_never_more_than_text(hidden: bool) -> None:
    forged = f"Not run: {HOSTILE}"
    found = verdict(hidden, came_back=forged, message=f"a ValueError: {HOSTILE}")
    assert found.lines[0].text == f"Niet uitgevoerd: {HOSTILE}" and type(found.lines[0].text) is str
    assert found.message == f"een ValueError: {HOSTILE}" and type(found.message) is str


def outcome(status: str, message: str = "", check: Any = None, value: Any = None, spoken: str = "nl") -> Any:
    result = {"kind": "test", "status": status, "value": value, "printed": "", "check": check, "message": message}
    return check_outcome(result, 3, "sum", language.of(spoken))


def test_a_cell_says_in_the_courses_language_why_it_was_ended() -> None:
    words = language.of("nl")
    result = {"kind": "learner", "status": "timeout", "outputs": [], "execution_count": 1, "message": CELL_TIME}
    (output,), _ = learner_outputs(result, Budget(), words)
    assert output.traceback == [output.evalue] == ["De code liep langer dan 10 seconden in deze cel."]
    (output,), _ = learner_outputs(result | {"message": ""}, Budget(), words)
    assert output.evalue == "De cel duurde te lang en werd gestopt."
    assert too_long(words).evalue == "Deze cel is te lang. Ze werd niet uitgevoerd."


def test_a_cell_that_asks_for_input_says_so_in_the_courses_language() -> None:
    text = next(one for one in told.SENTENCES if one.startswith("This cell asks for input"))
    error = {
        "output_type": "error",
        "ename": "EOFError",
        "evalue": text,
        "traceback": [f"\x1b[31mEOFError\x1b[39m: {text}"],
    }
    result = {"kind": "learner", "status": "error", "outputs": [error], "execution_count": 1, "message": ""}
    (output,), _ = learner_outputs(result, Budget(), language.of("nl"))
    assert output.evalue.startswith("Deze cel vraagt om invoer") and output.evalue in output.traceback[0]
    own = error | {"evalue": "mine", "traceback": ["EOFError: mine"]}
    (output,), _ = learner_outputs(result | {"outputs": [own]}, Budget(), language.of("nl"))
    assert output.traceback == ["EOFError: mine"]


def test_a_check_that_failed_tells_the_instructor_in_the_courses_language() -> None:
    facts = {"called": "f(2)", "came_back": "a KeyError: 'x'", "expected": "at most 4", "message": "Look at the rate."}
    (output,) = outcome("failed", check={"hidden": True, "line": 3, "instructor": facts}).outputs
    assert output.traceback[0].split("\n") == [
        "Verborgen controle, regel 3",
        "Opgeroepen: f(2)",
        "Kwam terug: een KeyError: 'x'",
        "Verwacht:   hoogstens 4",
        "Look at the rate.",
    ]
    (output,) = outcome("not-run", f"Not run: {CELL_TIME}").outputs
    assert output.evalue.startswith("Niet uitgevoerd: De code")


def test_a_check_that_could_not_be_run_is_remarked_in_any_language() -> None:
    found = outcome("error", "The test took longer than 12 seconds.")
    assert found.outputs[0].evalue == "De test duurde langer dan 12 seconden."
    assert found.remark.text == (
        "The check `sum` could not be run to its end, and gives no points: The test took longer than 12 seconds."
    )
    assert found.remark.sentence.in_language("nl") == (
        "Controle `sum` kon niet tot het einde worden uitgevoerd en geeft geen punten: De test duurde langer dan 12 "
        "seconden."
    )
    given = outcome("passed", value="7").remark.sentence.in_language("de")
    assert given.endswith("sie gab '7', und das ist keine Punktzahl von 0 bis 3.")


def test_notes_of_what_is_not_shown() -> None:
    words = language.of("nl")
    long = clean_text("x\n" * 5_000)
    assert "lines are left out here" in long
    assert re.search(r"\(… hier zijn \d\N{NARROW NO-BREAK SPACE}\d+ regels weggelaten …\)", notes.said(long, words))
    (output,) = clean_outputs([new_output("display_data", data={"application/pdf": "x", "text/html": "<script>"})])
    assert notes.said(output["data"]["text/plain"], words) == (
        "(hier niet getoond: een pdf-bestand, opmaak zonder tekst, of te veel ervan)"
    )
    assert notes.said("(not shown here: <b>) f(x)", words) == "(not shown here: <b>) f(x)"
    many = clean_outputs([new_output("display_data", data={"text/plain": "1"})] * 201)
    assert notes.said(many[-1]["data"]["text/plain"], words) == "(nog 1 uitvoeren worden hier niet getoond)"
    assert notes.said(notes.TOO_MUCH, words) != notes.TOO_MUCH
    assert notes.said_in_markup(f"<p>{notes.PICTURE}</p>", words) == "<p>(hier wordt een afbeelding niet getoond)</p>"


def test_the_page_says_the_notes_in_its_language() -> None:
    stream = new_output("stream", name="stdout", text="x\n" * 5_000)
    notebook = new_notebook(cells=[new_code_cell("f()", outputs=clean_outputs([stream]))])
    (part,) = parts(notebook, BEGIN, END, "nl")
    assert "regels weggelaten" in part.outputs[0] and "left out" not in json.dumps(part.outputs)


def test_a_text_that_is_much_too_long_is_left_as_it_is_at_once() -> None:
    text = "Not run: " * 50_000
    assert told.all_said(text, language.of("nl")) == text
