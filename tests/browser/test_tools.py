"""Terminal, downloads and uploads follow the site's settings: everything that leads to them, on and off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from doorstart.settings import Settings
from doorstart.site import lifecycle
from doorstart_lab.exports import EXPORTS

from .conftest import Window

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]
COURSE = "programming.en"
ALL = "terminal,downloads,uploads"
NOTEBOOK = {
    "cells": [{"cell_type": "markdown", "metadata": {}, "source": "Here", "id": "here"}],
    "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}
PUT = """
async ([address, content]) => {
    const headers = {"Content-Type": "application/json", "X-XSRFToken": document.cookie.match(/_xsrf=([^;]+)/)[1]};
    const body = JSON.stringify({type: "notebook", format: "json", content});
    return (await fetch(address, {method: "PUT", headers, body})).status;
}
"""
STATUS = """
async address => (await fetch(address, {
    headers: {"X-XSRFToken": document.cookie.match(/_xsrf=([^;]+)/)[1]},
})).status
"""
JSON = """
async address => await (await fetch(address, {
    headers: {"X-XSRFToken": document.cookie.match(/_xsrf=([^;]+)/)[1]},
})).json()
"""
BRING = """
(place, [kind, name]) => {
    const data = new DataTransfer();
    data.items.add(new File(["x"], name, {type: name.endsWith(".png") ? "image/png" : "text/plain"}));
    const options = {bubbles: true, cancelable: true};
    const event = kind === "paste" ? new ClipboardEvent(kind, {...options, clipboardData: data})
        : new DragEvent(kind, {...options, dataTransfer: data});
    if (name.endsWith(".txt"))
        // A page can make no entry of a file system, for which the file browser asks; without items it takes files.
        Object.defineProperty(event, "dataTransfer", {value: {types: data.types, files: data.files, dropEffect: ""}});
    place.dispatchEvent(event);
}
"""
"""A file from outside, dropped on an element or pasted into it."""


@pytest.fixture(scope="module")
def generous(site: Any) -> Iterator[None]:
    """The site with all tools, until the module's end."""
    lifecycle.up(Settings(learner_tools=ALL))
    site.wait_until_healthy()
    yield
    lifecycle.up(Settings())
    site.wait_until_healthy()


def found(site: Any, someone: Window) -> dict[str, bool]:
    """Which ways there are on somebody's page to each tool."""
    username, password = site.add("learner", [COURSE], prefix="tom")
    someone.log_in(site, username, password)
    someone.in_lab(site, full=True)
    page = someone.page
    own = f"{site.url}/user/{username}"
    seen = {"a terminal in the launcher": page.locator(".jp-LauncherCard", has_text="Terminal").count() > 0}
    seen["the server's terminals"] = page.evaluate(STATUS, f"{own}/api/terminals") == 200
    assert page.evaluate(PUT, [f"{own}/api/contents/mine.ipynb", NOTEBOOK]) == 201

    # The full JupyterLab, with the file browser and a notebook.
    page.locator(".jp-SideBar [data-id=filebrowser]").click()
    page.locator("#filebrowser [data-command='filebrowser:refresh']").click()
    entry = page.locator(".jp-DirListing-item", has_text="mine.ipynb")
    expect(entry).to_be_visible()
    seen["the button that uploads"] = page.locator("#filebrowser [data-jp-item-name=uploader]").is_visible()
    entry.click(button="right")
    menu = page.locator(".lm-Menu")
    expect(menu.locator("[data-command='filebrowser:rename']")).to_be_visible()
    seen["to download in the menu of a file"] = menu.locator("[data-command='filebrowser:download']").count() > 0
    seen["the link of a download"] = menu.locator("[data-command='filebrowser:copy-download-link']").count() > 0
    page.keyboard.press("Escape")
    entry.dblclick()
    cell = page.locator(".jp-Notebook:visible .jp-MarkdownCell")
    expect(cell).to_be_visible()
    page.locator("#jp-MainMenu").get_by_role("menuitem", name="File", exact=True).click()
    expect(menu.locator("[data-command='docmanager:save']")).to_be_visible()
    someone.shot("file-menu")
    seen["to download in the menu File"] = menu.locator("[data-command='docmanager:download']").is_visible()
    seen["to export in the menu File"] = menu.get_by_text("Save and Export Notebook As").is_visible()
    page.keyboard.press("Escape")
    seen["to download among the commands"] = among_the_commands(page, "Download")
    seen["to open from the internet"] = among_the_commands(page, "Open from URL")

    # Files from outside.
    page.locator(".jp-DirListing-content").evaluate(BRING, ["drop", "brought.txt"])
    cell.dblclick()
    editor = cell.locator(".cm-content")
    expect(editor).to_be_visible()
    for kind in ("drop", "paste"):
        editor.evaluate(BRING, [kind, f"{kind}.png"])
    page.wait_for_timeout(1500)  # what is not to come has no other sign
    text = editor.inner_text()
    seen["a file that is dropped"] = page.evaluate(STATUS, f"{own}/api/contents/brought.txt?content=0") == 200
    seen["a picture that is dropped into a cell"] = "drop.png" in text
    seen["a picture that is pasted into a cell"] = "paste.png" in text
    return seen


def among_the_commands(page: Page, text: str) -> bool:
    """Whether the palette of commands has one with this text."""
    field = page.locator(".lm-CommandPalette-input")
    for _ in range(4):
        page.keyboard.press("Control+Shift+C")
        for _ in range(20):
            page.wait_for_timeout(250)
            if field.is_visible():
                break
        else:
            continue  # the keys put away a palette that was still there
        break
    page.wait_for_timeout(500)  # the palette draws its list anew when it comes
    field.clear()
    field.press_sequentially(text)
    there = page.locator(".lm-CommandPalette-item", has_text=text)
    for _ in range(20):
        page.wait_for_timeout(250)
        if there.count():
            break
    found = there.count() > 0
    page.keyboard.press("Escape")
    return found


def test_without_tools_nothing_leads_to_them(site: Any, window: Callable[[str], Window]) -> None:
    assert [way for way, there in found(site, window("tools-off")).items() if there] == []


def test_with_all_tools_every_way_is_there(site: Any, window: Callable[[str], Window], generous: None) -> None:
    assert [way for way, there in found(site, window("tools-on")).items() if not there] == []


def test_every_export_that_is_offered_works_without_a_network(
    site: Any, window: Callable[[str], Window], generous: None
) -> None:
    someone = window("exports")
    username, password = site.add("learner", [COURSE], prefix="tom")
    someone.log_in(site, username, password)
    someone.in_lab(site, full=True)
    page, own = someone.page, f"{site.url}/user/{username}"
    assert page.evaluate(PUT, [f"{own}/api/contents/mine.ipynb", NOTEBOOK]) == 201
    offered = page.evaluate(JSON, f"{own}/api/nbconvert")
    assert offered.keys() == EXPORTS.keys()
    answers = {name: page.evaluate(STATUS, f"{own}/nbconvert/{name}/mine.ipynb") for name in offered}
    assert set(answers.values()) == {200}, answers
