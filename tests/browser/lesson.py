"""A small course for the tests of *My course*, with a unit whose title is hostile; how an instructor comes there."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode, v4
from playwright.sync_api import Locator, Page

from doorstart import names
from doorstart.check.client import Person, Server
from doorstart.images.build import Image
from doorstart.language.catalogue import of
from doorstart.settings import settings
from doorstart.site import containers
from doorstart.site.place import Place
from doorstart.site.units import SiteCourse

from .conftest import Window
from .looks import FULL

COURSE, UNIT, ESSAY = "desk.en", "01-sums", "02-essay"
ACTS = "<img src=x onerror=\"window.acted='%s'\"><script>window.acted='%s'</script>"
"""Markup that would leave a mark on the page if it were taken for HTML."""
TITLE = ACTS.replace("%s", "title") + "Sums"


def notebook(title: str, check: str = "assert two() == 2", *, essay: bool = False) -> NotebookNode:
    """A unit with a task that is graded by a check, 2 points; and one that a person grades, 3 points."""
    task = v4.new_code_cell("### BEGIN SOLUTION\ndef two():\n    return 2\n### END SOLUTION", id="two")
    test = v4.new_code_cell(check, id="two-check")
    marks: dict[str, dict[str, Any]] = {
        "two": {"grade": False, "solution": True, "locked": False, "task": False},
        "two-check": {"grade": True, "solution": False, "locked": True, "task": False, "points": 2},
        "why": {"grade": True, "solution": True, "locked": False, "task": False, "points": 3},
    }
    cells = [task, test, *([v4.new_markdown_cell("Why?", id="why")] if essay else [])]
    for cell in cells:
        cell.metadata["nbgrader"] = {"schema_version": 3, "grade_id": cell.id, **marks[cell.id]}
    made = v4.new_notebook(cells=cells)
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    made.metadata["doorstart"] = {"title": title, "minutes": 20, "course_title": "Sums and reasons"}
    return made


def make_course(site: Any, image: Image, folder: Path) -> None:
    """Put the course into the site; nothing of it is released."""
    for name, made in ((UNIT, notebook(TITLE)), (ESSAY, notebook("Reasons", essay=True))):
        source = folder / "source" / name
        source.mkdir(parents=True)
        nbformat.write(made, source / f"{name}.ipynb")
    (folder / "nbgrader_config.json").write_text(json.dumps({}))
    SiteCourse(site.client, Place(settings()), image.id, COURSE).generate(folder, [])


@dataclass
class Pupil:
    """A learner with a running server."""

    name: str
    password: str
    shown: str
    server: Server

    def ask(self, action: str, unit: str) -> None:
        """A button of nbgrader's panel."""
        answer = self.server.json("POST", f"assignments/{action}", json={"course_id": COURSE, "assignment_id": unit})
        assert answer["success"], answer

    def hand_in(self, unit: str, answer: str) -> None:
        """Fetch the unit, write an answer, and hand it in."""
        self.ask("fetch", unit)
        path = f"api/contents/{COURSE}/{unit}/{unit}.ipynb"
        content = self.server.json("GET", path)["content"]
        content["cells"][0]["source"] = answer
        for cell in content["cells"][2:]:
            cell["source"] = "Because."  # nbgrader gives a text that was not touched 0 points by itself
        self.server.json("PUT", path, json={"type": "notebook", "format": "json", "content": content})
        self.ask("submit", unit)

    def units(self) -> str:
        """All that this learner's page is told, as text."""
        return json.dumps(self.server.json("GET", "doorstart/units"))


def add_learner(site: Any, shown: str) -> tuple[str, str]:
    """Add a learner of the course with this name to be shown; the username and the password."""
    username = f"pupil-{secrets.token_hex(3)}"
    row = {"username": username, "display_name": shown, "language": "en", "role": "learner", "courses": [COURSE]}
    command = ["python", "-m", "doorstart.people", "import"]
    request = {"rows": [row], "one_time": False}
    answer = containers.execute_json(site.client, f"{site.name}-hub", command, request)
    return username, str(answer["passwords"][0]["password"])


def start(site: Any, username: str, password: str, shown: str) -> tuple[Person, Pupil]:
    """Log a learner in and start the server."""
    person = Person(site.url, username, password)
    return person, Pupil(username, password, shown, person.start_server())


def home(window: Window, course: str) -> str:
    """Path of My course."""
    return f"/user/{window.username}/{names.server_name(course)}/course"


def on_my_course(
    site: Any, window: Callable[[str], Window], course: str, language: str, prefix: str = "my-course"
) -> Window:
    """An instructor of a course who has logged in, in a language, and lands on My course."""
    username, password = site.add("instructor", [course], language=language)
    someone = window(f"{prefix}-{language}")
    someone.username = username
    page = someone.page
    page.set_viewport_size(FULL)
    page.goto(f"{site.url}/hub/login?language={language}")
    page.get_by_label(of(language).gettext("Username")).fill(username)
    page.get_by_label(of(language).gettext("Password"), exact=True).fill(password)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site.url}{home(someone, course)}", timeout=120_000)
    return someone


def give_points(page: Page, link: Locator, points: str, task: str = "why") -> None:
    """Give points by hand for a text, in the tab that a link opens."""
    with page.context.expect_page() as opened:
        link.click()
    grading = opened.value
    grading.wait_for_load_state("networkidle")  # formgrader puts the points in that there are
    field = grading.locator(f"input.score#{task}")
    field.fill(points)
    with grading.expect_response(
        lambda answer: answer.request.method == "PUT" and "/api/grade/" in answer.url
    ) as saved:
        field.press("Tab")
    assert saved.value.ok and grading.evaluate("window.opener") is None
    grading.close()
