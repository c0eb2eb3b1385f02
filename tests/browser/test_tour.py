"""The first steps: for somebody who never held a mouse, with the keyboard alone, in four languages."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from .axe import grave_findings
from .conftest import Window
from .looks import FULL, HALF, tab_to

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]
COURSE = "programming.en"
WORDS = Path(__file__).parents[2] / "extensions" / "lab" / "ui" / "words"
STEPS = 11
KERNELS = """
async address => (await (await fetch(address, {
    headers: {"X-XSRFToken": document.cookie.match(/_xsrf=([^;]+)/)[1]},
})).json()).length
"""


def visit(site: Any, window: Callable[[str], Window], language: str, course: str = COURSE) -> Window:
    """Somebody's first visit to JupyterLab."""
    username, password = site.add("learner", [course], language=language, prefix=f"tia-{language}")
    tia = window(f"tour-{language}")
    tia.page.set_viewport_size(FULL)
    tia.log_in(site, username, password)
    tia.in_lab(site, tour=True)
    return tia


def words(language: str) -> dict[str, str]:
    """The texts of a language."""
    return dict(json.loads((WORDS / f"{language}.json").read_text(encoding="utf-8")))


def shown(page: Page) -> Locator:
    """The dialog."""
    return page.locator("dialog.ds-tour[open]")


def press(page: Page, name: str) -> None:
    """Go to a button of the dialog with Tab, and press it."""
    tab_to(page, shown(page).get_by_role("button", name=name, exact=True))
    page.keyboard.press("Enter")


