"""Runs one test cell after the other.

"Passed" means that the test ran to its end here, that nothing in it failed, and that the learner kernel was there and
kept to the form until then.
"""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
import types
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from doorstart_examiner.examiner import report, source, words
from doorstart_examiner.examiner.namespace import Names, seed_all, watch_seeds
from doorstart_examiner.examiner.proxies import ExaminerLink
from doorstart_examiner.examiner.record import TEST, Recorder
from doorstart_examiner.link import folder as folders
from doorstart_examiner.link.errors import REFUSED, CannotCross, KernelGone, TimeOver
from doorstart_examiner.link.folder import Folder
from doorstart_examiner.link.standins import number_of
from doorstart_examiner.said import said

_MOST_PRINTED = 64 * 1024
_LONGEST_MESSAGE = 1000
"""Characters of what the instructor is told of a kernel that went away."""
_AGAIN = 0.1
"""Seconds after which a test that caught the end of its time is told again. In a loop that catches everything, only one
that comes between two rounds ends it: so they come often."""


class Examiner:
    """Runs the test cells of one notebook.

    Args:
        ask: sends a payload to the learner kernel and returns its reply; raises KernelGone.
        folder: the working folder. It becomes the process's.
        imports: lines such as ``import pandas as pd``, from the instructor's own notebook.
        hidden: what begins and what ends a hidden region.
        test_seconds: for one test cell. What the learner's code takes of it is for ``ask`` to limit.
    """

    def __init__(
        self,
        ask: Callable[[bytes], bytes],
        folder: Path,
        imports: Sequence[str],
        hidden: tuple[str, str],
        test_seconds: float,
    ) -> None:
        os.chdir(folder)
        sys.path[:] = [path for path in sys.path if path and Path(path).resolve() != Path(folder).resolve()]
        folders.watch()
        self._hidden = hidden
        self._seconds = test_seconds
        self._recorder = Recorder()
        self._module = types.ModuleType("__main__")
        self._names: dict[str, Any] = vars(self._module)
        self.folder = Folder(Path(folder), protects=True)
        self._link = ExaminerLink(ask, self.folder, self._recorder, self._names)
        self._names["__builtins__"] = Names(self._link, {source.SEEN: self._saw, "display": _show_nothing})
        self._cells: dict[str, source.Cell] = {}
        self._seen: dict[str, list[Any]] = {}
        self._said = ""
        self._imports: list[str] | None = list(imports)
        seed_all()

    @property
    def refuses(self) -> bool:
        """Whether the learner kernel did not keep to the form: from now on it is asked nothing, and no test passes."""
        return self._link.gone is not None and self._link.gone.reason == REFUSED

    def run(self, text: str) -> dict[str, Any]:
        """Run one test cell.

        Args:
            text: its source.

        Returns:
            The entry of the answer for this cell. ``printed`` and ``message`` are for the instructor: they may hold
            what a hidden test must not tell.
        """
        name = f"{TEST}{len(self._cells) + 1}>"
        try:
            cell = source.read(text, name, self._hidden)
        except (SyntaxError, ValueError, RecursionError) as error:
            return _answer(
                "error", message=said("This test cell is not plain Python: %(why)s", why=words.raised(error))
            )
        self._cells[name] = cell
        self._recorder.begin()
        self._seen.clear()
        self._said = ""
        self._link.late = False
        printed = _Printed()
        failure = self._execute(cell, printed)
        value = self._names.pop(source.VALUE, None)
        if failure is None:
            score = _score(value) if cell.gives_value else None
            return _answer("passed", value=score, printed=printed.getvalue())
        self._link.silent = True
        try:
            return self._failed(cell, failure, printed.getvalue())
        finally:
            self._link.silent = False
            failure.__traceback__ = None

    def _execute(self, cell: source.Cell, printed: _Printed) -> BaseException | None:
        """Run the cell; what ended it before its end, or None."""
        assert cell.code is not None  # noqa: S101
        main, sys.modules["__main__"] = sys.modules["__main__"], self._module
        streams = sys.stdout, sys.stderr
        sys.stdout = sys.stderr = printed
        error: BaseException | None = None
        try:
            with self._alarm():
                self._link.ask("begin")
                self._import()
                watch_seeds(self._link)
                exec(cell.code, self._names)  # noqa: S102 (that is what this is for)
        except BaseException as caught:
            error = caught
            self._said = self._text_of(caught)
        finally:
            sys.stdout, sys.stderr = streams
            sys.modules["__main__"] = main
        if self._link.gone is None:
            try:
                self._link.ask("end")
            except BaseException as late:  # Whatever the learner's code makes of it, such as a SystemExit.
                if error is None:
                    error = late
                    self._said = self._text_of(late)
        if self._link.gone is not None and not isinstance(error, KernelGone):
            # Whatever the test did about it.
            self._link.gone.__traceback__ = error.__traceback__ if error is not None else None
            self._said = self._link.gone.message
            return self._link.gone
        return TimeOver() if error is None and self._link.late else error

    def _text_of(self, error: BaseException) -> str:
        """The text of an exception, for which the learner kernel may have to be asked."""
        try:
            with self._alarm():
                return words.text_of(error)
        except BaseException:
            return ""

    def _import(self) -> None:
        lines, self._imports = self._imports, None
        for line in lines or ():
            # One that is not there may be one that no test needs.
            with contextlib.suppress(Exception):
                exec(compile(line, "<imports>", "exec"), self._names)  # noqa: S102

    @contextlib.contextmanager
    def _alarm(self) -> Iterator[None]:
        before = signal.signal(signal.SIGALRM, self._time_over)
        signal.setitimer(signal.ITIMER_REAL, self._seconds, _AGAIN)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)

    def _time_over(self, number: int, frame: types.FrameType | None) -> None:
        self._link.late = True
        if not self._link.inside:
            raise TimeOver

    def _saw(self, key: str, side: int, value: Any) -> Any:
        if side == 0:
            self._seen.pop(key, None)
            self._seen[key] = [value]
        else:
            self._seen[key].append(value)
        return value

    def _failed(self, cell: source.Cell, error: BaseException, printed: str) -> dict[str, Any]:
        if isinstance(error, TimeOver):
            message = said("The test took longer than %(seconds)s seconds.", seconds=f"{self._seconds:g}")
        elif isinstance(error, KernelGone):
            message = words.clean(error.message, _LONGEST_MESSAGE)
        elif isinstance(error, CannotCross):
            message = words.raised(error)
        else:
            # For a failed check, everything is in the check.
            message = "" if self._is_the_learners(error) else words.raised(error, self._said)
        if self.folder.refused:
            names = ", ".join(sorted(self.folder.refused)[:5])
            changed = said(
                "The learner's code changed files that came with the assignment: %(names)s.",
                names=words.clean(names, 200, 1),
            )
            message = f"{message} {changed}".strip()
        status = "failed" if self._is_the_learners(error) else "error"
        found = report.check(cell, self._cells, error, self._said, self._recorder, self._seen)
        return _answer(status, printed=printed, check=found, message=message)

    def _is_the_learners(self, error: BaseException) -> bool:
        """Whether what ended a test is a failed check, or a mistake of the test itself."""
        if isinstance(error, AssertionError | KernelGone) or number_of(error) is not None:
            return True
        if isinstance(error, ImportError):
            return False
        # Before anything of the learner's was looked at, it can only be the test.
        return self._recorder.steps > 0


def _show_nothing(*values: object, **options: object) -> None:
    """``display()`` in a test shows nothing to anybody."""


class _Printed(io.StringIO):
    """What a test prints, up to a limit."""

    def write(self, text: str) -> int:
        left = _MOST_PRINTED - self.tell()
        if left > 0:
            super().write(text[:left])
        return len(text)


def _score(value: Any) -> str | None:
    """A plain number as nbgrader reads it; None for anything else."""
    if type(value).__module__ == "numpy" and hasattr(value, "item") and getattr(value, "ndim", 1) == 0:
        value = value.item()
    if type(value) not in (int, float) or not abs(value) < 1e9:
        return None
    return repr(value)


def _answer(
    status: str,
    *,
    value: str | None = None,
    printed: str = "",
    check: dict[str, Any] | None = None,
    message: str = "",
) -> dict[str, Any]:
    return {
        "kind": "test",
        "status": status,
        "value": value,
        "printed": printed.encode("utf-8", "replace").decode(),
        "check": check,
        "message": message,
    }
