"""What a failed check says: to the learner, as far as the author allows, and to the instructor.

Of hidden tests the learner gets no source, no values and no expected values, unless the author marked them:

* ``# show: call`` on the lines of a check, or on the line before: what was called, with values, and what came back;
* ``# show: expected``: what was expected, too;
* ``# next: …``: one next step.

A check that is written with ``doorstart_checks`` says these things itself, and its next step is always shown.
"""

from __future__ import annotations

import traceback
from types import TracebackType
from typing import Any

from doorstart_checks import CheckFailed
from doorstart_examiner.examiner import words
from doorstart_examiner.examiner.record import TEST, Recorder, Step
from doorstart_examiner.examiner.source import Cell

_LONGEST_MESSAGE = 2000
_MOST_LINES = 12
_LONGEST_SOURCE = 4000


def check(
    cell: Cell,
    cells: dict[str, Cell],
    error: BaseException,
    said: str,
    recorder: Recorder,
    seen: dict[str, list[Any]],
) -> dict[str, Any]:
    """The entry ``check`` of a test cell's answer.

    Args:
        cell: the test cell.
        cells: all test cells so far, by name.
        error: what ended it.
        said: its text.
        recorder: what it asked for.
        seen: the two sides of the comparisons, in the order in which they were made.
    """
    frames = [(frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(error.__traceback__)]
    lines = [line for name, line in frames if name == cell.name]
    span = cell.statement(lines[-1]) if lines else (1, 1)
    hidden = any(
        cells[name].is_hidden(cells[name].statement(line)) for name, line in frames if name in cells
    ) or cell.is_hidden(span)
    shown = cell.shown(span)
    step = recorder.step_of(*span)
    if isinstance(error, CheckFailed):
        return _by_helper(cell, span, error, step, shown, hidden, recorder)
    expected, has_message = _expected(cell, span, seen)
    authors = _authors_text(error, said, has_message)
    raised = step is not None and step.error is error
    came_back = words.raised(error, said) if raised or step is None else step.came_back
    full = authors if authors is not None else _text(error, said, raised)
    message = authors if authors is not None or hidden else _text(error, said, raised) if _is_open(error) else None
    with_values = not hidden or bool(shown & {"call", "expected"})
    return {
        "line": span[0],
        "hidden": hidden,
        "learner": {
            "called": (step.called if with_values else step.called_kinds) if step else None,
            "came_back": _came_back(step, came_back, with_values),
            "expected": expected if "expected" in shown else None,
            "message": _message(message, recorder),
            "next_step": _message(cell.next_step(span), recorder),
        },
        "instructor": {
            "source": cell.text(span)[:_LONGEST_SOURCE],
            "called": step.called if step else None,
            "came_back": came_back if step else None,
            "expected": expected,
            "message": _message(" ".join(filter(None, [full, *recorder.notes])) or None, recorder),
            "error": None if isinstance(error, AssertionError) else words.raised(error, said),
        },
    }


def _by_helper(
    cell: Cell,
    span: tuple[int, int],
    error: CheckFailed,
    step: Step | None,
    shown: frozenset[str] | set[str],
    hidden: bool,
    recorder: Recorder,
) -> dict[str, Any]:
    """As :func:`check`, for a check that knows what it called and what it wanted."""
    with_values = not hidden or bool(shown & {"call", "expected"})
    came_back = _message(error.came_back or None, recorder)
    raised = error.__cause__ is not None
    kind = words.bare_error(error.__cause__) if raised and error.__cause__ else step.came_back_kind if step else None
    next_step = _message(error.next_step or cell.next_step(span), recorder)
    return {
        "line": span[0],
        "hidden": hidden,
        "learner": {
            "called": (words.clean(error.called) or None if with_values else step.called_kinds if step else None),
            "came_back": came_back if with_values else kind,
            "expected": words.clean(error.expected) or None if not hidden or "expected" in shown else None,
            "message": (words.clean(error.note) or None) if with_values or error.note_is_bare else None,
            "next_step": next_step,
        },
        "instructor": {
            "source": cell.text(span)[:_LONGEST_SOURCE],
            "called": words.clean(error.called) or None,
            "came_back": came_back,
            "expected": words.clean(error.expected) or None,
            "message": _message(" ".join(filter(None, [error.note, *recorder.notes])) or None, recorder),
            "error": None,
        },
    }


def _came_back(step: Step | None, came_back: str, with_values: bool) -> str | None:
    if step is None:
        return None
    return came_back if with_values else step.came_back_kind


def _expected(cell: Cell, span: tuple[int, int], seen: dict[str, list[Any]]) -> tuple[str | None, bool]:
    for key, sides in reversed(seen.items()):
        comparison = cell.comparisons.get(key)
        if comparison and len(sides) == 2 and comparison.line <= span[1] and comparison.end >= span[0]:
            return comparison.words + words.short(sides[comparison.expected]), comparison.has_message
    return None, False


def _authors_text(error: BaseException, said: str, has_message: bool) -> str | None:
    """The text that the author wrote for this check; None if there is none, or a library made it."""
    if not isinstance(error, AssertionError) or not error.args:
        return None
    if _innermost(error.__traceback__).startswith(TEST):
        return said
    # unittest writes its own text first.
    return said.rpartition(" : ")[2] if has_message and " : " in said else None


def _is_open(error: BaseException) -> bool:
    """Whether the text of an exception holds nothing of what is expected: what a library says of a comparison does."""
    return not isinstance(error, AssertionError)


def _text(error: BaseException, said: str, raised: bool) -> str | None:
    if isinstance(error, AssertionError):
        return said or None
    return None if raised else words.raised(error, said)


def _innermost(tb: TracebackType | None) -> str:
    name = ""
    while tb is not None:
        name = tb.tb_frame.f_code.co_filename
        tb = tb.tb_next
    return name


def _message(text: str | None, recorder: Recorder) -> str | None:
    """A text of the author, which may have texts of the learner's in it: these are shortened."""
    if text is None:
        return None
    for long in recorder.long_texts:
        text = text.replace(long, words.clean(long)).replace(repr(long), words.short(long))
    return words.clean(text, _LONGEST_MESSAGE, _MOST_LINES)
