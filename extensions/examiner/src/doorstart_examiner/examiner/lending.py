"""What the learner's code may do with what a test passed to it.

It reaches nothing else of the test, and of that only what is in :data:`_ALLOWED`: a function can be called, and not
looked into.
"""

from __future__ import annotations

import builtins
import functools
import io
import operator
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from unittest.mock import NonCallableMock

from doorstart_examiner.examiner.asking import AskingLink
from doorstart_examiner.examiner.record import Recorder
from doorstart_examiner.link.errors import BadMessage, CannotCross, KernelGone
from doorstart_examiner.link.folder import Folder
from doorstart_examiner.link.known import known_type
from doorstart_examiner.link.standins import OPERATORS
from doorstart_examiner.said import said

_FILE_NAMES = frozenset(
    [
        "read",
        "readline",
        "readlines",
        "write",
        "writelines",
        "getvalue",
        "seek",
        "tell",
        "close",
        "flush",
        "closed",
        "truncate",
        "name",
        "mode",
        "readable",
        "writable",
        "seekable",
        "encoding",
    ]
)
_FUNCTION_NAMES = frozenset({"__name__", "__qualname__", "__doc__"})
_FUNCTIONS = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    types.MethodWrapperType,
    functools.partial,
    operator.itemgetter,
    operator.attrgetter,
    operator.methodcaller,
    type,
)
_OF_MOCKS = frozenset(dir(NonCallableMock)) | {"return_value", "side_effect", "called", "call_count", "call_args"}
"""What a mock is asked about calls by the test: not for those who call it."""
_ALLOWED: Mapping[str, frozenset[str]] = {
    "function": frozenset({"call", "hash", "repr", "str", "equal", "get", "special", "dir"}),
    "iterator": frozenset({"dir", "special", "repr", "str", "equal", "hash"}),
    "file": frozenset({"dir", "get", "special", "repr", "str", "equal", "hash"}),
    "object": frozenset({"get", "set", "delete", "call", "special", "equal", "hash", "repr", "str", "format", "dir"}),
    "error": frozenset({"repr", "str", "equal", "hash"}),
}
"""What the learner's code may do with what the test passed to it."""
_ALLOWED_SPECIAL: Mapping[str, frozenset[str]] = {
    "function": frozenset({"__call__"}),
    "iterator": frozenset({"__iter__", "__next__", "__len__", "__contains__", "__reversed__"}),
    "file": frozenset({"__iter__", "__next__", "__enter__", "__exit__"}),
    "object": OPERATORS,
}


