"""What learners hand in is shown to an instructor and cannot act: a corpus of hostile work, wherever it is shown.

The corpus is in :mod:`.hostile`. In a page without protection it acts, which is the first test. Then an instructor
looks at it in formgrader, in JupyterLab (as it was handed in, and after running it), and as files, and a learner at the
feedback. No case may act, nothing may be asked of an address outside, and the instructor's rights stay unused.
"""

from __future__ import annotations

import contextlib
import json
import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from browser_network import BrowserNetwork
from playwright.sync_api import Browser, BrowserContext, Page, expect

from doorstart import names
from doorstart.check.client import Person, Server
from doorstart.images.build import Builder
from doorstart.site import containers
from doorstart.site.place import TOP

from .hostile import ALL, FILES, submission
from .hostile.canary import Canary, listening
from .hostile.case import MARK, Case, fill
from .hostile.hearing import Hearing
from .hostile.sending import RIGHTS
from .hostile.submission import COURSE, LEARNER, NAME, UNIT

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]
FOLDER = f"submitted/{LEARNER}/{UNIT}"
SETTINGS = {
    "notebook-extension:tracker": {"windowingMode": "none"},
    "docmanager-extension:plugin": {"defaultViewers": {"markdown": "Markdown Preview"}},
}
"""JupyterLab draws the whole notebook, and shows Markdown files as they are meant."""
NOTES = "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute('SELECT note FROM api_tokens').fetchall())"
"""What the tokens that the Hub has given out are for."""


@dataclass
class Stage:
    """An instructor whose course has the corpus in it, in a browser."""

    site: Any
    canary: Canary
    person: Person
    server: Server
    container: str
    context: BrowserContext
    page: Page
    hearing: Hearing
    submission: str
    """The id of the handed-in notebook in the gradebook."""

    def open(self, path: str, ready: Callable[[Page], None] | None = None) -> None:
        """Open a page of the server, and listen from then on."""
        self.hearing.start()
        with contextlib.suppress(Exception):  # a file that the browser saves is no page
            self.page.goto(f"{self.site.url}{self.server.path}{path}")
        if ready is not None:
            ready(self.page)

    def nothing_acted(self, cases: list[Case] = ALL, *, click: bool = True) -> None:
        """Fail if a case acted, also when it is clicked on."""
        self.page.wait_for_timeout(400)
        assert self.hearing.acted(self.page, cases) == set()
        if click:
            self.hearing.click(self.page)
            assert self.hearing.acted(self.page) == set()


@pytest.fixture(scope="module")
def canary(browser_network: BrowserNetwork) -> Iterator[Canary]:
    """The server on the loopback at which beacons are heard."""
    with listening() as found:
        browser_network.reach(found.url)
        yield found


@pytest.fixture(scope="module")
def stage(
    site: Any,
    canary: Canary,
    chromium: Browser,
    browser_network: BrowserNetwork,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Stage]:
    """The corpus, collected and graded, and the instructor's browser."""
    browser_network.reach(site.url)
    image = Builder(TOP, site.client, print).build_all()["instructor"]
    submission.make_course(site, image, tmp_path_factory.mktemp("hostile"))
    username, password = site.add("instructor", [COURSE])
    with Person(site.url, username, password) as person:
        name = names.server_name(COURSE)
        server = person.start_server(name)
        container = f"{site.name}-server-{names.server_id(username, name)}"
        handed_in = submission.files(submission.work(ALL, canary.url), FILES, canary.url)
        submission.put(site, container, f"{names.COURSE_ROOT}/{FOLDER}", handed_in)
        submission.run(site, container, f"nbgrader autograde {UNIT} --create && nbgrader generate_feedback {UNIT}")
        for plugin, choice in SETTINGS.items():
            server.request("PUT", f"lab/api/settings/@jupyterlab/{plugin}", json={"raw": json.dumps(choice)})
        # Nothing is stopped in this window: what a case sends, the canary gets.
        context = chromium.new_context(viewport={"width": 1280, "height": 1000})
        context.set_default_timeout(60_000)
        page = context.new_page()
        log_in(page, site, username, password)
        page.wait_for_url(f"{site.url}{server.path}**")
        (submitted,) = server.json("GET", f"formgrader/api/submitted_notebooks/{UNIT}/{NAME}")
        hearing = Hearing(context, canary, site.url)
        yield Stage(site, canary, person, server, container, context, page, hearing, submitted["id"])
        context.close()
        person.stop_server(name)


