"""How fast pages and lists answer, and whether they stand still. ``make bench-pages``; writes build/bench/pages.json.

Each is asked for one after the other by somebody who is logged in, as a browser does that has the styles and scripts
already. The reference is JupyterHub's own start page of somebody without a server, from a plain Hub of the same image
in the same run: what a page costs that asks nobody else and is made of JupyterHub's templates.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
from conftest import ARGUMENTS, CHROMIUM, Site, running_site
from playwright.sync_api import Browser, sync_playwright

from bench.measure import less_is_better, report
from bench.stock import stock_hub
from doorstart.check.client import Person, Server

REQUESTS = 60
FIRST = 5
"""Requests before those that count: templates are read, connections are made."""
APART = 0.1
"""Seconds from one request to the next, at least: the relay lets a server ask the exchange 20 times a second."""
GOAL = 200.0
"""Milliseconds for 95 of 100 requests."""
STILL = 0.1
"""Cumulative Layout Shift up to which a page is called good (https://web.dev/articles/cls)."""
COURSES = ["programming.en", "accounting.en", "stock-management.en"]
CLASS = 24
SHIFT = """() => new Promise(done => {
    let sum = 0;
    new PerformanceObserver(list => list.getEntries().forEach(one => sum += one.value))
        .observe({type: "layout-shift", buffered: true});
    setTimeout(() => done(sum), 500);
})"""


@dataclass(frozen=True)
class Visitor:
    """Somebody's browser, without a window."""

    person: Person
    server: Server | None = None

    def get(self, path: str) -> httpx.Response:
        """A page or list; ``~/`` begins the address of the person's server."""
        if path.startswith("~/"):
            assert self.server is not None
            return self.server.request("GET", path.removeprefix("~/"))
        return self.person.http.get(path, follow_redirects=False)


def main() -> int:
    """Measure, print the table, write the file; 1 when something is slower than the goal or moves."""
    name, port = (
        os.environ.get("DOORSTART_TEST_SITE", "doorstart-bench"),
        os.environ.get("DOORSTART_TEST_PORT", "18090"),
    )
    with running_site(name, port) as site, stock_hub(site.client, site.container("hub").image.id) as stock:
        for _ in range(CLASS):
            site.add("learner", COURSES)
        with visitors(site) as (learner, instructor, admin, nobody):
            rounds: dict[str, Callable[[], httpx.Response]] = {
                "log-in": lambda: nobody.get("/hub/login"),
                "start page, learner": lambda: learner.get("/hub/home"),
                "account": lambda: learner.get("/hub/account"),
                "change password": lambda: learner.get("/hub/change-password"),
                "not there": lambda: learner.get("/hub/nothing-here"),
                "JupyterLab's page": lambda: learner.get("~/lab"),
                "units, side panel": lambda: learner.get("~/doorstart/units"),
                "start page, instructor": lambda: instructor.get("/hub/home"),
                "My course": lambda: instructor.get("~/course"),
                "My course, a unit": lambda: instructor.get("~/course/unit/01-first-steps"),
                "My course, grades": lambda: instructor.get("~/course/grades"),
                "formgrader": lambda: instructor.get("~/formgrader/manage_assignments"),
                "assignments of a course": lambda: instructor.get("~/formgrader/api/assignments"),
                "people, admin": lambda: admin.get("/hub/admin"),
                "list of people, admin": lambda: admin.get("/hub/api/users?limit=50"),
                "images, admin": lambda: admin.get("/hub/images"),
            }
            reference = times(lambda: stock.get("/hub/home"))
            measured = {what: times(ask) for what, ask in rounds.items()}
            reference += times(lambda: stock.get("/hub/home"))
        moved = shifts(site)
    slow = {what: at(took, 95) for what, took in measured.items() if at(took, 95) > GOAL}
    jumping = {what: shift for what, shift in moved.items() if shift > STILL}
    report(
        "pages",
        [less_is_better(what, took, reference, "ms, median") for what, took in measured.items()],
        requests=REQUESTS,
        goal_ms_95=GOAL,
        ms_95={what: round(at(took, 95), 1) for what, took in measured.items()},
        reference_ms_95=round(at(reference, 95), 1),
        layout_shift={what: round(shift, 4) for what, shift in moved.items()},
        slower_than_goal=sorted(slow),
        moving=sorted(jumping),
    )
    print("\n95 of 100 requests, ms: " + ", ".join(f"{what} {at(took, 95):.0f}" for what, took in measured.items()))
    print("layout shift: " + ", ".join(f"{what} {shift:.4f}" for what, shift in moved.items()))
    return 1 if slow or jumping else 0


@contextmanager
def visitors(site: Site) -> Iterator[tuple[Visitor, Visitor, Visitor, httpx.Client]]:
    """A learner and an instructor whose servers run, an admin, and somebody who is not logged in."""
    learner = Person(site.url, *site.add("learner", COURSES))
    instructor = Person(site.url, *site.add("instructor", COURSES[:1]))
    admin = Person(site.url, *site.add("admin", []))
    with learner, instructor, admin, httpx.Client(base_url=site.url) as nobody:
        desk = learner.start_server()
        office = instructor.start_server(COURSES[0].replace(".", "-"))
        yield Visitor(learner, desk), Visitor(instructor, office), Visitor(admin), nobody
        learner.stop_server()
        instructor.stop_server(office.name)


def times(ask: Callable[[], httpx.Response]) -> list[float]:
    """Milliseconds that each request took."""
    took = []
    for number in range(FIRST + REQUESTS):
        begin = time.perf_counter()
        answer = ask()
        spent = (time.perf_counter() - begin) * 1000
        if answer.status_code not in (httpx.codes.OK, httpx.codes.NOT_FOUND):
            raise SystemExit(f"{answer.request.url} answered with {answer.status_code}")
        if number >= FIRST:
            took.append(spent)
        time.sleep(max(0.0, APART - spent / 1000))
    return took


def at(values: list[float], percent: int) -> float:
    """The value that ``percent`` of 100 values do not exceed."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def shifts(site: Site) -> dict[str, float]:
    """The Cumulative Layout Shift of the Hub's pages, and of JupyterLab until My courses are there."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        moved = {
            "log-in": _shift(browser, site, None, "/hub/login"),
            "admin": _shift(browser, site, site.add("admin", []), "/hub/admin"),
        }
        learner = site.add("learner", COURSES)
        moved |= {what: _shift(browser, site, learner, what) for what in ("/hub/home", "/hub/account")}
        moved["JupyterLab"] = _shift(browser, site, learner, f"/hub/spawn/{learner[0]}", ".ds-first .ds-unit")
        browser.close()
    return moved


def _shift(
    browser: Browser, site: Site, person: tuple[str, str] | None, path: str, until: str = "main, #main"
) -> float:
    context = browser.new_context(viewport={"width": 1024, "height": 768})
    page = context.new_page()
    if person:
        page.goto(f"{site.url}/hub/login")
        page.get_by_label("Username").fill(person[0])
        page.get_by_label("Password", exact=True).fill(person[1])
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url(lambda address: "/hub/login" not in address)
    page.goto(site.url + path)
    page.locator(until).first.wait_for(timeout=60_000)
    moved = float(page.evaluate(SHIFT))
    context.close()
    return moved


if __name__ == "__main__":
    sys.exit(main())
