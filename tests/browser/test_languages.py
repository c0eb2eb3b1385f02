"""A learner works through a unit in each language: reads it, answers wrongly and then rightly, runs it, and submits."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from doorstart.courses import read_course, read_unit
from doorstart.courses.build import source_notebook
from doorstart.courses.cells import grade_id, is_solution, starter
from doorstart.courses.format import Language
from doorstart.courses.reference import reference_answers
from doorstart_checks.words import WORDS

from .conftest import Window

pytestmark = [pytest.mark.engine, pytest.mark.timeout(400)]
COURSE = Path(__file__).parents[2] / "courses" / "programming"
UNIT = "01-first-steps"


def cell_with(page: Page, text: str) -> Locator:
    """The code cell that holds a text. JupyterLab draws cells only near the part that is shown, so we scroll to it."""
    found = page.locator(".jp-Notebook:visible .jp-CodeCell").filter(has_text=text).first
    page.locator(".jp-Notebook:visible").hover()
    for step in [*[-800] * 40, *[500] * 80]:
        if found.count():
            found.scroll_into_view_if_needed()
            return found
        page.mouse.wheel(0, step)
        page.wait_for_timeout(60)
    raise AssertionError(f"no cell holds {text!r}")


def run(page: Page, cell: Locator, instead: str | None = None) -> None:
    """Run one cell, and wait for its end; with ``instead``, after putting that in the place of what stands in it."""
    cell.locator(".cm-content").click()
    # From here on it is known by being the active one: its text changes.
    active = page.locator(".jp-Notebook:visible .jp-CodeCell.jp-mod-active")
    if instead is not None:
        page.keyboard.press("Control+a")
        page.keyboard.insert_text(instead)
    page.keyboard.press("Control+Enter")
    expect(active.locator(".jp-InputPrompt")).to_have_text(re.compile(r"\[\d+\]:"))


def landmarks(language: Language) -> dict[str, str]:
    """A line of each task's cell by which it is found, in the learner's copy."""
    cells = source_notebook(COURSE / "units" / UNIT, language).cells
    lines = {grade_id(cell): starter(cell.source).strip().splitlines() for cell in cells if is_solution(cell)}
    return {task: max(given, key=len).strip() for task, given in lines.items()}


@pytest.mark.parametrize("language", read_course(COURSE).languages)
def test_a_unit_from_the_first_line_to_the_receipt(
    site: Any, window: Callable[[str], Window], language: Language
) -> None:
    username, password = site.add("learner", [f"programming.{language}"], language=language, prefix=f"lea-{language}")
    lea = window(f"unit-{language}")
    lea.log_in(site, username, password)
    page = lea.page
    page.wait_for_url(f"{site.url}/user/{username}/lab**")
    expect(page.locator("#jp-main-dock-panel")).to_be_visible()
    page.get_by_role("menuitem", name="Nbgrader", exact=True).click()
    page.get_by_role("menuitem", name="Assignment List").click()
    page.locator("#released_assignments_list").get_by_role("button", name="Fetch").click()
    fetched = page.locator("#fetched_assignments_list")
    fetched.get_by_role("button", name=UNIT).click()
    fetched.get_by_role("link", name=UNIT).click()
    unit = read_unit(COURSE / "units" / UNIT)
    expect(page.locator(".jp-Notebook:visible")).to_contain_text(unit.title[language])
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()
    lea.shot("title")

    # First as it was handed out: the check says in the learner's language that it is not right yet.
    places = landmarks(language)
    for text in (places["line-total"], "check(line_total"):
        run(page, cell_with(page, text))
    said = cell_with(page, "check(line_total").locator(".jp-OutputArea-output")
    expect(said).to_contain_text(WORDS[language]["not yet"])
    expect(said).to_contain_text(WORDS[language]["next"])
    lea.shot("not-right-yet")

    answers = reference_answers(COURSE, UNIT, language)
    for task in unit.tasks:
        run(page, cell_with(page, places[task.id]), answers[task.id])
    lea.shot("answered")
    page.get_by_role("menuitem", name="Kernel", exact=True).click()
    page.get_by_role("menuitem", name="Restart Kernel and Run All Cells…").click()
    page.get_by_role("button", name="Confirm Kernel Restart").click()
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_have_count(0)
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()
    check = cell_with(page, "check(line_total")
    expect(check.locator(".jp-InputPrompt")).to_have_text(re.compile(r"\[\d+\]:"))
    expect(check.locator(".jp-OutputArea-output")).to_have_count(0)
    lea.shot("right")
    with page.expect_response(lambda got: got.request.method == "PUT" and "/api/contents/" in got.url) as saved:
        page.keyboard.press("Control+s")
    assert saved.value.ok
    page.locator(".lm-TabBar-tab", has_text="Assignments").click()
    fetched.get_by_role("button", name="Submit").click()
    expect(page.locator("#submitted_assignments_list")).to_contain_text(UNIT)
    lea.shot("submitted")