def log_in(page: Page, site: Any, username: str, password: str) -> None:
    """Fill in the login form."""
    page.goto(site.url)
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Log in").click()


def notebook_is_shown(page: Page) -> None:
    """Wait until JupyterLab shows all of the notebook."""
    shown = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook")
    expect(shown).to_contain_text("def two()")
    expect(shown.locator(".jp-Cell").last).to_be_attached()
    page.wait_for_timeout(1500)


def test_the_corpus_is_large_enough_and_each_case_has_a_name_of_its_own() -> None:
    every = [case.name for case in ALL] + [file.name for file in FILES]
    assert len(set(every)) == len(every) >= 150
    assert sum(case.plain for case in ALL) >= 100


def test_in_a_page_without_protection_the_corpus_acts(canary: Canary, chromium: Browser) -> None:
    context = chromium.new_context()
    page = context.new_page()
    hearing = Hearing(context, canary, canary.url)
    hearing.start()
    acting = [case for case in ALL if case.plain]
    page.goto(canary.side_by_side(acting))
    page.wait_for_timeout(1500)
    acted = hearing.acted(page) | hearing.probed(page, acting)
    hearing.click(page)
    page.wait_for_timeout(1500)
    acted |= hearing.acted(page)
    for case in acting:
        if case.name not in acted:  # what needs a page for itself: to lead it away, or to be seen
            page.goto(f"{canary.url}/plain/{case.name}")
            page.wait_for_timeout(200)
            hearing.click(page)
            page.wait_for_timeout(200)
            acted |= hearing.acted(page)
    context.close()
    assert {case.name for case in acting} - acted == set()


def test_what_a_case_would_do_with_an_instructors_rights_works(stage: Stage) -> None:
    # Asked for by a page of the server itself: what no case may come to.
    stage.open("lab")
    stage.page.evaluate(f"() => {{ {fill(RIGHTS, 'control', stage.canary.url)} }}")
    written = f"{MARK}control.txt"
    for _ in range(50):
        if written in files_at_the_top(stage):
            break
        stage.page.wait_for_timeout(100)
    assert written in files_at_the_top(stage)
    stage.server.request("DELETE", f"api/contents/{written}")


def files_at_the_top(stage: Stage) -> set[str]:
    """The names in the course's folder, as JupyterLab sees them."""
    return {entry["name"] for entry in stage.server.json("GET", "api/contents/")["content"]}


def test_formgrader_shows_a_submission_and_nothing_acts(stage: Stage) -> None:
    stage.open(f"formgrader/submissions/{stage.submission}/?index=0")
    expect(stage.page.locator(".nbgrader_cell").first).to_contain_text("def two")
    stage.nothing_acted()


def test_formgrader_saves_points_and_comments_under_its_policy(stage: Stage) -> None:
    stage.open(f"formgrader/submissions/{stage.submission}/?index=0")
    page = stage.page
    # Formgrader fetches the points behind the page, and what is typed before is not kept.
    expect(page.locator("input.score#why")).to_have_class(re.compile("needs_manual_grade"))
    page.locator("input.score#why").fill("2")
    comment = f"Say more. {secrets.token_hex(3)}"
    page.locator("textarea#why-comment").fill(comment)
    with page.expect_response(lambda answer: "/api/comment/" in answer.url and answer.request.method == "PUT") as saved:
        page.locator("input.score#why").focus()
    assert saved.value.ok
    page.get_by_role("link", name="Submission #1").hover()
    page.locator("[onclick='toggle_name(true);']").click()
    expect(page.locator("[onclick='toggle_name(false);']")).to_be_visible()
    query = {"submission_id": stage.submission}
    comments = stage.server.json("GET", "formgrader/api/comments", params=query)
    assert comment in [one["manual_comment"] for one in comments]
    grades = stage.server.json("GET", "formgrader/api/grades", params=query)
    assert 2 in [grade["manual_score"] for grade in grades]


