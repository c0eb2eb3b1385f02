"""What the sandbox's answer is made into, and which points nbgrader then gives."""

from __future__ import annotations

import base64
import copy
import itertools
from typing import Any

import nbformat
import pytest
from nbconvert.filters import ansi2html
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.utils import determine_grade

from doorstart_grading import language
from doorstart_grading.answer import AnswerError, check_outcome, ending, learner_outputs, results_of
from doorstart_grading.job import Job, JobCell, runnable
from doorstart_grading.sanitise import Budget
from doorstart_grading.sentence import Told

EN = language.of("en")
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="


def check(**result: Any) -> dict[str, Any]:
    return {"kind": "test", "status": "passed", "value": None, "printed": "", "check": None, "message": ""} | result


def points(result: dict[str, Any], most: float = 3) -> float | None:
    """The points that nbgrader gives for what is made of a check's result; the notebook must be a valid one."""
    meta = {"grade": True, "solution": False, "locked": True, "grade_id": "c", "points": most, "schema_version": 3}
    outcome = check_outcome(result, most, "c", EN)
    cell = new_code_cell("1", outputs=outcome.outputs, metadata={"nbgrader": meta, "doorstart": outcome.report})
    nbformat.validate(new_notebook(cells=[cell]))
    return determine_grade(cell)[0]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, 3),
        ("0", 0),
        ("0.0", 0),
        ("1", 1),
        ("2.5", 2.5),
        ("3", 3),
        ("3.0000000000000004", 3),
        ("1e-3", 0.001),
        ("3.1", 0),
        ("1e400", 0),
        ("-1", 0),
        ("-0.0001", 0),
        ("nan", 0),
        ("inf", 0),
        ("", 0),
        ("True", 0),
        ("'3'", 0),
        ("1_0", 0),
        ("٣", 0),
        ("0x1", 0),
        (2, 0),
        (["2"], 0),
        ("1" * 100, 0),
    ],
)
def test_a_passed_check_gives_the_points_of_its_value(value: Any, expected: float) -> None:
    assert points(check(value=value)) == expected


@pytest.mark.parametrize("status", ["failed", "error", "not-run"])
@pytest.mark.parametrize("value", [None, "3", "1"])
@pytest.mark.parametrize("printed", ["", "3"])
@pytest.mark.parametrize(
    "found", [None, {}, [], {"learner": {}, "instructor": {}}, {"learner": 1, "instructor": [], "line": "x"}]
)
def test_any_other_check_gives_none(status: str, value: Any, printed: str, found: Any) -> None:
    assert points(check(status=status, value=value, printed=printed, check=found)) == 0


def test_a_value_that_is_no_score_is_told_to_the_instructor() -> None:
    outcome = check_outcome(check(value="7"), 3, "c", EN)
    assert outcome.remark and outcome.remark.needs_person
    assert "it gave '7', which is not a number of points from 0 to 3" in outcome.remark.text
    assert outcome.report == {"status": "error"}


def test_what_is_printed_costs_nothing() -> None:
    assert points(check(printed="Warning: deprecated\n")) == 3
    assert points(check(printed="2")) == 3
    (output,) = check_outcome(check(printed="x\x1b[31m\ny"), 3, "", EN).outputs
    assert (output.name, output.text) == ("stdout", "x\ny")


def test_the_instructor_sees_all_of_a_failed_check_and_the_learner_gets_its_part() -> None:
    instructor = {
        "source": "assert f(2) == 5",
        "called": "f(2)",
        "came_back": "4",
        "expected": "5",
        "message": "look at f",
        "error": None,
    }
    learner = {
        "called": "`f` with a number",
        "came_back": "a number",
        "expected": None,
        "message": "look at f",
        "x": "y",
    }
    found = {"line": 12, "hidden": True, "learner": learner, "instructor": instructor}
    outcome = check_outcome(check(status="failed", check=found), 3, "", EN)
    (error,) = outcome.outputs
    assert error.evalue == "look at f"
    assert error.traceback[0].split("\n") == [
        "Hidden check, line 12",
        "assert f(2) == 5",
        "Called:    f(2)",
        "Came back: 4",
        "Expected:  5",
        "look at f",
    ]
    told = {"called": "`f` with a number", "came_back": "a number", "message": "look at f"}
    assert outcome.report == {"status": "failed", "check": {"hidden": True, "learner": told}}


def test_text_of_a_learner_in_a_report_is_cleaned_and_short() -> None:
    dirty = "\ud800\x1b[31m" + "x" * 1_000_000 + "\x00"
    found = {"learner": {"came_back": dirty}, "instructor": {"came_back": dirty, "message": dirty}}
    outcome = check_outcome(check(status="failed", check=found, printed=dirty), 3, "", EN)
    nbformat.writes(new_notebook(cells=[new_code_cell(outputs=outcome.outputs)])).encode()
    assert len(str(outcome)) < 200_000
    assert "\x1b" not in str(outcome.report) and len(outcome.report["check"]["learner"]["came_back"]) <= 2_100


