"""What a probe tries from inside a container: plain Python of the standard library, one subject a module.

These modules are never imported where they run. Their source is sent to a kernel, or to ``python -`` in a container,
with one call at its end: see :func:`program`. So a module imports nothing but the standard library, and nothing of its
neighbours.

Every function that a probe calls returns a :data:`Result`: ``reached`` says whether the attack succeeded, ``detail``
what came out, in words, and ``absent``, if it is there and true, that this machine does not have what was attacked.

Addresses are given by the caller, and are those of canaries that the check started. No function looks for others.
"""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Callable
from typing import Any

Result = dict[str, Any]
MARK = "doorstart-check-result "
"""Begins the line with the result, among whatever else is printed."""


def program(function: Callable[..., Any], arguments: dict[str, Any]) -> str:
    """A program that calls a function of one of these modules and prints what it returns, as JSON after :data:`MARK`.

    Args:
        function: The function.
        arguments: Its keyword arguments; JSON must be able to hold them.
    """
    source = inspect.getsource(sys.modules[function.__module__])
    call = f"{function.__name__}(**_json.loads({json.dumps(arguments)!r}))"
    return f"{source}\n\nimport json as _json\nprint({MARK!r} + _json.dumps({call}), flush=True)\n"


def result(printed: str) -> Any:
    """What the function of a program returned, from what the program printed.

    Raises:
        ValueError: the program printed no result.
    """
    for line in printed.splitlines():
        if line.startswith(MARK):
            return json.loads(line.removeprefix(MARK))
    raise ValueError(f"the program ended without a result; it printed: {printed.strip()[-200:] or 'nothing'}")
