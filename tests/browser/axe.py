"""Accessibility rules of WCAG 2.1 AA, asked of a part of a page with axe-core, which comes with the builder's tools."""

from __future__ import annotations

from functools import cache
from typing import Any

from playwright.sync_api import Page

from doorstart.images import lab
from doorstart.site.place import TOP

ASK = """
async (selector) => (await axe.run(selector, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], resultTypes: ["violations"],
})).violations
"""
GRAVE = ("serious", "critical")


@cache
def _source() -> str:
    tools = lab.tools(TOP / lab.PLACE, TOP / "build" / "images" / "lab", print)
    return (tools / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def grave_findings(page: Page, selector: str) -> list[str]:
    """What is seriously wrong in the part of the page that the selector names: rule, and the element."""
    page.evaluate(_source())
    found: list[dict[str, Any]] = page.evaluate(ASK, selector)
    return [f"{one['id']}: {node['html'][:200]}" for one in found if one["impact"] in GRAVE for node in one["nodes"]]
