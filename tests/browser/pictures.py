"""The pictures of *My course* in ``docs/pictures``: a class of six on the tests' site. ``make pictures`` takes them.

No test: it is collected only when it is named. What is seen was done: work was handed in, collected, graded, returned.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from doorstart.check.client import Person, Server
from doorstart.courses.reference import reference_answers
from doorstart.site import containers

from .conftest import Window
from .lesson import give_points, home, on_my_course

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]
TOP = Path(__file__).parents[2]
PICTURES = TOP / "docs" / "pictures"
COURSE, LANGUAGE = "stock-management.en", "en"
FIRST, SECOND = "01-goods-flow", "02-stock-ledger"
CLASS = ("Amira", "Bram", "Celia", "Dries", "Emre", "Fatma")
OWN = {
    "claim": """\
def claim(delivery, invoice):
    counted = dict(zip(delivery["ean"], delivery["delivered"]))
    owed = Decimal(0)
    for line in invoice.to_dict("records"):
        lost = line["invoiced"] - int(counted.get(line["ean"], 0))
        if lost > 0:
            owed = owed + lost * line["price"]
    return owed""",
    "message": """\
Good morning, I counted the boxes of order P-118 with a colleague, twice, and laid your invoice beside the list.
We are short of 6 ring binders that you do ask money for, so please take 11.34 euros off.
The dictionaries should cost what the catalogue of spring says, 7.03 and not 7.23, which is 8.00 euros for all forty.
Nobody has seen the envelopes. The cook books and two packs of coffee are nobody's order: shall the driver take them?
With friendly greetings from the warehouse of Morelan""",
}
"""What Amira thought of herself."""


def solved(unit: str) -> dict[str, str]:
    """The reference answer of each task."""
    return reference_answers(TOP / "courses" / "stock-management", unit, LANGUAGE)


def disguised(answer: str) -> str:
    """The same work with a few other words, as somebody hands it in who had it from a neighbour."""
    words = {
        "counted": "have",
        "owed": "total",
        "line": "row",
        "lost": "gone",
        "Good morning": "Hello",
        "twice": "again",
    }
    return re.sub(r"\b(" + "|".join(words) + r")\b", lambda found: words[found[0]], answer)


def hand_in(server: Server, unit: str, answers: dict[str, str], *, submit: bool = True) -> None:
    """Fetch a unit, and hand it in with these answers."""
    request = {"course_id": COURSE, "assignment_id": unit}
    assert server.json("POST", "assignments/fetch", json=request)["success"]
    path = f"api/contents/{COURSE}/{unit}/{unit}.ipynb"
    content = server.json("GET", path)["content"]
    for cell in content["cells"]:
        cell["source"] = answers.get(cell["metadata"].get("nbgrader", {}).get("grade_id", ""), cell["source"])
    server.json("PUT", path, json={"type": "notebook", "format": "json", "content": content})
    if submit:
        assert server.json("POST", "assignments/submit", json=request)["success"]


def go(window: Window, site: Any, *parts: str) -> Page:
    """Open a page of the course."""
    window.page.goto("/".join([f"{site.url}{home(window, COURSE)}", *parts]))
    return window.page


def act(window: Window, site: Any, unit: str, step: str) -> None:
    """One step of a unit, to its end."""
    page = go(window, site, "unit", unit)
    page.locator(f"form:has([name=act][value={step}]) button").first.click()
    expect(page.locator(f"#job[data-kind={step}]:not([data-running])")).to_be_attached(timeout=180_000)


def picture(page: Page, name: str) -> None:
    """Keep the page as one of the pictures."""
    page.screenshot(path=PICTURES / f"{name}.png")


def add_class(site: Any) -> list[tuple[str, str]]:
    """The class in the roster; usernames and passwords."""
    rows = [
        {"username": name.lower(), "display_name": name, "language": LANGUAGE, "role": "learner", "courses": [COURSE]}
        for name in CLASS
    ]
    command = ["python", "-m", "doorstart.people", "import"]
    answer = containers.execute_json(site.client, f"{site.name}-hub", command, {"rows": rows, "one_time": False})
    return [(one["username"], str(one["password"])) for one in answer["passwords"]]


def test_take(site: Any, window: Callable[[str], Window]) -> None:
    accounts = add_class(site)
    teacher = on_my_course(site, window, COURSE, LANGUAGE, "pictures")
    page = teacher.page
    act(teacher, site, SECOND, "release")
    page = go(teacher, site, "unit", FIRST)
    page.locator("#day").fill((datetime.now() + timedelta(days=3)).strftime("%Y-%m-%d"))  # noqa: DTZ005
    page.locator("#time").fill("16:30")
    page.locator("section:has(#due) button").click()
    expect(page.get_by_role("status").first).to_contain_text("Saved")
    with ExitStack() as stack, ThreadPoolExecutor(2) as pool:
        people = [stack.enter_context(Person(site.url, *one)) for one in accounts]
        amira, bram, celia, dries, emre, _ = pool.map(Person.start_server, people)
        first, second = solved(FIRST), solved(SECOND)
        hand_in(amira, FIRST, first | OWN)
        hand_in(bram, FIRST, dict(list(first.items())[:-2]))
        hand_in(celia, FIRST, dict(list(first.items())[:2]))
        hand_in(dries, FIRST, first | {task: disguised(answer) for task, answer in OWN.items()})
        hand_in(emre, FIRST, {}, submit=False)
        act(teacher, site, FIRST, "collect")
        act(teacher, site, FIRST, "grade")
        for link in go(teacher, site, "unit", FIRST).locator("tr[data-learner]").get_by_text("Give points").all():
            give_points(page, link, "2", "message")
        act(teacher, site, FIRST, "return")
        hand_in(amira, SECOND, second)
        hand_in(bram, SECOND, {}, submit=False)
        picture(go(teacher, site), "my-course")
        picture(go(teacher, site, "unit", FIRST), "my-course-unit")
        act(teacher, site, SECOND, "collect")
        act(teacher, site, SECOND, "grade")
        picture(go(teacher, site, "grades"), "grades")
        page = go(teacher, site, "similar", FIRST)
        page.get_by_role("button", name="Compare the submissions").click()
        expect(page.locator("#job:not([data-running])")).to_be_attached(timeout=180_000)
        page = go(teacher, site, "similar", FIRST)
        page.locator("table.pairs tbody tr").first.get_by_role("link").click()
        expect(page.locator("section.side mark").first).to_be_visible()
        picture(page, "similar-work")
        for person in people:
            person.stop_server()
