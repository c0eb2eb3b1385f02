"""The examiner's end of the link: what may be asked of the learner's objects, and what the answers are worth.

The learner's code has full power over the learner kernel, so every answer is what the learner says. A test is written
for plain data, which says the same to everybody: what ``assert total([1, 2]) == 3`` compares is an int that is here. An
object is different: it could be equal to everything. So the rules are:

* **An object is never equal to plain data**, and it is not asked. An instance of a subclass of a plain type
  (``class Money(Decimal)``, a namedtuple, an IntEnum) is compared by its plain value, which is here.
* **Two objects of the learner's are compared by the learner's code**: ``Point(1, 2) == Point(1, 2)`` is a *claim*.
* **Order** (``<``), **arithmetic** whose result is plain, ``in``, ``bool()`` with a ``__bool__`` of the learner's, and
  methods that have a name as plain types have for questions (``startswith``, ``equals``, ``isdigit``): between an
  object and plain data they are refused with a TypeError, or an AttributeError, as of an object that does not have
  them. They are allowed for objects of a class that *the test itself names*: whoever writes ``Stock("A")`` in a test is
  testing that class, and everything that its objects say is a claim.
* ``len()``, ``str()``, ``float()``, items and iteration are claims that are made without knowing what is expected: they
  are worth what a returned number or list is worth.
* ``isinstance`` and ``type()`` of plain data are decided here. Of objects, they are claims about their class.

In the other direction, the learner's code reaches only what the test passed to it, and of that only what is in
:data:`_ALLOWED`: a function can be called, and not looked into.
"""

from __future__ import annotations

import builtins
import functools
import io
import operator
import sys
import threading
import types
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any
from unittest.mock import NonCallableMock

from doorstart_examiner.examiner import words
from doorstart_examiner.examiner.record import Recorder
from doorstart_examiner.link.errors import REFUSED, BadMessage, CannotCross, KernelGone
from doorstart_examiner.link.folder import Folder
from doorstart_examiner.link.known import known_type
from doorstart_examiner.link.link import Link
from doorstart_examiner.link.standins import (
    ARITHMETIC,
    OPERATORS,
    ORDER,
    UNCHANGING,
    StandIn,
    StandInClass,
    class_note,
    hash_of,
    number_of,
    plain_of,
    set_hash,
)


class TimeOver(BaseException):
    """The time of a test cell is over."""


MOST_ITEMS = 100_000
"""That one iterator of the learner's code may give: a generator may never end."""
MOST_PRINTED = 256 * 1024
PREDICATES = frozenset(
    {
        *(name for cls in (str, bytes, set, float, int, Decimal) for name in dir(cls) if name.startswith("is")),
        *("startswith", "endswith", "equals", "identical", "all", "any", "empty"),
    }
)
"""Attributes by which plain data is judged, and by which an object could claim to be right."""
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


