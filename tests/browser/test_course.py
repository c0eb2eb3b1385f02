"""The loop in a browser, as a learner and an instructor see it: JupyterLab, nbgrader's panel, formgrader."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import Window

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]
COURSE, UNIT = "stock-management.en", "01-goods-flow"


@pytest.fixture(scope="module")
def learner(site: Any, window: Callable[[str], Window]) -> Window:
    """A learner in JupyterLab."""
    username, password = site.add("learner", [COURSE], prefix="lin")
    lin = window("learner")
    lin.log_in(site, username, password)
    lin.page.wait_for_url(f"{site.url}/user/{username}/lab**")
    expect(lin.page.locator("#jp-main-dock-panel")).to_be_visible()
    lin.username = username
    return lin


@pytest.fixture(scope="module")
def instructor(site: Any, window: Callable[[str], Window]) -> Window:
    """An instructor of that course, in JupyterLab."""
    username, password = site.add("instructor", [COURSE])
    teacher = window("instructor")
    teacher.log_in(site, username, password)
    teacher.page.wait_for_url(f"{site.url}/user/{username}/stock-management-en/lab**")
    teacher.username = username
    return teacher


def choose(page: Page, menu: str, item: str) -> None:
    """Choose an item of JupyterLab's menu bar."""
    page.get_by_role("menuitem", name=menu, exact=True).click()
    page.get_by_role("menuitem", name=item).click()


def panel(page: Page, name: str) -> Locator:
    """One of the three lists of nbgrader's panel: released, fetched or submitted."""
    return page.locator(f"#{name}_assignments_list")


def test_1_the_learner_fetches_the_assignment(learner: Window) -> None:
    page = learner.page
    choose(page, "Nbgrader", "Assignment List")
    expect(panel(page, "released")).to_contain_text(UNIT)
    learner.shot("assignment-list")
    panel(page, "released").get_by_role("button", name="Fetch").click()
    expect(panel(page, "fetched")).to_contain_text(UNIT)
    learner.shot("fetched")


def test_2_the_learner_runs_a_cell_and_saves(learner: Window) -> None:
    page = learner.page
    panel(page, "fetched").get_by_role("link", name=UNIT).first.click()
    panel(page, "fetched").get_by_role("link", name=UNIT).last.click()
    notebook = page.locator(".jp-Notebook:visible")
    expect(notebook).to_contain_text("order")
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()
    code = notebook.locator(".jp-CodeCell").first
    code.locator(".jp-InputArea-editor").click()
    page.keyboard.press("Shift+Enter")
    expect(code.locator(".jp-InputPrompt")).to_have_text(re.compile(r"\[\d+\]:"))
    expect(code.locator(".jp-OutputArea-output")).not_to_be_empty()
    learner.shot("notebook")
    with page.expect_response(
        lambda answer: answer.request.method == "PUT" and "/api/contents/" in answer.url
    ) as saved:
        page.keyboard.press("Control+s")
    assert saved.value.ok


def test_3_the_learner_submits(learner: Window) -> None:
    page = learner.page
    page.get_by_role("tab", name="Assignments").click()
    panel(page, "fetched").get_by_role("button", name="Submit").click()
    expect(panel(page, "submitted")).to_contain_text(UNIT)
    learner.shot("submitted")


def test_4_the_instructor_collects_and_autogrades_in_formgrader(learner: Window, instructor: Window) -> None:
    page = instructor.page
    with page.context.expect_page() as opened:
        choose(page, "Nbgrader", "Formgrader")
    grader = opened.value
    grader.wait_for_load_state()
    assert grader.url.endswith("/stock-management-en/formgrader") or "/formgrader?" in grader.url
    row = grader.get_by_role("row", name=re.compile(UNIT))
    expect(row).to_be_visible()
    instructor.shot("formgrader", grader)
    row.locator(".collect button, .collect a").first.click()
    expect(grader.get_by_text(re.compile("Successfully|collected", re.IGNORECASE)).first).to_be_visible()
    instructor.shot("collected", grader)
