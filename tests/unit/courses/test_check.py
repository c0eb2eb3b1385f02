"""``doorstart course check``, with the real examiner: shipped courses are right, and each kind of mistake is found."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from doorstart.cli import course as command
from doorstart.courses.check import Graders, UnitReport, check_course, check_unit
from doorstart.courses.check.unit import GradeAll
from doorstart.courses.format import read_course

from .conftest import WRITTEN_UNIT as UNIT
from .conftest import change

COURSES = Path(__file__).parents[3] / "courses"
SHIPPED = [
    pytest.param(file.parent, unit, id=f"{file.parent.name}/{unit}")
    for file in sorted(COURSES.glob("*/course.toml"))
    for unit in read_course(file.parent).units
]


@pytest.fixture(scope="module")
def graders() -> Iterator[Graders]:
    with Graders() as graders:
        yield graders


Changed = Callable[[str, str, str], Path]


@pytest.fixture
def changed(written: Path) -> Changed:
    """Changes one thing in a file of a new course's unit."""

    def change_once(file: str, before: str, after: str) -> Path:
        change(written / "units" / UNIT / file, before, after)
        return written

    return change_once


def errors(report: UnitReport) -> list[str]:
    return [str(one) for one in report.findings if one.kind == "error"]


def english(course: Path, graders: GradeAll) -> UnitReport:
    return check_unit(course, UNIT, graders, ["en"], mutate=False)


@pytest.mark.parametrize(("course", "unit"), SHIPPED)
def test_shipped_units_are_right_in_all_languages(course: Path, unit: str, graders: Graders) -> None:
    """Without mutants: with them, the command takes minutes, which is for authors and for the release of a course."""
    assert errors(check_unit(course, unit, graders, mutate=False)) == []


def test_checks_of_a_shipped_unit_notice_changes(graders: Graders) -> None:
    report = check_unit(COURSES / "programming", "02-numbers-and-text", graders, ["en"])
    assert report.mutants > 20 and report.killed >= 0.95 * report.mutants


def test_checks_that_notice_nothing_are_shown_with_a_call(changed: Changed, graders: Graders) -> None:
    course = changed("unit.en.md", '(0, "4.25", "0.00"), (10, "1.19", "11.90"), (1, "0.01", "0.01")', "")
    report = check_unit(course, UNIT, graders, ["en"])
    assert report.killed == report.mutants, "the visible check is enough"
    changed("unit.en.md", 'Decimal("2.50")).gives(Decimal("7.50")', 'Decimal("1.00")).gives(Decimal("3.00")')
    report = check_unit(course, UNIT, graders, ["en"])
    assert report.killed < report.mutants
    texts = [one.text for one in report.findings if one.about == "mutant"]
    assert any("no check notices this change" in one and "line_total(" in one and " gives " in one for one in texts)
    changed("unit.en.md", "check(line_total, 3,", "check(lambda *_: Decimal(3), 3,")
    report = check_unit(course, UNIT, graders, ["en"])
    assert any("no check calls line_total" in one.text for one in report.findings)


def test_a_wrong_answer_that_gets_other_points_than_its_author_says(changed: Changed, graders: Graders) -> None:
    report = english(changed("wrong-answers.toml", "score = 0", "score = 1"), graders)
    assert len(errors(report)) == 1 and "gets 0 points, not 1" in errors(report)[0]
    assert not report.plain()["wrong_answers_ok"] and report.plain()["reference_ok"]


def test_a_reference_solution_that_fails(changed: Changed, graders: Graders) -> None:
    course = changed("unit.en.md", "    goods = pieces * price\n    return goods", "    return pieces + price")
    found = errors(english(course, graders))
    assert any("the reference solution fails" in one and "line-total-check" in one for one in found)
    assert any("in the learner's own notebook" in one for one in found)


def test_a_file_that_the_exchange_does_not_take(changed: Changed, graders: Graders) -> None:
    goods = "    goods = pieces * price\n    return goods"
    course = changed("unit.en.md", goods, f"    open('report.odt', 'w').close()\n{goods}")
    found = errors(english(course, graders))
    assert len(found) == 1 and "cannot be handed in" in found[0] and "'report.odt'" in found[0]


def test_a_starter_that_gets_points(changed: Changed, graders: Graders) -> None:
    course = changed(
        "unit.en.md",
        "    return goods\n    goods = pieces * price",
        "    return pieces * price",
    )
    report = english(course, graders)
    assert not report.plain()["untouched_ok"] and any("the untouched unit gets" in one for one in errors(report))


def test_a_text_that_asks_for_something_outside(changed: Changed, graders: Graders) -> None:
    course = changed("unit.en.md", "## Summary", "## Summary\n\nSee www.example.org for more.")
    assert any("asks for something from outside" in one for one in errors(english(course, graders)))


