"""What every page of the Hub has to be: in its language, good to axe, standing still, and fit for zoom and keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from .axe import findings
from .conftest import Window

FULL, HALF = {"width": 1024, "height": 768}, {"width": 512, "height": 384}
"""A small screen, and what is left of it at 200 %."""

SHIFTS = """() => new Promise(done => new PerformanceObserver(list => done(list.getEntries().length))
    .observe({ type: 'layout-shift', buffered: true }) || setTimeout(() => done(0), 100))"""


def examine(window: Window, what: str, language: str) -> None:
    """Look at the page as it is: its language, what axe finds, whether it jumped, and whether it fits."""
    page = window.page
    assert page.locator("html").get_attribute("lang") == language
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    assert page.evaluate(SHIFTS) == 0, f"{what}: something moved while the page loaded"
    assert findings(page) == [], what
    window.shot(f"{language}-{what}")
    page.set_viewport_size(HALF)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{what}: wider than the window"
    assert findings(page) == [], what
    page.set_viewport_size(FULL)


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until an element has the focus, which must then be seen."""
    for _ in range(60):
        if target.evaluate("element => element === document.activeElement"):
            outline = target.evaluate("element => getComputedStyle(element).outlineStyle")
            assert outline != "none", "the focus cannot be seen"
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{target} is not reached with the keyboard")
