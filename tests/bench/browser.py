"""From the click on a unit to its first output, in Chromium, one side after the other. ``make bench-browser``.

The server runs already; how long one waits for it is what ``bench-spawn`` measures. Ours: the link of *My courses* to a
unit that was begun. The reference: a link that opens the same notebook, as an instructor would send it. Both have the
same notebook, with a code cell at its beginning. The first opening is with an empty cache of the browser, as at the
first lesson on a computer; the second as in every lesson after it. Nobody's browser asks for anything outside.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from typing import Any

import nbformat
from conftest import ARGUMENTS, CHROMIUM
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from bench import options
from bench.measure import Measure, report, shares
from bench.sides import COURSE, Side, both, check_isolation
from doorstart.check.client import Person, Server

GOAL = 0.6
"""Share of the reference's wait."""
UNIT = "01-first-steps"
ANSWER = "42, the first output"
_LINK = """
link => document.body.prepend(Object.assign(document.createElement("a"), {href: link, id: "unit", textContent: "unit"}))
"""
"""Puts a link on the Hub's page, which has none to a notebook."""
LONGEST = 120_000
"""Milliseconds after which a page that shows nothing ends the benchmark."""


@dataclass(frozen=True)
class Opening:
    """Seconds from the click until the notebook is there, and until its first cell has an output."""

    notebook: float
    output: float


def main() -> None:
    """Run all rounds, print the table and write ``build/bench/browser.json``."""
    chosen = options.read("From the click on a unit to its first output.", rounds=5)
    found: dict[str, list[Opening]] = {}
    with both() as sides, sync_playwright() as playwright:
        if not chosen.without_attacks:
            check_isolation(sides[0])
        # No name but this machine's is found, so that nothing is asked of anybody outside.
        nowhere = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost"
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, nowhere])
        for number in range(1, chosen.rounds + 1):
            for side in sides:
                for state, one in _round(side, browser).items():
                    found.setdefault(f"{side.name} {state}", []).append(one)
                    print(f"round {number}: {side.name}, {state}: {one.output:.2f} s", flush=True)
        browser.close()
    report(
        "browser",
        measures(found, *(side.name for side in sides)),
        rounds=chosen.rounds,
        each={what: [asdict(one) for one in openings] for what, openings in found.items()},
    )


def measures(found: dict[str, list[Opening]], ours: str, reference: str) -> list[Measure]:
    """The lines of the report."""
    lines = []
    for state in ("first", "later"):
        for until in ("notebook", "output"):
            mine, theirs = ([getattr(one, until) for one in found[f"{side} {state}"]] for side in (ours, reference))
            goal = GOAL if until == "output" else None
            lines.append(shares(f"browser_{state}_{until}", mine, theirs, unit="seconds", goal=goal))
    return lines


def _round(side: Side, browser: Browser) -> dict[str, Opening]:
    with side.person() as person, _at_work(side, person) as server:
        link = f"/hub/spawn/{person.username}?next=/user/{person.username}/lab/tree/{_put(side, server)}"
        context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
        context.set_default_timeout(LONGEST)
        for cookie in person.http.cookies.jar:
            context.add_cookies([_cookie(side, cookie)])
        try:
            found = {}
            for state in ("first", "later"):
                found[state] = _open(side, context, link)
                for session in server.json("GET", "api/sessions"):
                    server.request("DELETE", f"api/sessions/{session['id']}")
            return found
        finally:
            context.close()


@contextmanager
def _at_work(side: Side, person: Person) -> Iterator[Server]:
    try:
        yield person.start_server()
    finally:
        person.stop_server()


def _cookie(side: Side, cookie: Any) -> Any:
    return {"name": cookie.name, "value": str(cookie.value), "domain": "localhost", "path": cookie.path}


def _put(side: Side, server: Server) -> str:
    """Put the notebook where the link leads; its path in the home."""
    path = "unit.ipynb"
    if side.site:
        body = {"course_id": COURSE, "assignment_id": UNIT}
        server.json("POST", "assignments/fetch", json=body)
        path = f"{COURSE}/{UNIT}/{UNIT}.ipynb"
        # The unit was begun, so the first steps are behind this person.
        server.request("PUT", "lab/api/settings/doorstart-lab:plugin", json={"raw": json.dumps({"tour": False})})
    cells = [nbformat.v4.new_markdown_cell("# A unit"), nbformat.v4.new_code_cell(f"print({ANSWER!r})")]
    cells += [nbformat.v4.new_markdown_cell(f"## Part {part}\n\n" + "Some words to read. " * 60) for part in range(12)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    content = {"type": "notebook", "format": "json", "content": json.loads(nbformat.writes(notebook))}
    server.json("PUT", f"api/contents/{path}", json=content)
    return path


def _open(side: Side, context: BrowserContext, link: str) -> Opening:
    page = context.new_page()
    page.goto(f"{side.url}/hub/home")
    if not side.site:
        page.evaluate(_LINK, link)
    unit = page.locator(f'a[href*="{UNIT}"]' if side.site else "#unit").first
    clicked = time.monotonic()
    unit.click()
    # Not just any cell: before a notebook has been read, JupyterLab has an empty one in its place for a while.
    code = page.locator(".jp-Notebook:visible .jp-CodeCell .cm-content", has_text=ANSWER).first
    code.wait_for()
    shown = time.monotonic()
    _run(page, code)
    ended = time.monotonic()
    page.close()
    return Opening(shown - clicked, ended - clicked)


def _run(page: Page, code: Any) -> None:
    """Run the first cell, as somebody does who does not wait for the kernel, and presses again if nothing came of it.

    JupyterLab lets the keys go by while it still puts the notebook together: the cell then stays as it is, ``[ ]``.
    """
    prompt = page.locator(".jp-Notebook:visible .jp-CodeCell .jp-InputPrompt").first
    while True:
        code.click()
        page.keyboard.press("Control+Enter")
        with suppress(AssertionError):
            expect(prompt).not_to_have_text(re.compile(r"\[\s*\]"), timeout=1000)
            break
    output = page.locator(".jp-Notebook:visible .jp-OutputArea-output").first
    expect(output).to_have_text(re.compile(re.escape(ANSWER)), timeout=LONGEST)


if __name__ == "__main__":
    main()
