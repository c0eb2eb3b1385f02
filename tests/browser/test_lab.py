"""A learner in JupyterLab: My courses, the bar above a notebook, the Hub's notice, simple mode, four languages."""

from __future__ import annotations

import io
import json
import re
import tarfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from doorstart import names
from doorstart.courses.reference import reference_answers
from doorstart.site import containers

from .axe import grave_findings
from .conftest import Window

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]
TOP = Path(__file__).parents[2]
COURSE, UNIT = "programming.en", "01-first-steps"
WORDS = TOP / "extensions" / "lab" / "ui" / "words"
NOTEBOOK = f"{COURSE}/{UNIT}/{UNIT}.ipynb"

# Runs in the exchange's container: feedback for the learner's latest submission, as an instructor would release it.
GIVE_FEEDBACK = """
import io, json, pathlib, sys
from doorstart import names
from doorstart.exchange.service import Exchange
from doorstart.identity import Caller
from doorstart.settings import settings
course, learner = sys.argv[1:3]
exchange = Exchange(pathlib.Path(names.STATE / "exchange"), settings())
ann = Caller("ann", "user", (names.group(course, "instructor"),), frozenset(), None)
latest = [one.receipt for one in exchange.course_submissions(ann, course, None) if one.receipt.learner == learner][-1]
exchange.add_feedback(ann, latest.id, io.BytesIO(sys.stdin.buffer.read()), "13.5/16")
print(json.dumps(latest.model_dump()))
"""
# What a learner's own output may look like by the time it is in feedback, if nothing had cleaned it.
HOSTILE = """<!DOCTYPE html><html lang="en"><title>Feedback</title><h1>Well done</h1>
<script>window.top.hacked = true; document.querySelector("h1").textContent = "changed"</script>
<img src="data:," onerror="window.top.hacked = true"><form action="/"><button>Send</button></form></html>"""
ANSWER = """
async ([address, answers]) => {
    const headers = {"Content-Type": "application/json", "X-XSRFToken": document.cookie.match(/_xsrf=([^;]+)/)[1]};
    const file = await (await fetch(address + "?content=1", {headers})).json();
    for (const cell of file.content.cells) {
        const id = cell.metadata.nbgrader?.grade_id;
        if (id in answers) cell.source = answers[id];
    }
    const body = JSON.stringify({type: "notebook", format: "json", content: file.content});
    return (await fetch(address, {method: "PUT", headers, body})).status;
}
"""
LIST = """
async (address) => {
    const headers = {"X-XSRFToken": document.cookie.match(/_xsrf=([^;]+)/)[1]};
    return (await (await fetch(address, {headers})).json()).content.map(one => one.path);
}
"""


@pytest.fixture(scope="module")
def lea(site: Any, window: Callable[[str], Window]) -> Window:
    """A learner who has just logged in."""
    username, password = site.add("learner", [COURSE], prefix="lea")
    someone = window("lab")
    someone.log_in(site, username, password)
    someone.in_lab(site)
    return someone


def courses(page: Page) -> Locator:
    """The side panel."""
    return page.get_by_role("region", name="My courses")


def bar(page: Page) -> Locator:
    """The bar above the notebook."""
    return page.locator(".ds-bar-above:visible")


class Held:
    """What a page asks in one way, kept back until it is let go, as a slow server would."""

    def __init__(self, page: Page, method: str, path: str) -> None:
        self.page = page
        self.routes: list[Route] = []
        self.method = method
        self.slow = True
        page.route(lambda address: path in address, self.keep)

    def keep(self, route: Route) -> None:
        """Keep a request back, or not any more."""
        if self.slow and route.request.method == self.method:
            self.routes.append(route)
        else:
            route.fallback()

    def let_go(self) -> None:
        """Let what was kept back go on, and later requests with it."""
        for _ in range(300):
            if self.routes:
                break
            self.page.wait_for_timeout(100)
        assert self.routes, "nothing was kept back"
        self.slow = False
        for route in self.routes:
            route.continue_()


def test_1_my_courses_are_the_first_thing_that_a_learner_sees(lea: Window) -> None:
    page = lea.page
    panel = courses(page)
    expect(panel.get_by_role("heading", name="Programming in Python")).to_be_visible()
    expect(panel.locator(".ds-first .ds-unit")).to_contain_text("First steps")
    expect(panel.locator(".ds-first .ds-unit")).to_contain_text(re.compile(r"new · \d+ minutes"))
    expect(page.get_by_role("menuitem", name="File")).to_have_count(0)
    expect(page.locator(".jp-Launcher-body")).to_be_hidden()
    lea.shot("my-courses")
    assert grave_findings(page, "#doorstart-courses") == []