class ExaminerLink(Link):
    """The examiner's end.

    Args:
        exchange: sends a payload to the learner kernel and returns the next one of it.
        folder: the examiner's working folder.
        recorder: told what is asked.
        names: the globals of the test cells.
    """

    first = 0
    prunes = True

    def __init__(
        self, exchange: Callable[[bytes], bytes], folder: Folder, recorder: Recorder, names: dict[str, Any]
    ) -> None:
        super().__init__(exchange, folder)
        self.recorder = recorder
        self._names = names
        self._kinds: dict[int, str] = {}
        self._named: set[int] = set()
        self._served: dict[int, int] = {}
        self._real_input, self._real_stdin = builtins.input, sys.stdin
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
            KernelGone: the learner kernel is gone, or what it said cannot be.
            TimeOver: the test's time is over.
        """
        if self.silent:
            raise CannotCross("nothing is asked while a report is written")
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
            self.gone = KernelGone(REFUSED, f"The learner kernel said what cannot be: {error}")
            raise self.gone from None
        finally:
            self.inside = before
            if self.late and not before and self.gone is None:
                raise TimeOver

    # What stands for the learner's objects

    def named(self, value: object, path: str) -> None:
        """The test cell has this name in it."""
        self.recorder.name(value, path)
        if isinstance(value, StandInClass):
            self._named.add(class_note(value).number)

    def question(self, operation: str, /, *parts: object) -> Any:
        """What a test does with a stand-in."""
        subject = parts[0]
        match operation:
            case "equal":
                return self._equal(subject, parts[1])
            case "hash":
                return self._hash(subject)  # type: ignore[arg-type]
            case "get":
                return self._get(subject, str(parts[1]))
            case "special":
                return self._special(subject, *parts[1:])  # type: ignore[arg-type]
            case "call":
                return self._call(subject, *parts[1:])  # type: ignore[arg-type]
            case "repr" | "str" | "format" if self._is_plain(subject) and not self._overrides(
                subject, f"__{operation}__"
            ):
                function: Any = getattr(builtins, operation)
                return function(self.plain(subject), *parts[1:])
        return self._record(f"{operation}({self.recorder.path(subject)})", operation, *parts)

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

    def _get(self, subject: Any, name: str) -> Any:
        if isinstance(subject, StandIn):
            if self._is_unchanging(subject) and not self._overrides(subject, name):
                return getattr(self.plain(subject), name)
            if name in PREDICATES and not self._is_module(subject) and not self._trusted(type(subject)):
                self.recorder.note(_note_of_object(type(subject)))
                raise AttributeError(f"{type(subject).__name__!r} object has no attribute {name!r}", name=name)
        path = f"{self.recorder.path(subject)}.{name}"
        value = self._record(path, "get", subject, name)
        self.recorder.name(value, path)
        if self._is_module(subject):
            self.named(value, path)
        return value

    def _equal(self, one: Any, other: Any) -> Any:
        if self.reading:
            return one is other
        if self._is_plain(one):
            # Read now: one whose content can change is asked for.
            return self.plain(one) == (self.plain(other) if self._is_plain(other) else other)
        if _is_object(other):
            return one is other or self._truth(self._record("==", "equal", one, other))
        if other is not None and type(other).__module__ != "unittest.mock":
            self.recorder.note(_note_of_object(type(one)))
        return NotImplemented

    def _hash(self, subject: StandIn) -> int:
        if self._is_unchanging(subject):
            return hash(self.plain(subject))
        hashed = hash_of(subject)
        if hashed is None:
            note = class_note(type(subject))
            if self.reading or not note.hashes:
                return hash(("stand-in", number_of(subject)))
            hashed = self._record(f"hash({self.recorder.path(subject)})", "hash", subject)
            if type(hashed) is not int:
                raise TypeError("__hash__ method should return an integer")
            set_hash(subject, hashed)
        return hashed

    def _special(self, subject: Any, method: str, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        if method == "__call__":
            return self._call(subject, arguments, named)
        if method == "__exit__":
            arguments = (*arguments[:2], None)  # Not the traceback, in which everything of the test could be found.
        if isinstance(subject, StandInClass):
            return self._record(
                f"{self.recorder.path(subject)}: {method}", "special", subject, method, arguments, named
            )
        cls = type(subject)
        if self._is_plain(subject) and (method in ORDER or method == "__contains__"):
            return self._locally(method, subject, arguments)
        checked = not self._trusted(cls)
        if checked and method in ARITHMETIC and self._is_plain(subject) and not _is_object(arguments[0]):
            return self._locally(method, subject, arguments)
        if checked and method in ORDER and not _is_object(arguments[0]):
            return NotImplemented
        if checked and method == "__contains__" and not _is_object(arguments[0]):
            self.recorder.note(_note_of_object(cls))
            raise TypeError(f"an object of the class {cls.__name__} cannot be searched for plain data")
        if checked and method == "__bool__" and not self._is_plain(subject):
            self.recorder.note(_note_of_object(cls))
            raise TypeError(f"an object of the class {cls.__name__} is neither true nor false here")
        if method == "__next__":
            self._count(subject)
        path = f"{self.recorder.path(subject)}: {method.strip('_')}"
        value = self._record(path, "special", subject, method, arguments, named)
        if method in ORDER:
            return value if value is NotImplemented else self._truth(value)
        foreign = (_is_object(value) and not self._is_plain(value)) or value is NotImplemented
        if checked and method in ARITHMETIC and not foreign and not _is_object(arguments[0]):
            self.recorder.note(_note_of_object(cls))
            raise TypeError(f"an object of the class {cls.__name__} is not a number")
        return value

    def _count(self, iterator: StandIn) -> None:
        number = number_of(iterator) or 0
        self._served[number] = count = self._served.get(number, 0) + 1
        if count > MOST_ITEMS:
            raise CannotCross(f"more than {MOST_ITEMS} items, one after the other")

    def _truth(self, value: object) -> bool:
        if type(value) is not bool:
            raise BadMessage("neither True nor False")
        return value

    def local(self) -> Callable[[str], Callable[..., Any]] | None:
        """Operators of subclasses of plain types that the subclass has not replaced work on the plain value, here."""

        def make(method: str) -> Callable[..., Any]:
            def compute(subject: StandIn, *arguments: Any) -> Any:
                return self._locally(method, subject, arguments)

            return compute

        return make

    def _locally(self, method: str, subject: Any, arguments: tuple[Any, ...]) -> Any:
        plain = self.plain(subject)
        function = getattr(type(plain), method)
        return function(plain, *(self.plain(part) if self._is_plain(part) else part for part in arguments))

    def plain(self, subject: Any) -> Any:
        """The plain value of an instance of a subclass of a plain type."""
        try:
            return plain_of(subject)
        except AttributeError:
            value = self.ask("plain", subject)
        if type(value) is not class_note(type(subject)).base:
            raise BadMessage("a plain value that is not of its type")
        return value

    def _is_plain(self, value: Any) -> bool:
        return isinstance(value, StandIn) and class_note(type(value)).base is not None

    def _is_unchanging(self, value: Any) -> bool:
        return isinstance(value, StandIn) and class_note(type(value)).base in UNCHANGING

    def _is_module(self, value: Any) -> bool:
        return is_module(value)

    def _overrides(self, subject: Any, name: str) -> bool:
        note = class_note(type(subject))
        return name in note.overrides or not hasattr(note.base, name)

    def _trusted(self, cls: type) -> bool:
        return any(class_note(c).number in self._named for c in cls.__mro__ if "_doorstart_class" in vars(c))

    # What the learner's code may do with what the test passed

    def describe(self, value: object, number: int) -> tuple[list[Any], tuple[Any, ...]]:
        """Describe an object of the test, if it may go."""
        if id(value) not in self._kinds:
            self._kinds[id(value)] = self._kind(value)
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
            f"a test cannot pass an object of the class {cls.__qualname__} ({cls.__module__}) to the learner's code: "
            "only plain data, functions, files in memory and objects of classes that the test defines"
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
        kind = self._kinds.get(id(subject), "")
        if operation not in _ALLOWED.get(kind, ()):
            raise TypeError("this cannot be done with an object of a test")
        if operation in ("get", "set", "delete"):
            name = parts[1]
            allowed = {"function": _FUNCTION_NAMES, "file": _FILE_NAMES}.get(kind)
            refused = type(name) is not str or (name.startswith("_") if allowed is None else name not in allowed)
            if refused or (type(subject).__module__ == "unittest.mock" and name in _OF_MOCKS):
                raise AttributeError(f"{type(subject).__name__!r} object has no attribute {str(name)[:50]!r}")
        if operation == "special" and parts[1] not in _ALLOWED_SPECIAL[kind]:
            raise TypeError("this cannot be done with an object of a test")
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
        self._kinds.setdefault(id(error), "error")
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
            self.recorder.note(words.clean(f"Not all files of the learner's code are here: {extra['left_out']}."))

    def files_left_out(self, why: str) -> None:
        """The test is told."""
        raise CannotCross(why)


def _public(value: object) -> list[str]:
    return [name for name in dir(value) if not name.startswith("_")]


def _is_object(value: object) -> bool:
    return isinstance(type(value), StandInClass)


def is_module(value: Any) -> bool:
    """Whether this stands for a module of the learner kernel."""
    if not isinstance(value, StandIn):
        return False
    cls = type(value)
    return class_note(cls).name == "module" and cls.__module__ == "builtins"


def _note_of_object(cls: type) -> str:
    return (
        f"The learner's code gave an object of the class {class_note(cls).name} where the check needs "
        f"plain data. Objects "
        "are not believed; if the check is meant for this class, name the class in the test."
    )