class LendingLink(AskingLink):
    """A link by which the learner's code asks for what a test passed to it.

    Args:
        exchange: sends a payload to the learner kernel and returns the next one of it.
        folder: the examiner's working folder.
        recorder: told what is asked.
        names: the globals of the test cells.
    """

    def __init__(
        self, exchange: Callable[[bytes], bytes], folder: Folder, recorder: Recorder, names: dict[str, Any]
    ) -> None:
        super().__init__(exchange, folder, recorder)
        self._names = names
        self._kinds: dict[int, str] = {}
        """Of what was described, by number: an id is given again when an object is gone."""
        self._real_input, self._real_stdin = builtins.input, sys.stdin

    def describe(self, value: object, number: int) -> tuple[list[Any], tuple[Any, ...]]:
        """Describe an object of the test, if it may go."""
        self._kinds[number] = self._kind(value)
        described, along = super().describe(value, number)
        return described, along

    def _kind(self, value: object) -> str:
        cls = type(value)
        if isinstance(value, BaseException):
            return "error"
        if isinstance(value, io.IOBase):
            return "file"
        if isinstance(value, _FUNCTIONS) or cls.__name__ in ("ufunc", "_lru_cache_wrapper", "method_descriptor"):
            return "function"
        if cls.__module__ in ("__main__", "unittest.mock") or (
            cls.__module__ == "types" and cls.__name__ == "SimpleNamespace"
        ):
            return "object"
        if cls.__module__ in ("builtins", "itertools", "collections") and (
            isinstance(value, Iterator) or cls.__name__ in ("dict_keys", "dict_values", "dict_items")
        ):
            return "iterator"
        raise CannotCross(
            said(
                "a test cannot pass an object of the class %(kind)s (%(module)s) to the learner's code: "
                "only plain data, functions, files in memory and objects of classes that the test defines",
                kind=cls.__qualname__,
                module=cls.__module__,
            )
        )

    def global_name(self, value: object) -> tuple[str, str] | None:
        """Functions and types of installed modules go by their name: the learner kernel has its own."""
        if value is NotImplemented:
            return "builtins", "NotImplemented"
        if not isinstance(value, type | types.FunctionType | types.BuiltinFunctionType | types.MethodDescriptorType):
            if type(value).__name__ != "ufunc":
                return None
            return "numpy", str(value.__name__)  # type: ignore[attr-defined]
        module = getattr(value, "__module__", None)
        if module is None and isinstance(value, types.MethodDescriptorType):
            module = value.__objclass__.__module__
        name = getattr(value, "__qualname__", None)
        if type(module) is not str or type(name) is not str or module == "__main__":
            return None
        found: Any = sys.modules.get(module)
        for part in name.split("."):
            found = getattr(found, part, None)
        return (module, name) if found is value else None

    def known(self, module: str, name: str) -> object:
        """Only types that mean the same to everybody."""
        found = known_type(module, name)
        if found is None:
            raise BadMessage("not a type that both sides have")
        return found

    def is_learners(self, module: str) -> bool:
        """What is made here is the test's."""
        return False

    def perform(self, operation: str, parts: list[Any]) -> Any:
        """Do what the learner's code asks for, if it may."""
        before, self.inside = self.inside, False
        try:
            return self._perform(operation, parts)
        finally:
            self.inside = before

    def _perform(self, operation: str, parts: list[Any]) -> Any:
        if operation == "input":
            return self._input(str(parts[0]))
        subject = parts[0] if parts else None
        number = self.mirror.own_number(subject)
        kind = "" if number is None else self._kinds.get(number, "")
        if operation not in _ALLOWED.get(kind, ()):
            raise TypeError(said("this cannot be done with an object of a test"))
        if operation in ("get", "set", "delete"):
            name = parts[1]
            allowed = {"function": _FUNCTION_NAMES, "file": _FILE_NAMES}.get(kind)
            refused = type(name) is not str or (name.startswith("_") if allowed is None else name not in allowed)
            if refused or (type(subject).__module__ == "unittest.mock" and name in _OF_MOCKS):
                raise AttributeError(f"{type(subject).__name__!r} object has no attribute {str(name)[:50]!r}")
        if operation == "special" and parts[1] not in _ALLOWED_SPECIAL[kind]:
            raise TypeError(said("this cannot be done with an object of a test"))
        if operation == "call" and kind == "object" and not callable(subject):
            raise TypeError(f"{type(subject).__name__!r} object is not callable")
        if operation == "dir":
            return sorted({"object": _public(subject), "function": _FUNCTION_NAMES, "file": _FILE_NAMES}.get(kind, ()))
        if operation in ("repr", "str") and kind in ("function", "iterator", "file"):
            return f"<{kind} of the test>"
        return super().perform(operation, parts)

    def raised(self, error: BaseException) -> tuple[object, ...]:
        """Something that a function of the test raised; the same exception, when it comes back."""
        if isinstance(error, KernelGone):
            raise error
        traceback = error.__traceback__
        answer = super().raised(error)
        error.__traceback__ = traceback
        return answer

    def _input(self, prompt: str) -> str | None:
        """The answer that the test has prepared; None if it has not prepared any."""
        own = self._names.get("input")
        if own is not None:
            return str(own(prompt))
        if builtins.input is not self._real_input:
            return str(builtins.input(prompt))
        if sys.stdin is not self._real_stdin:
            return self._real_input(prompt)
        return None


def _public(value: object) -> list[str]:
    return [name for name in dir(value) if not name.startswith("_")]
