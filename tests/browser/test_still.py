"""JupyterLab stands still while it loads, and when a unit opens: nobody presses what has just moved away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .conftest import Window
from .looks import FULL

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]
COURSE = "programming.en"
WATCH = """
(() => {
    window.moved = {all: 0, ours: 0, what: []};
    new PerformanceObserver(list => list.getEntries().forEach(entry => {
        window.moved.all += entry.value;
        const ours = entry.sources.filter(one => one.node?.parentElement?.closest(".ds-courses, .ds-bar-above"));
        if (ours.length) {
            window.moved.ours += entry.value;
            window.moved.what.push(...ours.map(one => one.node.className || one.node.nodeName));
        }
    })).observe({type: "layout-shift", buffered: true});
})()
"""
"""Sums of Layout Shift (https://w3c.github.io/layout-instability/), and of those in which something of ours moved."""
GOOD = 0.1
"""Up to which Cumulative Layout Shift a page is called good (https://web.dev/articles/cls)."""


def moved(page: Page) -> Any:
    """What moved since the page began to load."""
    page.wait_for_timeout(500)
    return page.evaluate("window.moved")


def test_nothing_of_ours_moves(site: Any, window: Callable[[str], Window]) -> None:
    username, password = site.add("learner", [COURSE], prefix="sam")
    sam = window("still")
    sam.page.set_viewport_size(FULL)
    sam.page.add_init_script(WATCH)
    sam.log_in(site, username, password)
    sam.in_lab(site)
    page = sam.page
    page.reload()  # as on every visit but the first, which begins with the tour
    expect(page.locator(".ds-first .ds-unit")).to_be_visible()
    loaded = moved(page)
    assert loaded["all"] < GOOD, loaded
    assert loaded["ours"] < GOOD / 10, loaded
    page.locator(".ds-first .ds-unit").click()
    expect(page.locator(".ds-bar-above:visible").get_by_role("button", name="Check my work")).to_be_visible()
    expect(page.locator(".jp-Notebook:visible .jp-Cell").first).to_be_visible()
    opened = moved(page)
    assert opened["ours"] - loaded["ours"] < GOOD / 10, opened


def test_what_moves_is_seen(site: Any, window: Callable[[str], Window]) -> None:
    page = window("moving").page
    page.add_init_script(WATCH)
    page.goto(f"{site.url}/hub/login")
    page.evaluate("document.querySelector('main').style.marginTop = '200px'")
    assert moved(page)["all"] > GOOD