@pytest.mark.parametrize(
    "path",
    [
        "manage_assignments",
        f"manage_submissions/{UNIT}",
        "gradebook",
        f"gradebook/{UNIT}",
        f"gradebook/{UNIT}/{NAME}",
        "manage_students",
        f"manage_students/{LEARNER}",
        f"manage_students/{LEARNER}/{UNIT}",
    ],
)
def test_formgraders_lists_work_and_nothing_acts(stage: Stage, path: str) -> None:
    complaints: list[str] = []
    stage.page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    stage.open(f"formgrader/{path}")
    expect(stage.page.locator("table tbody tr").first).to_be_visible()
    if path == "manage_assignments":
        stage.page.get_by_role("link", name="Add new assignment").click()
        expect(stage.page.locator(".modal:visible")).to_contain_text("Add New Assignment")
    stage.nothing_acted([], click=False)
    assert [one for one in complaints if "Content Security Policy" in one] == []


@pytest.mark.parametrize("path", ["course", f"course/unit/{UNIT}", "course/late", "course/job"])
def test_my_course_shows_the_course_and_nothing_acts(stage: Stage, path: str) -> None:
    stage.open(path)
    expect(stage.page.get_by_role("heading", level=1)).to_be_visible()
    stage.nothing_acted([])


@pytest.mark.parametrize("start", [f"files/{FOLDER}", "formgrader/submissions/{id}"], ids=["files", "formgrader"])
def test_a_file_opened_by_itself_does_not_act(stage: Stage, start: str) -> None:
    for file in FILES:
        path, _ = file.filled(stage.canary.url)
        stage.open(f"{start.format(id=stage.submission)}/{quote(path)}")
        stage.nothing_acted([], click=False)


def test_a_converted_notebook_does_not_act(stage: Stage) -> None:
    stage.open(f"nbconvert/html/{FOLDER}/{NAME}.ipynb")
    expect(stage.page.locator("body")).to_contain_text("def two")
    stage.nothing_acted()


def test_jupyterlab_shows_a_submission_and_nothing_acts(stage: Stage) -> None:
    stage.open(f"lab/tree/{FOLDER}/{NAME}.ipynb?reset", notebook_is_shown)
    stage.nothing_acted()


def test_a_submission_that_the_instructor_runs_does_not_act(stage: Stage) -> None:
    page = stage.page
    assert f"{NAME}.ipynb" in page.url, "the page of the test before"
    stage.hearing.start()
    expect(page.get_by_text("| Idle")).to_be_visible()
    choose(page, "Edit", "Clear Outputs of All Cells")
    expect(page.locator(".jp-OutputArea-output")).to_have_count(0)
    choose(page, "Run", "Run All Cells")
    expect(page.locator(".jp-CodeCell .jp-InputPrompt").last).to_have_text(re.compile(r"\[\d+\]"), timeout=90_000)
    expect(page.locator(".jp-OutputArea-output").first).to_be_attached()
    stage.nothing_acted()


def choose(page: Page, menu: str, item: str) -> None:
    """Choose an item of JupyterLab's menu bar."""
    page.get_by_role("menuitem", name=menu, exact=True).click()
    page.get_by_role("menuitem", name=item, exact=True).click()