def test_a_first_visit_begins_with_the_tour_and_the_keyboard_is_enough(
    site: Any, window: Callable[[str], Window]
) -> None:
    tia = visit(site, window, "en")
    page, say = tia.page, words("en")
    dialog = shown(page)
    expect(dialog.get_by_role("heading", name="Welcome")).to_be_focused()
    tia.shot("welcome")
    press(page, say["tour_start"])
    expect(dialog.get_by_role("heading", name="The mouse")).to_be_focused()
    expect(dialog.get_by_text(f"Step 2 of {STEPS}")).to_be_visible()
    press(page, say["tour_click"])
    expect(dialog.get_by_role("status")).to_have_text(say["tour_clicked"])
    press(page, say["tour_next"])

    tab_to(page, dialog.get_by_label("Type this word here: hello"))
    page.keyboard.type("hell")
    expect(dialog.get_by_role("status")).to_have_text("")
    page.keyboard.type("o")
    expect(dialog.get_by_role("status")).to_have_text(say["tour_typed"])
    press(page, say["tour_next"])

    # Python answers in this cell, also when it is something else than what was asked for.
    cell = dialog.get_by_label("Type 2 + 3 in this cell, and press Shift + Enter")
    tab_to(page, cell)
    page.keyboard.type("2 + 3")
    page.keyboard.press("Shift+Enter")
    expect(dialog.locator("pre")).to_have_text("5")
    expect(dialog.get_by_role("status")).to_have_text(say["tour_ran"])
    tia.shot("cell")
    page.keyboard.press("Control+a")
    page.keyboard.type("2 + hello")
    press(page, say["tour_run"])
    expect(dialog.locator("pre")).to_have_text("NameError: name 'hello' is not defined")
    expect(dialog.get_by_role("status")).to_have_text(say["tour_mistake"])
    tia.shot("mistake")
    tab_to(page, cell)
    page.keyboard.press("Escape")
    expect(dialog.get_by_role("button", name=say["tour_next"])).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator("#doorstart-courses .ds-list.ds-pointed")).to_be_visible()
    tia.shot("courses")
    press(page, say["tour_next"])
    expect(page.locator(".ds-pointed")).to_have_count(0)
    expect(dialog.locator(".ds-sample")).to_have_text(say["check"])
    press(page, say["tour_back"])
    expect(dialog.get_by_role("heading", name=say["tour_courses_title"])).to_be_focused()
    for _ in range(STEPS - 5):
        press(page, say["tour_next"])
    expect(dialog.get_by_text(f"Step {STEPS} of {STEPS}")).to_be_visible()
    press(page, say["tour_done"])
    expect(dialog).to_have_count(0)
    expect(page.locator(".ds-first .ds-unit")).to_be_focused()

    # Python has ended; the tour does not come by itself again, and is found again.
    kernels = f"{site.url}/user/{tia.username}/api/kernels"
    for _ in range(40):
        running = page.evaluate(KERNELS, kernels)
        if not running:
            break
        page.wait_for_timeout(250)
    assert running == 0
    page.reload()
    expect(page.locator(".ds-first .ds-unit")).to_be_visible()
    expect(dialog).to_have_count(0)
    page.keyboard.press("F1")
    page.get_by_role("dialog").get_by_role("button", name=say["tour"]).press("Enter")
    expect(dialog.get_by_role("heading", name="Welcome")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.locator("#doorstart-courses").get_by_role("button", name=say["tour"]).press("Enter")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#doorstart-courses").get_by_role("button", name=say["tour"])).to_be_focused()


def test_later_means_later_and_never_means_never(site: Any, window: Callable[[str], Window]) -> None:
    tia = visit(site, window, "fr", "programming.fr")
    page, say = tia.page, words("fr")
    press(page, say["tour_later"])
    expect(shown(page)).to_have_count(0)
    page.reload()
    expect(shown(page)).to_be_visible()
    press(page, say["tour_never"])
    expect(shown(page)).to_have_count(0)
    page.reload()
    expect(page.locator(".ds-first .ds-unit")).to_be_visible()
    expect(shown(page)).to_have_count(0)
    # In the full JupyterLab it is in the menu Help.
    page.locator("[data-switch=mode]").click()
    page.locator("#jp-MainMenu").get_by_role("menuitem", name=re.compile("^(Help|Aide)$")).click()
    page.locator(".lm-Menu").get_by_role("menuitem", name=say["tour"]).click()
    expect(shown(page)).to_be_visible()


@pytest.mark.parametrize(("language", "course"), [("nl", "programming.nl"), ("fr", "programming.fr"), ("de", COURSE)])
def test_each_step_in_each_language_is_for_everybody(
    site: Any, window: Callable[[str], Window], language: str, course: str
) -> None:
    """On a small screen, at 200 %, with large letters and high contrast, to axe."""
    tia = visit(site, window, language, course)
    page, say = tia.page, words(language)
    dialog = shown(page)
    contrast = {"nl": False, "fr": True, "de": True}[language]
    if contrast:
        page.keyboard.press("Escape")
        for name in ("large", "contrast"):
            page.get_by_role("button", name=say[name]).press("Enter")
            expect(page.get_by_role("button", name=say[name], pressed=True)).to_be_visible()
        expect(page.locator("body[data-jp-theme-name='JupyterLab Dark High Contrast']")).to_have_count(1)
        page.locator("#doorstart-courses").get_by_role("button", name=say["tour"]).press("Enter")
    for step in range(1, STEPS + 1):
        expect(dialog.get_by_role("heading")).to_be_focused()
        assert dialog.get_by_role("heading").inner_text().strip()
        assert grave_findings(page, ".ds-tour") == [], step
        tia.shot(f"step-{step}")
        page.set_viewport_size(HALF)
        assert dialog.evaluate("one => one.scrollWidth <= one.clientWidth"), f"step {step} is wider than the window"
        box = dialog.bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= HALF["width"], box
        assert box["y"] >= 0 and box["y"] + box["height"] <= HALF["height"], box
        page.set_viewport_size(FULL)
        press(page, say["tour_start"] if step == 1 else say["tour_done"] if step == STEPS else say["tour_next"])
    expect(dialog).to_have_count(0)
