"""The loop in a browser, as a learner and an instructor see it: JupyterLab, nbgrader's panel, formgrader."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from doorstart.courses.format import read_unit
from doorstart.courses.reference import reference_answers

from .conftest import Window

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]
COURSES = Path(__file__).parents[2] / "courses"
COURSE, UNIT = "stock-management.en", "01-goods-flow"
DESCRIBED = read_unit(COURSES / "stock-management" / "units" / UNIT)
POINTS = DESCRIBED.points
POINTS_OF_COMPARE = next(task.points for task in DESCRIBED.tasks if task.id == "compare")


@pytest.fixture(scope="module")
def learner(site: Any, window: Callable[[str], Window]) -> Window:
    """A learner in JupyterLab."""
    username, password = site.add("learner", [COURSE], prefix="lin")
    lin = window("learner")
    lin.log_in(site, username, password)
    lin.in_lab(site, full=True)
    return lin


@pytest.fixture(scope="module")
def instructor(site: Any, window: Callable[[str], Window]) -> Window:
    """An instructor of that course, who goes on from My course to formgrader."""
    username, password = site.add("instructor", [COURSE])
    teacher = window("instructor")
    teacher.log_in(site, username, password)
    teacher.page.wait_for_url(f"{site.url}/user/{username}/stock-management-en/course")
    with teacher.page.context.expect_page() as opened:
        teacher.page.get_by_role("link", name=re.compile("Formgrader")).click()
    teacher.page = opened.value
    teacher.page.wait_for_url(f"{site.url}/user/{username}/stock-management-en/formgrader/**")
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
    panel(page, "fetched").get_by_role("button", name=UNIT).click()
    panel(page, "fetched").get_by_role("link", name=UNIT).click()
    notebook = page.locator(".jp-Notebook:visible")
    expect(notebook).to_contain_text("order")
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()
    code = notebook.locator(".jp-CodeCell").first
    code.locator(".jp-InputArea-editor").click()
    page.keyboard.press("Shift+Enter")
    expect(code.locator(".jp-InputPrompt")).to_have_text(re.compile(r"\[\d+\]:"))
    expect(code.locator(".jp-OutputArea-output")).not_to_be_empty()
    learner.shot("first-cell")
    # The first task: the answer is put in, run, and the check below it says nothing more.
    task = notebook.locator(".jp-CodeCell").filter(has_text="def compare(").first
    task.scroll_into_view_if_needed()
    task.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(reference_answers(COURSES / "stock-management", UNIT, "en")["compare"])
    page.keyboard.press("Shift+Enter")
    expect(task.locator(".jp-InputPrompt")).to_have_text(re.compile(r"\[\d+\]:"))
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


def button(page: Page, row: Locator, column: str, says: str) -> None:
    """Press one of formgrader's buttons in a row of its table, and close the message that it answers with."""
    row.locator(f".{column} a").click()
    dialog = page.get_by_role("dialog").filter(has_text=says)
    expect(dialog).to_be_visible(timeout=90_000)
    dialog.get_by_text("OK", exact=True).click()
    expect(page.locator(".modal-backdrop")).to_have_count(0)


def test_4_the_instructor_collects_and_autogrades_in_formgrader(learner: Window, instructor: Window) -> None:
    page = instructor.page
    assert len(page.frames) == 1, "formgrader is a page of its own, never a frame"
    assignment = page.get_by_role("row", name=re.compile(UNIT))
    expect(assignment).to_be_visible()
    button(page, assignment, "collect", "Successfully collected")
    instructor.shot("assignments")
    assignment.locator(".num-submissions a").click()
    submission = page.get_by_role("row", name=re.compile(learner.username))
    expect(submission).to_contain_text("needs autograding")
    instructor.shot("needs-autograding")
    button(page, submission, "autograde", "Successfully autograded")
    expect(submission).to_contain_text(f"{POINTS_OF_COMPARE} / {POINTS}")
    instructor.shot("autograded")
    button(page, submission, "generate-feedback", "Successfully generated feedback")
    button(page, submission, "release-feedback", "Successfully released feedback")


