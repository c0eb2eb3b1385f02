"""Makes stand-ins, of what the other side says of its classes and objects."""

from __future__ import annotations

import dataclasses
import keyword
import types
import weakref
from collections.abc import Callable
from typing import Any

from doorstart_examiner.link.errors import BadMessage
from doorstart_examiner.link.standins.classes import Ask, ClassNote, StandInClass
from doorstart_examiner.link.standins.errors import ErrorFace, installed_error, new_error
from doorstart_examiner.link.standins.instances import BASE, HASH, LABEL, NUMBER, StandIn
from doorstart_examiner.link.standins.vocabulary import EXCEPTIONS, OPERATORS, PLAIN

_FACES: dict[str, type] = {"generator": types.GeneratorType, "function": types.FunctionType}
"""Python's own types that ``isinstance`` should see through a stand-in."""


class StandIns:
    """Makes the stand-ins of one side.

    Args:
        ask: whom to ask.
        local: answers operations of instances of subclasses of plain types on their plain value; or None.
    """

    def __init__(self, ask: Ask, local: Callable[[str], Callable[..., Any]] | None = None) -> None:
        self._ask = ask
        self._local = local
        self._classes: dict[int, type] = {}
        self._objects: dict[int, weakref.ref[Any]] = {}
        self._errors: dict[int, BaseException] = {}
        self._gone: list[int] = []

    def make(self, number: int, description: list[Any]) -> object:
        """The stand-in for an object; the same one for the same number, for as long as somebody has it.

        Args:
            number: the object's.
            description: ``["class", number]`` for a class, otherwise ``[class, label, hash]``; see
                :mod:`doorstart_examiner.link.operations`.

        Raises:
            BadMessage: not a description.
        """
        if description[0] == "class":
            if description[1] != number:
                raise BadMessage("a class under another number")
            return self._class(description)
        known = self._objects.get(number)
        found = known() if known is not None else self._errors.get(number)
        if found is not None:
            return found
        described, label, hashed = description
        cls = self._class(described)
        label = label if type(label) is str else ""
        if issubclass(cls, BaseException):
            return self._error(cls, number, label)
        made = object.__new__(cls)
        LABEL.__set__(made, label[:300])
        NUMBER.__set__(made, number)
        if type(hashed) is int:
            HASH.__set__(made, hashed)
        self._objects[number] = weakref.ref(made, lambda _: self._gone.append(number))
        return made

    def attach(self, stand_in: object, along: list[Any]) -> None:
        """Give a stand-in for an instance of a subclass of a plain type its plain value.

        Raises:
            BadMessage: it is not of that type.
        """
        cls: Any = type(stand_in)
        if not isinstance(stand_in, StandIn) or len(along) != 1 or type(along[0]) is not cls._doorstart_class.base:
            raise BadMessage("a value that does not belong to its class")
        BASE.__set__(stand_in, along[0])

    def gone(self) -> list[int]:
        """The numbers of objects that nobody has any more."""
        gone, self._gone = self._gone, []
        kept = []
        for number in gone:
            known = self._objects.get(number)
            if known is not None and known() is None:
                del self._objects[number]
                kept.append(number)
        return kept

    def learn(self, classes: Any) -> None:
        """Make classes of the other side's descriptions of its own.

        Raises:
            BadMessage: these are none.
        """
        for description in classes:
            match description:
                case [int(number), str(name), str(module), list(bases), list(methods), dict(notes)]:
                    if number in self._classes:
                        raise BadMessage("a class that is known")
                    self._classes[number] = self._make_class(number, name, module, bases, methods, notes)
                case _:
                    raise BadMessage("not a class")

    def _class(self, description: Any) -> type:
        match description:
            case ["builtin", str(name)]:
                return EXCEPTIONS[name]
            case ["class", int(number)]:
                return self._classes[number]
        raise BadMessage("not a class")

    def _make_class(
        self, number: int, name: str, module: str, bases: list[Any], methods: list[Any], notes: dict[str, Any]
    ) -> type:
        if len(self._classes) > 2000 or len(bases) > 20:
            raise BadMessage("too many classes")
        parents = [self._class(base) for base in bases]
        installed = installed_error(name, module) if "exception" in notes else None
        if installed is not None:
            return installed
        base = PLAIN.get(notes.get("base", ""))
        operators = {method for method in methods if type(method) is str and method in OPERATORS}
        error = EXCEPTIONS.get(notes.get("exception", ""))
        note = ClassNote(
            number,
            _shown_name(name),
            base,
            frozenset(operators),
            frozenset(part for part in notes.get("overrides", ()) if type(part) is str),
            notes.get("hash") is True,
            notes.get("learners") is True,
            base or _FACES.get(name if module == "builtins" else ""),
        )
        content: dict[str, Any] = {
            "__module__": _shown_name(module),
            "__qualname__": _shown_name(name),
            "_doorstart_class": note,
            "_doorstart_ask": staticmethod(self._ask),
        }
        if error is not None:
            parents = [parent for parent in parents if issubclass(parent, BaseException)]
            if not any(issubclass(parent, error) for parent in parents):
                parents.append(error)
            if not any(issubclass(parent, ErrorFace) for parent in parents):
                parents.insert(0, ErrorFace)
            return _new_class(note, tuple(parents), (ErrorFace, error), content)
        content["__slots__"] = ()
        content["__doc__"] = property(_doc)
        content["__class__"] = property(_face)
        for method in operators:
            content[method] = _forwarder(method)
        if base is not None and self._local is not None:
            for method in OPERATORS & set(dir(base)) - operators:
                content[method] = self._local(method)
        if notes.get("hash") is None and notes.get("unhashable") is True:
            content["__hash__"] = None
        fields = [field for field in notes.get("fields", ()) if type(field) is str and field.isidentifier()]
        if fields and len(fields) == len(notes["fields"]):
            like = dataclasses.make_dataclass("Like", fields)
            content["__dataclass_fields__"] = vars(like)["__dataclass_fields__"]
        match = notes.get("match")
        if type(match) is list and all(type(part) is str for part in match):
            content["__match_args__"] = tuple(match)
        parents = [parent for parent in parents if issubclass(parent, StandIn)]
        return _new_class(note, tuple(parents) or (StandIn,), (StandIn,), content)

    def _error(self, cls: type[BaseException], number: int, text: str) -> BaseException:
        made = new_error(cls, (text,))
        made.__dict__["_doorstart_number"] = number
        made.__dict__["_doorstart_text"] = text
        if len(self._errors) < 10_000:
            self._errors[number] = made
        return made


def _new_class(note: ClassNote, bases: tuple[type, ...], fallback: tuple[type, ...], content: dict[str, Any]) -> type:
    try:
        return StandInClass(note.name, bases, content, note)
    except TypeError:  # Bases that do not go together.
        return StandInClass(note.name, fallback, content, note)


def _forwarder(method: str) -> Callable[..., Any]:
    def forward(self: StandIn, *arguments: Any, **named: Any) -> Any:
        return type(self)._doorstart_ask("special", self, method, arguments, named)

    forward.__name__ = method
    return forward


def _doc(self: StandIn) -> Any:
    return type(self)._doorstart_ask("get", self, "__doc__")


def _face(self: StandIn) -> type:
    cls = type(self)
    return cls._doorstart_class.face or cls


def _shown_name(name: str) -> str:
    """The name if it is one that Python allows, short enough to be shown; otherwise ``Object``."""
    parts = name.split(".")
    good = all(part.isidentifier() or part == "<locals>" for part in parts)
    return name if good and len(name) <= 100 and not keyword.iskeyword(name) else "Object"
