"""The examiner's end of the link: when the learner kernel may be asked, and what is done when it is late, gone or lies.

What an answer is worth is for :mod:`.proxies`.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Any

from doorstart_examiner.examiner import words
from doorstart_examiner.examiner.record import Recorder
from doorstart_examiner.link.errors import REFUSED, BadMessage, CannotCross, KernelGone, TimeOver
from doorstart_examiner.link.folder import Folder
from doorstart_examiner.link.link import Link
from doorstart_examiner.said import said

MOST_PRINTED = 256 * 1024


class AskingLink(Link):
    """A link by which a test asks, and on which everything that is asked is recorded.

    Args:
        exchange: sends a payload to the learner kernel and returns the next one of it.
        folder: the examiner's working folder.
        recorder: told what is asked.
    """

    first = 0
    prunes = True

    def __init__(self, exchange: Callable[[bytes], bytes], folder: Folder, recorder: Recorder) -> None:
        super().__init__(exchange, folder)
        self.recorder = recorder
        self._lock = threading.RLock()
        self.inside = False
        """Whether a message is being made, awaited or read, so that test code does not run."""
        self.silent = False
        """Whether nothing may be asked."""
        self.late = False
        """Whether the time was over while it was so."""
        self.gone: KernelGone | None = None

    def ask(self, operation: str, *parts: object) -> Any:
        """As in the class above.

        Raises:
            KernelGone: the learner kernel is gone, or did not keep to the form.
            TimeOver: the test's time is over.
        """
        if self.silent:
            raise CannotCross(said("nothing is asked while a report is written"))
        if self.gone is not None:
            raise self.gone
        with self._lock:  # A test may have threads.
            return self._ask(operation, *parts)

    def _ask(self, operation: str, *parts: object) -> Any:
        before, self.inside = self.inside, True
        try:
            return super().ask(operation, *parts)
        except KernelGone as gone:
            self.gone = gone
            raise
        except BadMessage as error:
            self.gone = KernelGone(REFUSED, words.refused(error))
            raise self.gone from None
        finally:
            self.inside = before
            if self.late and not before and self.gone is None:
                raise TimeOver

    def _record(self, path: str, operation: str, *parts: object) -> Any:
        step = self.recorder.look(path)
        try:
            value = self.ask(operation, *parts)
        except Exception as error:
            self.recorder.raised(step, error)
            raise
        self.recorder.returned(step, value)
        return value

    def _call(self, function: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        step = self.recorder.call(function, arguments, named)
        try:
            value = self.ask("call", function, arguments, named)
        except BaseException as error:
            self.recorder.raised(step, error)
            raise
        self.recorder.returned(step, value)
        return value

    def came_along(self, extra: dict[str, Any]) -> None:
        """Replay what the learner's code has printed."""
        printed = extra.get("printed", [])
        if type(printed) is not list:
            raise BadMessage("not what was printed")
        total = 0
        for entry in printed:
            if type(entry) is not list or len(entry) != 2 or not all(type(part) is str for part in entry):
                raise BadMessage("not what was printed")
            name, text = entry
            total += len(text)
            if total > MOST_PRINTED:
                raise BadMessage("too much was printed")
            stream = sys.stderr if name == "stderr" else sys.stdout
            stream.write(text)
        if "left_out" in extra:
            self.recorder.note(
                words.clean(said("Not all files of the learner's code are here: %(why)s.", why=extra["left_out"]))
            )

    def files_left_out(self, why: str) -> None:
        """The test is told."""
        raise CannotCross(why)