def test_5_formgraders_links_stay_on_the_instructors_server(site: Any, instructor: Window) -> None:
    page = instructor.page
    home = f"{site.url}/user/{instructor.username}/stock-management-en/"
    page.goto(f"{home}formgrader")
    with page.context.expect_page() as opened:
        page.get_by_role("row", name=re.compile(UNIT)).locator(".name a").click()
    lab = opened.value
    expect(lab.locator(".jp-DirListing-content")).to_contain_text(f"{UNIT}.ipynb")
    assert lab.url.startswith(f"{home}lab")
    instructor.shot("lab", lab)


def test_6_the_instructor_reads_a_submission(instructor: Window) -> None:
    page = instructor.page
    page.get_by_role("link", name="Manual Grading").click()
    page.get_by_role("row", name=re.compile(UNIT)).get_by_role("link").click()
    page.get_by_role("row", name=re.compile(UNIT)).get_by_role("link").click()
    page.get_by_role("row", name=re.compile(r"Submission #1\b")).get_by_role("link").click()
    expect(page.get_by_text("def compare(").first).to_be_visible()
    expect(page.get_by_role("spinbutton").or_(page.locator("input.score")).first).to_be_visible()
    page.wait_for_load_state("networkidle")
    instructor.shot("submission")


def test_7_the_learner_reads_the_feedback(learner: Window) -> None:
    page = learner.page
    page.get_by_title("Refresh assignments list").click()
    panel(page, "submitted").get_by_role("button", name="Fetch Feedback").click()
    learner.shot("feedback-fetched")
    panel(page, "submitted").get_by_text("(view feedback)").click()
    page.locator(".jp-DirListing-item", has_text=f"{UNIT}.html").dblclick()
    feedback = page.frame_locator(".jp-HTMLViewer iframe")
    expect(feedback.get_by_text(re.compile(rf"Score:\s*{POINTS_OF_COMPARE} of {POINTS}"))).to_be_visible()
    page.wait_for_load_state("networkidle")
    learner.shot("feedback")


def test_8_my_courses_has_the_score_and_the_feedback_and_opens_the_unit(site: Any, learner: Window) -> None:
    page = learner.page
    page.goto(f"{site.url}/hub/home")
    unit = page.locator(f'[data-unit="{UNIT}"]')
    expect(unit).to_have_attribute("data-state", "returned")
    expect(unit).to_contain_text(f"{POINTS_OF_COMPARE} of {POINTS} points")
    learner.shot("my-courses")
    unit.get_by_role("link", name="Read the feedback").click()
    expect(page.get_by_text(re.compile(rf"Score:\s*{POINTS_OF_COMPARE} of {POINTS}"))).to_be_visible()
    assert page.evaluate("window.origin") == "null", "the page is shut in: it is nobody's, and acts on nothing"
    page.go_back()
    unit.get_by_role("heading").get_by_role("link").click()
    page.wait_for_url(re.compile(f"/user/{learner.username}/(lab|doc)/tree/.*{UNIT}.ipynb"))
    expect(page.locator(".jp-Notebook:visible")).to_contain_text("order")


def test_9_a_click_on_a_new_unit_fetches_it_and_opens_it(site: Any, window: Callable[[str], Window]) -> None:
    username, password = site.add("learner", [COURSE], prefix="liv")
    liv = window("new-unit")
    liv.log_in(site, username, password)
    unit = liv.page.locator(f'[data-unit="{UNIT}"]')
    expect(unit).to_have_attribute("data-state", "new")
    unit.get_by_role("heading").get_by_role("link").click()
    expect(liv.page.locator(".jp-Notebook:visible")).to_contain_text("order", timeout=90_000)
    liv.shot("new-unit")