def test_2_one_click_fetches_the_unit_and_opens_it(lea: Window) -> None:
    page = lea.page
    courses(page).locator(".ds-first .ds-unit").click()
    expect(page.locator(".jp-Notebook:visible")).to_contain_text("First steps")
    expect(bar(page).get_by_role("button", name="Check my work")).to_be_visible()
    expect(bar(page).get_by_role("button", name="Feedback")).to_be_hidden()
    expect(courses(page).locator(".ds-first .ds-unit")).to_contain_text("started")
    lea.shot("unit")
    assert grave_findings(page, ".ds-bar-above") == []


def test_3_the_checks_say_where_to_look_first(lea: Window) -> None:
    page = lea.page
    bar(page).get_by_role("button", name="Check my work").click()
    expect(bar(page).get_by_text(re.compile(r"Checking: part \d+ of \d+"))).to_be_visible()
    expect(bar(page).get_by_text(re.compile(r"^\d+ of \d+ checks are right"))).to_be_visible()
    expect(bar(page).locator(".ds-mark").first).to_contain_text("not right yet")
    lea.shot("first-check")
    assert grave_findings(page, ".ds-bar-above") == []
    bar(page).get_by_role("button", name="Go to this place").click()
    expect(page.locator(".jp-Notebook:visible .jp-Cell.jp-mod-active .jp-OutputArea-output").first).to_be_in_viewport()
    lea.shot("the-place")


def test_4_right_answers_are_told_to_be_right(site: Any, lea: Window) -> None:
    page = lea.page
    answers = reference_answers(TOP / "courses" / "programming", UNIT, "en")
    page.keyboard.press("Control+s")
    expect(bar(page).get_by_text("Saved at")).to_be_visible()
    assert page.evaluate(ANSWER, [f"{site.url}/user/{lea.username}/api/contents/{NOTEBOOK}", answers]) == 200
    page.goto(f"{site.url}/user/{lea.username}/lab/tree/{NOTEBOOK}")
    bar(page).get_by_role("button", name="Check my work").click()
    expect(bar(page).get_by_text(re.compile(r"All \d+ checks are right"))).to_be_visible()
    expect(bar(page).locator(".ds-mark[data-right]")).not_to_have_count(0)
    lea.shot("all-right")


def test_5_work_that_was_typed_is_saved_within_half_a_minute(site: Any, lea: Window) -> None:
    """Also what was typed while an earlier save was still on its way."""
    page = lea.page
    expect(bar(page).get_by_role("button", name="Stop")).to_be_hidden()
    cell = page.locator(".jp-Notebook:visible .jp-CodeCell .cm-content").first
    cell.click()
    page.keyboard.press("Control+End")

    save = Held(page, "PUT", "/api/contents/")
    page.keyboard.press("Control+s")
    expect(bar(page).get_by_text("Saving")).to_be_visible()
    page.keyboard.type("\n# typed and left")
    save.let_go()
    expect(bar(page).get_by_text("Not saved yet")).to_be_visible()
    expect(bar(page).get_by_text("Saved at")).to_be_visible(timeout=40_000)
    page.goto(f"{site.url}/user/{lea.username}/lab/tree/{NOTEBOOK}")
    expect(page.locator(".jp-Notebook:visible .jp-CodeCell").first).to_contain_text("# typed and left")


def test_6_a_failure_says_that_nothing_is_lost(site: Any, lea: Window) -> None:
    page = lea.page
    expect(bar(page).get_by_role("button", name="Hand in")).to_be_enabled()
    exchange = site.container("exchange")
    exchange.stop(timeout=5)
    try:
        bar(page).get_by_role("button", name="Hand in").click()
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_role("alert")).to_contain_text("does not answer")
        expect(dialog).to_contain_text("nothing is lost")
        lea.shot("failure")
        dialog.get_by_role("button", name="Close").click()
    finally:
        exchange.start()
    expect(dialog).to_be_hidden()


def test_7_the_work_is_handed_in_and_the_receipt_is_shown(site: Any, lea: Window) -> None:
    page = lea.page
    dialog = page.get_by_role("dialog")
    for _ in range(20):
        bar(page).get_by_role("button", name="Hand in").click()
        expect(dialog).to_be_visible()
        if dialog.get_by_role("button", name="Hand in now").is_visible():
            break
        dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_contain_text(f"{UNIT}.ipynb")
    lea.shot("what-is-sent")
    assert grave_findings(page, ".ds-dialog") == []
    dialog.get_by_role("button", name="Hand in now").click()
    expect(dialog.get_by_role("heading", name="Your work has arrived")).to_be_visible()
    number, digest = (dialog.locator("dd").nth(place).inner_text() for place in (4, 5))
    assert re.fullmatch(r"[0-9a-f]{32}", number)
    assert re.fullmatch(r"[0-9a-f]{64}", digest)
    lea.shot("receipt")
    assert grave_findings(page, ".ds-dialog") == []
    page.emulate_media(media="print")
    expect(page.locator("#main")).to_be_hidden()
    expect(dialog.get_by_text(number)).to_be_visible()
    page.emulate_media(media="screen")
    dialog.get_by_role("button", name="Close").click()
    unit = courses(page).locator(f"[data-unit='{COURSE}/{UNIT}']")
    expect(unit).to_contain_text("handed in, waiting for your teacher")
    kept = f"{site.url}/user/{lea.username}/api/contents/receipts/{COURSE}"
    files = page.evaluate(LIST, kept)
    assert len([path for path in files if path.endswith(".txt")]) == 1


