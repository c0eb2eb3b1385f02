"""Learners work through units, in each language and each course: answer wrongly, then rightly, check, and hand in."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Locator, Page, expect

from doorstart.courses import read_course, read_unit
from doorstart.courses.build import source_notebook
from doorstart.courses.cells import grade_id, is_solution, starter, without_hidden
from doorstart.courses.format import Language
from doorstart.courses.reference import reference_answers
from doorstart.site import engine
from doorstart.site.courses import add_course
from doorstart.site.place import TOP, Place
from doorstart_checks.words import WORDS

from .conftest import Window

pytestmark = [pytest.mark.engine, pytest.mark.timeout(400)]
COURSES = TOP / "courses"
WORKED: list[tuple[str, str, Language]] = [
    *(("programming", "01-first-steps", language) for language in read_course(COURSES / "programming").languages),
    ("stock-management", "04-abc-xyz", "nl"),
    ("stock-management", "08-reorder-point", "fr"),
    ("accounting", "05-bank-and-open-items", "fr"),
    ("accounting", "07-full-cycle", "nl"),
]
PERSONS: dict[str, Language | Literal["de"]] = {"en": "de"}
"""By the language of a course: who takes it speaks another. In English, all of JupyterLab is walked in ``test_lab``."""
SAVED = """
async (address) => (await (await fetch(address + "?content=1", {
    headers: {"X-XSRFToken": document.cookie.match(/_xsrf=([^;]+)/)[1]},
})).json()).content.cells
    .filter(cell => cell.cell_type === "code")
    .map(cell => [
        cell.metadata.nbgrader?.grade_id ?? "",
        cell.outputs.filter(one => one.output_type === "error").length,
    ])
"""


def cell_with(page: Page, text: str) -> Locator:
    """The code cell that holds a text. JupyterLab draws cells only near the part that is shown, so we scroll to it."""
    found = page.locator(".jp-Notebook:visible .jp-CodeCell").filter(has_text=text).first
    page.locator(".jp-Notebook:visible").hover()
    for pause in (60, 200, 500):  # on a busy machine, cells are drawn later than they are scrolled past
        for step in [*[-2000] * 20, *[400] * 160]:
            if found.count():
                found.scroll_into_view_if_needed()
                return found
            page.mouse.wheel(0, step)
            page.wait_for_timeout(pause)
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


def landmark(source: str) -> str:
    """A line by which a cell is found: the one that defines a function, or the longest."""
    lines = [line.strip() for line in source.strip().splitlines()]
    return next((line for line in lines if line.startswith("def ")), max(lines, key=len))


@pytest.mark.parametrize(("course", "unit", "language"), WORKED)
def test_a_unit_from_the_first_line_to_the_receipt(
    site: Any, window: Callable[[str], Window], course: str, unit: str, language: Language
) -> None:
    folder = COURSES / course
    release(site, folder, unit, language)
    described = read_unit(folder / "units" / unit)
    cells = {grade_id(cell): cell for cell in source_notebook(folder / "units" / unit, language).cells}
    person = PERSONS.get(language, language)
    say = json.loads((TOP / "extensions" / "lab" / "ui" / "words" / f"{person}.json").read_text(encoding="utf-8"))
    username, password = site.add("learner", [f"{course}.{language}"], language=person, prefix=f"lea-{person}")
    lea = window(f"{course}-{unit[:2]}-{person}")
    lea.log_in(site, username, password)
    page = lea.page
    lea.in_lab(site)
    listed = page.locator(f"#doorstart-courses section:not(.ds-first) [data-unit='{course}.{language}/{unit}']")
    listed.click()
    bar = page.locator(".ds-bar-above:visible")
    expect(page.locator(".jp-Notebook:visible")).to_contain_text(described.title[language])
    lea.shot("title")

    # First as it was handed out: a check says in the learner's language that it is not right yet.
    tasks = [task for task in described.tasks if task.kind != "text"]
    task = next(task for task in tasks if task.kind == "order")
    check = next(
        without_hidden(cell.source)
        for name, cell in cells.items()
        if name.startswith(f"{task.id}-check") and without_hidden(cell.source) == cell.source
    )
    run(page, cell_with(page, landmark(starter(cells[task.id].source))))
    run(page, cell_with(page, landmark(check.partition("check(")[1] + check.partition("check(")[2].splitlines()[0])))
    said = page.locator(".jp-Notebook:visible .jp-CodeCell.jp-mod-active .jp-OutputArea-output")
    expect(said).to_contain_text(WORDS[language]["not yet"])
    expect(said).to_contain_text(WORDS[language]["next"])
    lea.shot("not-right-yet")

    answers = reference_answers(folder, unit, language)
    for task in tasks:
        run(page, cell_with(page, landmark(starter(cells[task.id].source))), answers[task.id])
    lea.shot("answered")
    bar.get_by_role("button", name=say["check"]).click()
    expect(bar.locator(".ds-said")).to_have_text(re.compile(re.escape(say["all_right"]).replace("\\{total\\}", r"\d+")))
    lea.shot("right")
    expect(bar.locator(".ds-saved")).to_contain_text(say["saved"].partition("{")[0])
    address = f"{site.url}/user/{username}/api/contents/{course}.{language}/{unit}/{unit}.ipynb"
    assert [name for name, errors in page.evaluate(SAVED, address) if errors] == []
    bar.get_by_role("button", name=say["hand_in"], exact=True).click()
    page.get_by_role("button", name=say["hand_in_now"]).click()
    expect(page.get_by_role("heading", name=say["receipt_title"])).to_be_visible()
    lea.shot("receipt")
    page.get_by_role("dialog").get_by_role("button", name=say["close"]).click()
    expect(listed).to_have_attribute("data-state", "submitted")
    lea.shot("submitted")
    if unit == "07-full-cycle":
        shows_the_year_in_fava(site, lea)


def shows_the_year_in_fava(site: Any, lea: Window) -> None:
    """The ledger that the unit's last task wrote, in the real tool: the account of the customers is at 2 285."""
    page = lea.page
    with page.context.expect_page() as opened:
        page.locator(".ds-bar-above:visible a").click()
    fava = opened.value
    lea.shot("ledgers-button")
    fava.get_by_role("link", name=re.compile("Trial Balance")).first.click()
    expect(fava.get_by_text(re.compile(r"2[.,]?285[.,]00")).first).to_be_visible()
    lea.shot("fava", fava)


def release(site: Any, folder: Path, unit: str, language: Language) -> None:
    """Hand the unit out, if it is not a course's first, which every site has."""
    from doorstart.settings import settings
    from doorstart.site import registry

    if unit != read_course(folder).units[0]:
        client = engine.connect()
        assert client is not None
        place = Place(settings())
        instructor = registry.read(client, place).promoted("instructor")
        add_course(client, place, instructor, folder, language, [unit])


def test_cells_that_are_to_be_found_are_found_by_one_line_each() -> None:
    for course, unit, language in WORKED:
        cells = source_notebook(COURSES / course / "units" / unit, language).cells
        lines = [landmark(starter(cell.source)) for cell in cells if is_solution(cell) and cell.cell_type == "code"]
        assert len(set(lines)) == len(lines), (course, unit)
