"""What may be asked of the learner's objects, and what the answers are worth.

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

In the other direction, the learner's code reaches only what the test passed to it: :mod:`.lending`.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any

from doorstart_examiner.examiner import words
from doorstart_examiner.examiner.lending import LendingLink
from doorstart_examiner.examiner.objects import PREDICATES, is_module, is_object, is_plain, is_unchanging, overrides
from doorstart_examiner.examiner.record import Recorder
from doorstart_examiner.link.errors import BadMessage, CannotCross
from doorstart_examiner.link.folder import Folder
from doorstart_examiner.link.standins import (
    ARITHMETIC,
    ORDER,
    StandIn,
    StandInClass,
    class_note,
    hash_of,
    number_of,
    plain_of,
    set_hash,
)
from doorstart_examiner.said import said

MOST_ITEMS = 100_000
"""That one iterator of the learner's code may give: a generator may never end."""


class ExaminerLink(LendingLink):
    """The examiner's end, with all that it decides.

    Args:
        exchange: sends a payload to the learner kernel and returns the next one of it.
        folder: the examiner's working folder.
        recorder: told what is asked.
        names: the globals of the test cells.
    """

    def __init__(
        self, exchange: Callable[[bytes], bytes], folder: Folder, recorder: Recorder, names: dict[str, Any]
    ) -> None:
        super().__init__(exchange, folder, recorder, names)
        self._named: set[int] = set()
        self._served: dict[int, int] = {}

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
            case "repr" | "str" | "format" if is_plain(subject) and not overrides(subject, f"__{operation}__"):
                function: Any = getattr(builtins, operation)
                return function(self.plain(subject), *parts[1:])
        return self._record(f"{operation}({self.recorder.path(subject)})", operation, *parts)

    def _get(self, subject: Any, name: str) -> Any:
        if isinstance(subject, StandIn):
            if is_unchanging(subject) and not overrides(subject, name):
                return getattr(self.plain(subject), name)
            if name in PREDICATES and not is_module(subject) and not self._trusted(type(subject)):
                self.recorder.note(words.not_believed(type(subject)))
                raise AttributeError(f"{type(subject).__name__!r} object has no attribute {name!r}", name=name)
        path = f"{self.recorder.path(subject)}.{name}"
        value = self._record(path, "get", subject, name)
        self.recorder.name(value, path)
        if is_module(subject):
            self.named(value, path)
        return value

    def _equal(self, one: Any, other: Any) -> Any:
        if self.reading:
            return one is other
        if is_plain(one):
            # Read now: one whose content can change is asked for.
            return self.plain(one) == (self.plain(other) if is_plain(other) else other)
        if is_object(other):
            return one is other or _truth(self._record("==", "equal", one, other))
        if other is not None and type(other).__module__ != "unittest.mock":
            self.recorder.note(words.not_believed(type(one)))
        return NotImplemented

    def _hash(self, subject: StandIn) -> int:
        if is_unchanging(subject):
            try:
                plain = plain_of(subject)
            except AttributeError:
                if self.reading:  # Of a frozenset, say, which is made again when the value has been read.
                    return hash(("stand-in", number_of(subject)))
                plain = self.plain(subject)
            return hash(plain)
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
        if is_plain(subject) and (method in ORDER or method == "__contains__"):
            return self._locally(method, subject, arguments)
        checked = not self._trusted(cls)
        if checked and method in ARITHMETIC and is_plain(subject) and not is_object(arguments[0]):
            return self._locally(method, subject, arguments)
        if checked and method in ORDER and not is_object(arguments[0]):
            return NotImplemented
        if checked and method == "__contains__" and not is_object(arguments[0]):
            self.recorder.note(words.not_believed(cls))
            raise TypeError(
                said("an object of the class %(kind)s cannot be searched for plain data", kind=cls.__name__)
            )
        if checked and method == "__bool__" and not is_plain(subject):
            self.recorder.note(words.not_believed(cls))
            raise TypeError(said("an object of the class %(kind)s is neither true nor false here", kind=cls.__name__))
        if method == "__next__":
            self._count(subject)
        path = f"{self.recorder.path(subject)}: {method.strip('_')}"
        value = self._record(path, "special", subject, method, arguments, named)
        if method in ORDER:
            return value if value is NotImplemented else _truth(value)
        foreign = (is_object(value) and not is_plain(value)) or value is NotImplemented
        if checked and method in ARITHMETIC and not foreign and not is_object(arguments[0]):
            self.recorder.note(words.not_believed(cls))
            raise TypeError(said("an object of the class %(kind)s is not a number", kind=cls.__name__))
        return value

    def _count(self, iterator: StandIn) -> None:
        number = number_of(iterator) or 0
        self._served[number] = count = self._served.get(number, 0) + 1
        if count > MOST_ITEMS:
            raise CannotCross(said("more than %(n)s items, one after the other", n=MOST_ITEMS))

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
        return function(plain, *(self.plain(part) if is_plain(part) else part for part in arguments))

    def plain(self, subject: Any) -> Any:
        """The plain value of an instance of a subclass of a plain type."""
        try:
            return plain_of(subject)
        except AttributeError:
            value = self.ask("plain", subject)
        if type(value) is not class_note(type(subject)).base:
            raise BadMessage("a plain value that is not of its type")
        return value

    def _trusted(self, cls: type) -> bool:
        return any(class_note(c).number in self._named for c in cls.__mro__ if "_doorstart_class" in vars(c))


def _truth(value: object) -> bool:
    if type(value) is not bool:
        raise BadMessage("neither True nor False")
    return value