def test_jupyterlabs_viewers_show_files_and_nothing_acts(stage: Stage) -> None:
    page = stage.page
    assert f"{NAME}.ipynb" in page.url, "the page of the test before"
    stage.hearing.start()
    rows = page.locator(".jp-DirListing-item")
    expect(rows).to_have_count(len({file.path.partition("/")[0] for file in FILES}) + 1)
    for file in FILES:
        path, _ = file.filled(stage.canary.url)
        if "/" in path:
            continue
        row = rows.filter(has=page.get_by_text(path, exact=True))
        row.dblclick()
        expect(page.locator("#jp-main-dock-panel .lm-TabBar-tab.lm-mod-current", has_text=path)).to_have_count(1)
        trust = page.get_by_role("button", name="Trust HTML")
        if path.endswith(".html"):
            trust.locator("visible=true").click()
    expect(page.locator(".jp-MarkdownViewer")).to_contain_text("Work")
    stage.nothing_acted([])


def test_feedback_does_not_act_when_the_instructor_looks_at_it(stage: Stage) -> None:
    stage.open(f"files/feedback/{LEARNER}/{UNIT}/{NAME}.html")
    expect(stage.page.locator("main")).to_contain_text("def two")
    stage.nothing_acted()


def test_feedback_does_not_act_when_the_learner_opens_it(stage: Stage, chromium: Browser) -> None:
    site = stage.site
    page_of_feedback = submission.run(site, stage.container, f"cat feedback/{LEARNER}/{UNIT}/{NAME}.html")
    username, password = site.add("learner", [COURSE])
    with Person(site.url, username, password) as person:
        server = person.start_server()
        container = f"{site.name}-server-{names.server_id(username, '')}"
        submission.put(site, container, str(names.LEARNER_HOME), {"feedback.html": page_of_feedback.encode()})
        context = chromium.new_context()
        page = context.new_page()
        log_in(page, site, username, password)
        page.wait_for_url(f"{site.url}/hub/home**")
        hearing = Hearing(context, stage.canary, site.url)
        for address in ("files/feedback.html", "lab/tree/feedback.html?reset"):
            hearing.start()
            page.goto(f"{site.url}{server.path}{address}")
            if "lab" in address:
                page.locator("dialog.ds-tour button").last.click()
                page.get_by_role("button", name="Trust HTML").click()
                expect(page.frame_locator(".jp-HTMLViewer iframe").locator("main")).to_contain_text("def two")
            page.wait_for_timeout(500)
            assert hearing.acted(page, ALL) == set(), address
            hearing.click(page)
            page.wait_for_timeout(300)
            assert hearing.acted(page) == set(), address
        context.close()
        person.stop_server()


def test_an_address_that_only_content_would_ask_for_is_refused(stage: Stage) -> None:
    folder = f"{names.COURSE_ROOT}/{FOLDER}"
    answer = stage.server.request("GET", "formgrader", params={"path": folder})
    assert (answer.status_code, "this server only" in answer.text) == (httpx.codes.FORBIDDEN, True)
    for headers in ({"Sec-Fetch-Dest": "image"}, {"Sec-Fetch-Dest": "iframe"}, {"Service-Worker": "script"}):
        answer = stage.person.http.get(f"{stage.server.path}formgrader/manage_assignments", headers=headers)
        assert answer.status_code == httpx.codes.FORBIDDEN, headers


def test_the_instructors_rights_were_not_used(stage: Stage) -> None:
    command = ["python", "-c", NOTES, f"{names.STATE}/hub/hub.db"]
    assert MARK not in containers.execute(stage.site.client, f"{stage.site.name}-hub", command).decode()
    assert {name for name in files_at_the_top(stage) if MARK in name} == set()
    (submission_of,) = stage.server.json("GET", f"formgrader/api/submissions/{UNIT}")
    assert submission_of["score"] == 2 + 2, "the check's points, and those that the instructor gave"
    stage.page.goto(f"{stage.site.url}/hub/home")
    expect(stage.page.get_by_role("heading", level=2).first).to_be_visible()
