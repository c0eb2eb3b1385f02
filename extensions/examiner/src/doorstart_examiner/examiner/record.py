"""What a test cell has asked of the learner's code, for the report of a failed check."""

from __future__ import annotations

import collections
import sys
from dataclasses import dataclass
from types import FrameType
from typing import Any

from doorstart_examiner.examiner import words
from doorstart_examiner.link.standins import StandIn, StandInClass, class_note, label_of, number_of

_LONGEST_PATH = 80
_MOST_PATHS = 5000
_MOST_LONG_TEXTS = 50
_MOST_RECENT = 50
TEST = "<test "
"""What the names of test cells in tracebacks begin with."""


@dataclass
class Step:
    """One thing that was asked, with its texts made at that moment: lists may change later.

    Attributes:
        called: as the test wrote it, ``total([1, 2])``.
        called_kinds: without values, ```total` with a list of 2 items``.
        came_back: what it returned, or raised.
        came_back_kind: without values.
        error: what it raised.
        is_call: a call, and not a look at a name or an attribute.
        line: of the test cell.
    """

    called: str
    called_kinds: str
    came_back: str = ""
    came_back_kind: str = ""
    error: BaseException | None = None
    is_call: bool = False
    line: int = 0


class Recorder:
    """Keeps the last steps of a test cell."""

    def __init__(self) -> None:
        self._paths: dict[int, str] = {}
        self._recent: collections.deque[Step] = collections.deque(maxlen=_MOST_RECENT)
        self._last_call: Step | None = None
        self.steps = 0
        self.long_texts: list[str] = []
        """Texts of the learner's code that are too long to be shown in full."""
        self.notes: list[str] = []

    def begin(self) -> None:
        """A test cell begins."""
        self._recent.clear()
        self._last_call = None
        self.steps = 0
        self.long_texts, self.notes = [], []

    def note(self, text: str) -> None:
        """Something that explains a result to the instructor."""
        if text not in self.notes and len(self.notes) < 5:
            self.notes.append(text)

    def name(self, value: object, path: str) -> None:
        """The test reached an object by this path, such as ``stock.add``."""
        number = number_of(value)
        if number is not None and len(self._paths) < _MOST_PATHS:
            self._paths[number] = path[:_LONGEST_PATH]

    def path(self, value: Any) -> str:
        """How the test reached an object."""
        number = number_of(value)
        if number is not None and number in self._paths:
            return self._paths[number]
        if isinstance(value, StandInClass):
            return class_note(value).name
        label = words.clean(label_of(value), 60, 1)
        if label or not isinstance(value, StandIn):
            return label or "it"
        note = class_note(type(value))
        return note.name if note.learners else "it"

    def call(self, function: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> Step:
        """A call begins."""
        path = self.path(function)
        step = Step(
            f"{path}({words.arguments(arguments, named)})",
            f"`{path}`{words.argument_kinds(arguments, named)}",
            is_call=True,
        )
        self._last_call = step
        return self._add(step)

    def look(self, path: str) -> Step:
        """A name, an attribute or an operator is about to be asked for."""
        step = Step(words.clean(path, 120, 1), f"`{words.clean(path, 120, 1)}`")
        return self._add(step)

    def _add(self, step: Step) -> Step:
        step.line = _line_of_test()
        self._recent.append(step)
        self.steps += 1
        return step

    def step_of(self, first: int, last: int) -> Step | None:
        """The step that a failed check is about: the last call, or look, in its lines; or the last call before it."""
        inside = [step for step in self._recent if first <= step.line <= last]
        calls = [step for step in inside if step.is_call]
        if calls or inside:
            return (calls or inside)[-1]
        return self._last_call or (self._recent[-1] if self._recent else None)

    def returned(self, step: Step, value: Any) -> None:
        """A step has come to its end."""
        step.came_back, step.came_back_kind = words.short(value), words.bare_kind(value)
        if type(value) is str and len(value) > words.LONGEST and len(self.long_texts) < _MOST_LONG_TEXTS:
            self.long_texts.append(value)

    def raised(self, step: Step, error: BaseException) -> None:
        """A step has ended in an exception."""
        step.error = error
        step.came_back, step.came_back_kind = words.raised(error), words.bare_error(error)


def _line_of_test() -> int:
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        if frame.f_code.co_filename.startswith(TEST):
            return frame.f_lineno
        frame = frame.f_back
    return 0
