"""The answer's entries for cells: of cells that were not run, and of tests as an examiner tells of them."""

from __future__ import annotations

from typing import Any

from doorstart.sandbox.grading import outputs
from doorstart.sandbox.grading.incidents import Lost


def learner(status: str, message: str) -> dict[str, Any]:
    """Of a learner's cell that shows nothing."""
    return {"kind": "learner", "status": status, "outputs": [], "execution_count": None, "message": message}


def test(message: str) -> dict[str, Any]:
    """Of a test that was not run."""
    return {"kind": "test", "status": "not-run", "value": None, "printed": "", "check": None, "message": message}


def result(payload: bytes) -> dict[str, Any]:
    """Of a test that an examiner has run, of what it says.

    Raises:
        Lost: that cannot be read.
    """
    try:
        return {**test(""), **outputs.loads(payload), "kind": "test"}
    except (ValueError, TypeError, RecursionError) as error:
        raise Lost("an examiner whose result cannot be read") from error
