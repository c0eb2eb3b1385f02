"""What axe finds on a page: things that keep somebody out who cannot see well, or has no mouse.

axe-core (https://github.com/dequelabs/axe-core) comes with the tools that build JupyterLab's page. It is evaluated by
the browser's own debugger, so that the policy of a page stays as strict as it is.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from playwright.sync_api import Page

from doorstart.images import lab
from doorstart.site.place import TOP

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
RULES = [*WCAG, "best-practice"]
GRAVE = ("serious", "critical")


@cache
def _source() -> str:
    tools = lab.tools(TOP / lab.PLACE, TOP / "build" / "images" / "lab", print)
    return (tools / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def findings(page: Page, selector: str = "html", rules: list[str] = RULES) -> list[str]:
    """What is wrong in the part of a page that the selector names, as ``impact rule: element``."""
    page.evaluate(_source())
    ask = "([selector, rules]) => axe.run(selector, { runOnly: rules, resultTypes: ['violations'] })"
    found: dict[str, Any] = page.evaluate(ask, [selector, rules])
    return sorted(
        f"{problem['impact']} {problem['id']}: {node['html'][:200]}"
        for problem in found["violations"]
        for node in problem["nodes"]
    )


def grave_findings(page: Page, selector: str) -> list[str]:
    """What is seriously wrong by WCAG 2.1 AA in the part of the page that the selector names."""
    return [one for one in findings(page, selector, WCAG) if one.startswith(GRAVE)]
