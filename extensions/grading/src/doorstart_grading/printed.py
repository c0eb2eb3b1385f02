"""What the cells of a submitted notebook show as text, as the file says: a sign at most, as a learner can write it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from doorstart_grading.reading import UnreadableError, content_of

LONGEST = 20_000
"""Characters of a cell's text that are taken over."""


def printed(path: Path) -> dict[str, str]:
    """The text below each cell that has a ``grade_id``; nothing for a notebook that cannot be read."""
    try:
        notebook = json.loads(content_of(path), strict=False)
    except (UnreadableError, ValueError, RecursionError):
        return {}
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    found = {}
    for cell in cells if isinstance(cells, list) else []:
        name = _inside(cell, "metadata", "nbgrader", "grade_id")
        outputs = _inside(cell, "outputs")
        if isinstance(name, str) and isinstance(outputs, list):
            found[name] = "\n".join(_text(output) for output in outputs[:100])[:LONGEST]
    return found


def _text(output: Any) -> str:
    text = _inside(output, "text") or _inside(output, "data", "text/plain") or ""
    lines = text if isinstance(text, list) else [text]
    return "".join(line for line in lines if isinstance(line, str))[:LONGEST]


def _inside(value: Any, *names: str) -> Any:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value