def learner(*outputs: Any, **result: Any) -> list[Any]:
    base = {"kind": "learner", "status": "ok", "outputs": list(outputs), "execution_count": 3, "message": ""}
    made, _ = learner_outputs(base | result, Budget(), EN)
    notebook = new_notebook(cells=[new_code_cell(outputs=copy.deepcopy(made))])
    nbformat.validate(notebook)
    nbformat.writes(notebook).encode()
    return made


def test_only_known_outputs_with_known_keys_are_kept() -> None:
    kept = learner(
        {"output_type": "stream", "name": "stderr", "text": "oops", "extra": 1},
        {"output_type": "execute_result", "data": {"text/plain": "5"}, "metadata": {"x": 1}, "execution_count": 99},
        {"output_type": "update_display_data", "data": {"text/plain": "x"}},
        {"output_type": "stream", "name": "stdout"},
        "text",
        None,
    )
    assert [dict(one) for one in kept] == [
        {"output_type": "stream", "name": "stderr", "text": "oops"},
        {"output_type": "execute_result", "data": {"text/plain": "5"}, "metadata": {}, "execution_count": 3},
        *([] if len(kept) == 2 else [{"output_type": "stream", "name": "stdout", "text": ""}]),
    ]


def test_script_goes_and_text_and_pictures_stay() -> None:
    data = {
        "text/html": "<script>alert(1)</script><table><tr><td onclick='x'>5</td></tr></table>",
        "application/javascript": "alert(1)",
        "image/svg+xml": "<svg onload='x'/>",
        "image/png": PNG,
        "text/plain": "5",
    }
    (output,) = learner({"output_type": "display_data", "data": data, "metadata": {}})
    assert set(output["data"]) == {"text/html", "image/png", "text/plain"}
    assert "script" not in output["data"]["text/html"] and "onclick" not in output["data"]["text/html"]
    assert base64.b64decode(output["data"]["image/png"]) == base64.b64decode(PNG)


@pytest.mark.parametrize("content", ["", "no base64", base64.b64encode(b"GIF89a").decode(), PNG[:20], 5, ["a", 5]])
def test_a_picture_that_is_none_is_left_out(content: Any) -> None:
    kept = learner({"output_type": "display_data", "data": {"image/png": content}, "metadata": {}})
    assert all("image/png" not in output.get("data", {}) for output in kept)


@pytest.mark.parametrize(
    "codes", ["31", "1;31", "38;5;1", "38;2;1;2;3", "0", "", "38", "48;5", "38;5;999", "999", ";;;", "38;2;300;0;0"]
)
def test_what_colours_are_kept_can_be_shown(codes: str) -> None:
    (error,) = learner({"output_type": "error", "ename": "E", "evalue": "v", "traceback": [f"\x1b[{codes}mred\x1b[0m"]})
    assert "red" in ansi2html("\n".join(error["traceback"]))


@pytest.mark.parametrize("status", ["timeout", "ended", "not-run"])
def test_a_cell_that_did_not_end_says_so(status: str) -> None:
    assert learner(status=status, message="It took too long.")[-1].evalue == "It took too long."
    assert learner(status=status)[-1].evalue


@pytest.mark.parametrize("count", [None, -1, True, 1.5, "2", 10**12])
def test_a_number_of_a_cell_that_is_none_is_left_out(count: Any) -> None:
    _, number = learner_outputs({"status": "ok", "outputs": None, "execution_count": count}, Budget(), EN)
    assert number is None


def test_an_answer_must_be_about_the_cells_of_the_job() -> None:
    cells = [JobCell("learner", "a"), JobCell("test", "b")]
    right = {"version": 1, "cells": [{"kind": "learner", "status": "ok"}, {"kind": "test", "status": "failed"}]}
    assert results_of(right, cells) == right["cells"]
    for wrong in (
        {},
        right | {"version": "1"},
        right | {"cells": list(reversed(right["cells"]))},
        right | {"cells": [*right["cells"], right["cells"][0]]},
        right | {"cells": [{"kind": "learner", "status": "passed"}, right["cells"][1]]},
        right | {"cells": [right["cells"][0], {"kind": "test", "status": "ok"}]},
    ):
        with pytest.raises(AnswerError, match="Nothing was scored"):
            results_of(wrong, cells)


def test_how_the_learners_code_ended() -> None:
    assert ending({"kernel": {"ended": None, "message": "x"}}) is None
    assert ending({"kernel": []}) is ending({}) is None
    assert ending({"kernel": {"ended": "output", "message": "It printed too much."}}) == (
        "output",
        Told("It printed too much."),
    )


def test_too_much_text_is_not_sent_but_every_check_is() -> None:
    meta = {"nbgrader": {"grade": True, "solution": False, "grade_id": "c"}}
    checks = [new_code_cell("c" * 2_000_000, metadata=meta) for _ in range(2)]
    small, huge = new_code_cell("1"), new_code_cell("x" * 1_100_000)
    large = [new_code_cell("y" * 1_000_000) for _ in range(10)]
    chosen = runnable([small, huge, checks[0], *large, checks[1]])
    assert chosen == [small, checks[0], *large[:8], checks[1]]
    job = Job([JobCell("learner", cell.source) for cell in chosen], ("BEGIN", "END"))
    assert len(job.to_json()) < 16 * 1024 * 1024
    many = list(itertools.repeat(small, 20_000))
    assert len(runnable(many)) == 9_000