def test_a_text_that_tells_where_the_learner_is(changed: Changed, graders: Graders) -> None:
    course = changed("unit.en.md", "## Summary", "## Summary\n\nAll inmates can do this.")
    assert any("tells where the learner is" in one for one in errors(english(course, graders)))


def test_a_rate_of_the_law_in_a_text(changed: Changed, graders: Graders) -> None:
    course = changed("unit.en.md", "## Summary", "## Summary\n\nThe VAT is 21 %.")
    assert any("is a rate of the law" in one for one in errors(english(course, graders)))


def test_a_check_that_gives_a_value_to_a_name_of_the_learners(changed: Changed, graders: Graders) -> None:
    course = changed("unit.en.md", "# Check of task 1\n", "# Check of task 1\ntotal, case_n = 1, [n for n in [1]]\n")
    found = errors(english(course, graders))
    assert len(found) == 1 and "gives a value to total" in found[0] and "use case_total" in found[0]


def test_code_that_asks_for_something_outside(changed: Changed, graders: Graders) -> None:
    line = "import socket; socket.getaddrinfo('localhost', 80)"
    course = changed(
        "unit.en.md",
        "    goods = pieces * price\n    return goods\n",
        f"    {line}\n    goods = pieces * price\n    return goods\n",
    )
    assert any("asks for something outside: socket.getaddrinfo" in one for one in errors(english(course, graders)))


def test_a_sentence_that_is_too_long(changed: Changed, graders: Graders) -> None:
    course = changed("unit.en.md", "## Summary", "## Summary\n\n" + "word " * 21 + "end.")
    assert any("a sentence has 22 words, 20 are allowed" in one for one in errors(english(course, graders)))


def test_a_language_with_other_cells(changed: Changed, graders: Graders) -> None:
    course = changed("unit.nl.md", '"grade_id": "line-total-check-more"', '"grade_id": "line-total-check-other"')
    report = check_unit(course, UNIT, graders, mutate=False)
    assert "its cells are not those of en" in errors(report)[0] and "unit.nl.md, line" in errors(report)[0]


def test_a_comment_without_translation(changed: Changed, graders: Graders) -> None:
    course = changed("texts.toml", 'en = "Check of task 1"', 'en = "Check of the first task"')
    assert "it lacks nl of 'Check of task 1'" in errors(check_unit(course, UNIT, graders, mutate=False))[0]


def test_an_unchanged_unit_is_not_checked_again(changed: Changed, tmp_path: Path, graders: Graders) -> None:
    asked = []

    def counting(jobs):  # type: ignore[no-untyped-def]
        asked.append(len(jobs))
        return graders(jobs)

    course = changed("wrong-answers.toml", "score = 0", "score = 1")
    first = check_course(course, counting, tmp_path / "cache", [UNIT], ["en"])
    count = len(asked)
    again = check_course(course, counting, tmp_path / "cache", [UNIT], ["en"])
    assert count > 0 and len(asked) == count and again == first and again.errors
    changed("wrong-answers.toml", "score = 1", "score = 0")
    assert check_course(course, counting, tmp_path / "cache", [UNIT], ["en"]).errors == []


def test_a_value_of_the_law_that_was_to_be_looked_at_again_is_a_warning(graders: Graders, tmp_path: Path) -> None:
    unit, cache = "03-choices", tmp_path / "cache"
    course = COURSES / "programming"
    assert check_course(course, graders, cache, [unit], ["en"], today=date(2026, 11, 28)).findings == []
    later = check_course(course, graders, cache, [unit], ["en"], today=date(2040, 1, 1))
    assert later.errors == []
    assert any("look at the source of 'standard' again; that was due by 2027" in one.text for one in later.findings)
    assert str(later.findings[0]).startswith("03-choices: law/vat.toml")


def test_the_command_says_first_what_to_mend_and_exits_with_1(changed: Changed, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(command, "CACHE", tmp_path / "cache")
    course = changed("wrong-answers.toml", "score = 0", "score = 1")
    options = [str(course), "--unit", UNIT, "--language", "en"]
    done = CliRunner().invoke(command.app, ["check", *options])
    assert done.exit_code == 1
    assert next(line for line in done.stderr.splitlines()).startswith("Mend first: 01-orders (en)")
    done = CliRunner().invoke(command.app, ["check", *options, "--json"])
    answer = json.loads(done.stdout)
    assert done.exit_code == 1 and answer["ok"] is False and answer["languages"] == ["en"]
    (unit,) = answer["units"]
    assert {"id", "tasks", "reference_ok", "untouched_ok", "wrong_answers_ok", "mutants", "killed"} <= unit.keys()
    assert answer["killed_share"] == pytest.approx(unit["killed"] / unit["mutants"], abs=1e-4)