def test_8_feedback_opens_beside_the_notebook_and_cannot_act(site: Any, lea: Window) -> None:
    page = lea.page
    command = ["python", "-c", GIVE_FEEDBACK, COURSE, lea.username]
    containers.execute(site.client, f"{site.name}-exchange", command, pages({f"{UNIT}.html": HOSTILE}))
    page.reload()
    unit = courses(page).locator(".ds-entry").filter(has_text="First steps")
    expect(unit).to_contain_text("13.5 of 16 points")
    expect(page.locator(".jp-Notebook:visible")).to_be_visible()
    bar(page).get_by_role("button", name="Feedback").click()
    frame = page.frame_locator(".ds-feedback iframe")
    expect(frame.get_by_role("heading")).to_have_text("Well done")
    expect(page.locator(".jp-Notebook:visible")).to_be_visible()
    lea.shot("feedback")
    assert page.evaluate("window.hacked") is None
    assert page.locator(".ds-feedback iframe").get_attribute("sandbox") == ""
    assert grave_findings(page, ".ds-feedback > .ds-bar") == []
    page.locator(".ds-feedback").get_by_role("button", name="Close").click()
    expect(page.locator(".ds-feedback")).to_have_count(0)


def pages(content: dict[str, str]) -> bytes:
    """A plain archive of these files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, text in content.items():
            info = tarfile.TarInfo(name)
            info.size = len(text.encode())
            tar.addfile(info, io.BytesIO(text.encode()))
    return buffer.getvalue()


def test_9_the_hubs_notice_is_shown_after_all_is_saved(site: Any, lea: Window) -> None:
    page = lea.page
    page.locator(".jp-Notebook:visible .jp-CodeCell .cm-content").first.click()
    page.keyboard.type("# the lesson ends ")
    expect(bar(page).get_by_text("Not saved yet")).to_be_visible()
    place = f"{names.SERVERS}/{names.server_id(lea.username)}/notice.json"
    at = (datetime.now(UTC) + timedelta(minutes=5, seconds=30)).isoformat()
    notice = json.dumps({"kind": "ending", "at": at, "reason": "lesson"})
    hub = f"{site.name}-hub"
    containers.execute(site.client, hub, ["sh", "-c", f"cat > {place}"], notice.encode())
    banner = page.get_by_role("alert").filter(has_text="Your server stops")
    expect(banner).to_have_text(re.compile(r"in [45] minutes\. Your work is saved\. The lesson ends\."))
    expect(bar(page).get_by_text("Saved at")).to_be_visible()
    lea.shot("notice")
    assert grave_findings(page, ".ds-notice") == []
    containers.execute(site.client, hub, ["rm", place])
    expect(banner).to_be_hidden()


def test_everything_is_reached_with_the_keyboard(site: Any, window: Callable[[str], Window]) -> None:
    username, password = site.add("learner", [COURSE], prefix="kay")
    kay = window("keyboard")
    kay.log_in(site, username, password)
    kay.in_lab(site)
    page = kay.page
    expect(courses(page).locator(".ds-first .ds-unit")).to_be_visible()
    page.keyboard.press("F2")
    expect(courses(page).locator(".ds-first .ds-unit")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".jp-Notebook:visible")).to_contain_text("First steps")
    expect(bar(page).get_by_role("button", name="Check my work")).to_be_visible()
    page.keyboard.press("F4")
    expect(bar(page).get_by_role("button", name="Check my work")).to_be_focused()
    page.keyboard.press("Tab")
    expect(bar(page).get_by_role("button", name="Hand in")).to_be_focused()
    page.keyboard.press("F1")
    expect(page.get_by_role("dialog", name="With the keyboard")).to_be_visible()
    kay.shot("keys")
    assert grave_findings(page, ".ds-dialog") == []
    page.keyboard.press("Escape")
    expect(bar(page).get_by_role("button", name="Hand in")).to_be_focused()

    # Large text and high contrast, also on a small screen; they stay when the page is loaded again.
    page.set_viewport_size({"width": 1024, "height": 768})
    for name in ("Large text", "High contrast"):
        page.get_by_role("button", name=name).press("Enter")
        expect(page.get_by_role("button", name=name, pressed=True)).to_be_visible()
    expect(page.locator("body[data-jp-theme-name='JupyterLab Dark High Contrast']")).to_have_count(1)
    kay.shot("large-high-contrast")
    for part in ("#doorstart-courses", ".ds-bar-above"):
        assert grave_findings(page, part) == []
    page.reload()
    expect(page.get_by_role("button", name="Large text", pressed=True)).to_be_visible()
    expect(page.locator("body.ds-large.ds-simple[data-jp-theme-light=false]")).to_have_count(1)


def test_the_full_lab_is_one_switch_away_and_has_no_tools_that_the_site_left_out(
    site: Any, window: Callable[[str], Window]
) -> None:
    username, password = site.add("learner", [COURSE], prefix="flo")
    flo = window("full")
    flo.log_in(site, username, password)
    flo.in_lab(site, full=True)
    page = flo.page
    page.get_by_role("menuitem", name="File", exact=True).click()
    menu = page.locator(".lm-Menu")
    expect(menu.get_by_role("menuitem", name="New Launcher")).to_be_visible()
    flo.shot("full")
    expect(menu.locator("[data-command='docmanager:download']")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.locator("[data-jp-item-name=uploader]:visible")).to_have_count(0)
    expect(page.locator(".jp-LauncherCard", has_text="Terminal")).to_have_count(0)
    page.reload()
    expect(page.locator("#jp-MainMenu")).to_be_visible()

    # What extensions add to the page is kept by the browser, so it has to be at an address of this image only.
    parts = page.evaluate(
        "performance.getEntriesByType('resource').map(one => one.name)"
        ".filter(name => name.includes('/lab/extensions/'))"
    )
    assert len(parts) > 5
    assert [name for name in parts if not re.search("/lab/extensions/[0-9a-f]{16}/", name)] == []
    assert {page.request.get(name).headers["cache-control"] for name in parts} == {
        "public, max-age=31536000, immutable"
    }


def test_a_cell_that_is_run_before_its_kernel_is_there_runs_then(site: Any, window: Callable[[str], Window]) -> None:
    username, password = site.add("learner", [COURSE], prefix="quick")
    quick = window("quick")
    quick.log_in(site, username, password)
    quick.in_lab(site)
    page = quick.page
    held = Held(page, "POST", "/api/sessions")
    courses(page).locator(".ds-first .ds-unit").click()
    cell = page.locator(".jp-Notebook:visible .jp-CodeCell").first
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    expect(cell.locator(".jp-InputPrompt")).to_have_text("[*]:")
    held.let_go()
    expect(cell.locator(".jp-InputPrompt")).to_have_text("[1]:")


def test_a_switch_acts_at_once_also_when_the_server_is_slow(site: Any, window: Callable[[str], Window]) -> None:
    username, password = site.add("learner", [COURSE], prefix="switch")
    someone = window("switch")
    someone.log_in(site, username, password)
    someone.in_lab(site)
    page = someone.page
    held = Held(page, "PUT", "/lab/api/settings/doorstart-lab")
    page.locator("[data-switch=mode]").click()
    expect(page.locator("#jp-MainMenu")).to_be_visible()
    page.locator("[data-switch=mode]").click()
    expect(page.locator("#jp-MainMenu")).to_be_hidden()
    page.locator("[data-switch=mode]").click()
    held.let_go()
    expect(page.locator("#jp-MainMenu")).to_be_visible()
    page.wait_for_timeout(1000)  # what was saved last is what is heard of last
    expect(page.locator("#jp-MainMenu")).to_be_visible()
    page.reload()
    expect(page.locator("#jp-MainMenu")).to_be_visible()


@pytest.mark.parametrize(("language", "course"), [("nl", "programming.nl"), ("fr", "programming.fr"), ("de", COURSE)])
def test_the_page_speaks_the_persons_language(
    site: Any, window: Callable[[str], Window], language: str, course: str
) -> None:
    words = json.loads((WORDS / f"{language}.json").read_text(encoding="utf-8"))
    username, password = site.add("learner", [course], language=language, prefix=f"l-{language}")
    someone = window(f"lab-{language}")
    someone.log_in(site, username, password)
    someone.in_lab(site)
    page = someone.page
    panel = page.get_by_role("region", name=words["courses"])
    expect(panel.locator(".ds-first .ds-unit")).to_contain_text(words["new"])
    panel.locator(".ds-first .ds-unit").click()
    for word in ("check", "hand_in"):
        expect(bar(page).get_by_role("button", name=words[word])).to_be_visible()
    expect(page.locator(".jp-Notebook:visible .jp-Cell").first).to_be_visible()
    bar(page).get_by_role("button", name=words["hand_in"]).click()
    expect(page.get_by_role("dialog").get_by_role("button", name=words["hand_in_now"])).to_be_visible()
    someone.shot("hand-in")
    assert grave_findings(page, ".ds-dialog") == []
