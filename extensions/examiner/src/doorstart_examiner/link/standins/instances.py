"""What stands for one object of the other side, and what is known of that object without asking."""

from __future__ import annotations

import inspect
from typing import Any, NoReturn

from doorstart_examiner.link.standins.classes import SILENT, Ask, ClassNote, StandInClass, class_note, signature
from doorstart_examiner.said import said


class StandIn:
    """Stands for one object. Its own attributes cannot be those of the object: their names are reserved."""

    __slots__ = ("__weakref__", "_doorstart_base", "_doorstart_hash", "_doorstart_label", "_doorstart_number")
    _doorstart_ask: Ask
    _doorstart_class: ClassNote

    def __getattr__(self, name: str) -> Any:
        if name in SILENT or name.startswith("_doorstart_"):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)
        return type(self)._doorstart_ask("get", self, name)

    def __setattr__(self, name: str, value: object) -> None:
        type(self)._doorstart_ask("set", self, name, value)

    def __delattr__(self, name: str) -> None:
        type(self)._doorstart_ask("delete", self, name)

    def __dir__(self) -> list[str]:
        return [name for name in type(self)._doorstart_ask("dir", self) if type(name) is str]

    def __repr__(self) -> str:
        return _text(type(self)._doorstart_ask("repr", self))

    def __str__(self) -> str:
        return _text(type(self)._doorstart_ask("str", self))

    def __format__(self, form: str) -> str:
        return _text(type(self)._doorstart_ask("format", self, form))

    def __eq__(self, other: object) -> Any:
        return type(self)._doorstart_ask("equal", self, other)

    def __hash__(self) -> int:
        return int(type(self)._doorstart_ask("hash", self))

    def __copy__(self) -> Any:
        return type(self)._doorstart_ask("copy", self)

    def __deepcopy__(self, memo: object) -> Any:
        return type(self)._doorstart_ask("deepcopy", self)

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError(said("a %(kind)s of the learner's code cannot be pickled", kind=type(self).__name__))

    @property
    def __signature__(self) -> inspect.Signature:
        return signature(type(self)._doorstart_ask("signature", self))


NUMBER, BASE, HASH, LABEL = (
    vars(StandIn)[name] for name in ("_doorstart_number", "_doorstart_base", "_doorstart_hash", "_doorstart_label")
)
"""A stand-in's own attributes, past the methods that ask the other side."""


def number_of(value: object) -> int | None:
    """The number of the object that this one stands for; None if it stands for nothing."""
    cls = type(value)
    if issubclass(cls, StandIn):
        return NUMBER.__get__(value)  # type: ignore[no-any-return]
    if issubclass(cls, StandInClass):
        return class_note(value).number
    if issubclass(cls, BaseException):
        number = value.__dict__.get("_doorstart_number")
        return number if type(number) is int else None
    return None


def label_of(value: object) -> str:
    """What the other side calls this object, such as the name of a function; may be empty."""
    return LABEL.__get__(value) if issubclass(type(value), StandIn) else ""


def hash_of(value: StandIn) -> int | None:
    """The hash that came along with a key."""
    try:
        return HASH.__get__(value)  # type: ignore[no-any-return]
    except AttributeError:
        return None


def set_hash(value: StandIn, hashed: int) -> None:
    """Keep a hash, so that it does not change."""
    HASH.__set__(value, hashed)


def plain_of(value: object) -> Any:
    """The plain value that came along with an instance of a subclass of a plain type that cannot change.

    Raises:
        AttributeError: none came.
    """
    return BASE.__get__(value)


def _text(answer: object) -> str:
    if type(answer) is not str:
        raise TypeError("text was expected")
    return answer
