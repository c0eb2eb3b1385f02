"""What axe finds on a page: things that keep somebody out who cannot see well, or has no mouse.

https://github.com/dequelabs/axe-core; the version is in ``package-lock.json`` beside this file, ``tests/prepare.py``
installs it. It is evaluated in the page by the browser's own debugger, so the page's policy stays as strict as it is.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "build" / "tests" / "node" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]


@cache
def _source() -> str:
    assert AXE.exists(), "axe is not installed. Run: .venv/bin/python tests/prepare.py"
    return AXE.read_text()


def findings(page: Page, part: str = "document") -> list[str]:
    """What is wrong on a page, as ``impact rule: element``.

    Args:
        page: The page, loaded.
        part: JavaScript that gives the part to look at.
    """
    page.evaluate(_source())
    found: dict[str, Any] = page.evaluate(
        f"rules => axe.run({part}, {{ runOnly: rules, resultTypes: ['violations'] }})", RULES
    )
    return sorted(
        f"{problem['impact']} {problem['id']}: {node['html']}"
        for problem in found["violations"]
        for node in problem["nodes"]
    )
