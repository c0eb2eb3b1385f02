"""The learner kernel's end of the link: finds the learner's names, and does what is asked with what they name."""

from __future__ import annotations

import importlib
import random
import sys
import threading
from collections.abc import Callable
from typing import Any

from doorstart_examiner.kernel.shell import NO_INPUT, Shell
from doorstart_examiner.link.errors import BadMessage
from doorstart_examiner.link.folder import Folder
from doorstart_examiner.link.known import known_type
from doorstart_examiner.link.link import Link
from doorstart_examiner.link.operations import perform
from doorstart_examiner.said import said

_MOST_PRINTED = 256 * 1024
"""Bytes of output of one operation that the examiner gets."""
_MISSING = object()


class KernelLink(Link):
    """The learner kernel's end."""

    first = 1

    def __init__(self, shell: Shell, exchange: Callable[[bytes], bytes], folder: Folder) -> None:
        super().__init__(exchange, folder)
        self.shell = shell
        self._thread = threading.get_ident()
        self._left_out = ""
        self.working = False
        """Whether an operation is under way, so that something can be asked."""
        self._own: dict[str, Callable[..., Any]] = {
            "name": self._name,
            "import": self._import,
            "seed": _seed,
            "begin": self._begin,
            "end": self._end,
        }

    def question(self, operation: str, /, *parts: object) -> Any:
        """What a stand-in for one of the test's functions or objects asks."""
        if not self.working or threading.get_ident() != self._thread:
            if operation in ("repr", "str"):
                return f"<{type(parts[0]).__name__} of the test>"
            raise RuntimeError(said("A function of a test can only be called while the test runs, and in its thread."))
        if operation == "equal":
            return parts[0] is parts[1] or self.ask(operation, *parts)
        return self.ask(operation, *parts)

    def known(self, module: str, name: str) -> object:
        """A global of an installed module, which the test passes as it is, such as ``math.sqrt``."""
        found: Any = importlib.import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
        return found

    def global_name(self, value: object) -> tuple[str, str] | None:
        """Only types, and what is as fixed as they are; the examiner looks for them among its own."""
        if value is NotImplemented:
            return "builtins", "NotImplemented"
        if isinstance(value, type) and not self.is_learners(value.__module__):
            name = str(value.__module__), str(value.__qualname__)
            return name if known_type(*name) is value else None
        return None

    def is_learners(self, module: str) -> bool:
        """Whether a module is the notebook itself, or lies beside it."""
        if module == "__main__":
            return True
        file = getattr(sys.modules.get(module), "__file__", None)
        return isinstance(file, str) and not file.startswith((sys.prefix, sys.base_prefix))

    def perform(self, operation: str, parts: list[Any]) -> Any:
        """Do one operation, with what it prints collected."""
        before, self.working = self.working, True
        try:
            own = self._own.get(operation)
            return perform(operation, parts) if own is None else own(*parts)
        finally:
            self.working = before

    def goes_along(self) -> dict[str, Any]:
        """What was printed."""
        printed = [
            [output["name"], output["text"]] for output in self.shell.collected() if output["output_type"] == "stream"
        ]
        extra: dict[str, Any] = {"printed": printed} if printed else {}
        if self._left_out:
            extra["left_out"], self._left_out = self._left_out, ""
        return extra

    def files_left_out(self, why: str) -> None:
        """The examiner tells the instructor."""
        self._left_out = why

    def operate(self, payload: bytes) -> bytes:
        """Answer one question of the examiner."""
        if not self.working:
            self.shell.output.begin(_MOST_PRINTED)
        try:
            head = self.receive(payload)
        except BadMessage as error:
            return self.reply(("refused", str(error)))
        return self.serve(head)

    def read_line(self, prompt: str) -> str:
        """A line for ``input()``: the test may have prepared answers."""
        if not self.working or threading.get_ident() != self._thread:
            raise EOFError(NO_INPUT)
        answer = self.ask("input", prompt)
        if answer is None:
            raise EOFError(NO_INPUT)
        return str(answer)

    def _name(self, name: str) -> tuple[bool, Any]:
        names = self.shell.user_ns
        value = names.get(name, _MISSING)
        if value is _MISSING or self.shell.user_ns_hidden.get(name, _MISSING) is value:
            return False, None
        return True, value

    def _import(self, name: str) -> Any:
        return importlib.import_module(name)

    def _begin(self) -> None:
        """A test cell begins: what the learner's cells have changed goes along with the answer."""

    def _end(self) -> None:
        """A test cell has ended. Its figures go, as they do at the end of a cell in a notebook."""
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is not None and pyplot.get_fignums():
            pyplot.close("all")


def _seed(generator: str, arguments: tuple[Any, ...], named: dict[str, Any]) -> None:
    if generator == "random":
        random.seed(*arguments, **named)
    elif "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(*arguments, **named)


class Input:
    """``sys.stdin`` of the learner's code: lines that the test has prepared."""

    encoding = "utf-8"

    def __init__(self, reader: Callable[[str], str]) -> None:
        self._reader = reader

    def readline(self, size: int = -1) -> str:
        """One line."""
        return self._reader("") + "\n"

    def read(self, size: int = -1) -> str:
        """Everything."""
        return "".join(self)

    def readlines(self, hint: int = -1) -> list[str]:
        """Everything, in lines."""
        return list(self)

    def __iter__(self) -> Input:
        return self

    def __next__(self) -> str:
        try:
            return self.readline()
        except EOFError:
            raise StopIteration from None

    def isatty(self) -> bool:
        """No."""
        return False

    def fileno(self) -> int:
        """There is no descriptor to read from."""
        raise OSError(said("nobody is there to answer"))
