"""What can be done with an object on the side where it is, by question of the other; and how it is described there."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import types
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from doorstart_examiner.link.standins import CHANGING, EXCEPTIONS, OPERATORS, PLAIN, UNCHANGING

MOST_FIELDS = 200
_LONGEST = 300


class Describer:
    """Says what this side's opaque objects are.

    Args:
        number_of: the number of one of this side's objects, which is kept from then on.
        learners: whether a module is the learner's.
    """

    def __init__(self, number_of: Callable[[object], int], learners: Callable[[str], bool]) -> None:
        self._number_of = number_of
        self._learners = learners
        self._told: set[int] = set()
        self.classes: list[Any] = []
        """Descriptions that are still to go to the other side, each after those of its bases."""

    def describe(self, value: object, number: int) -> tuple[list[Any], tuple[Any, ...]]:
        """Description and what goes along with it, for :class:`.mirror.Mirror`."""
        if isinstance(value, type):
            return self._class(value, number), ()
        cls = type(value)
        base = _plain_base(cls)
        along = (plain_value(value, base),) if base in UNCHANGING else ()
        return [self._class(cls), _label(value), None if along else _hash(value)], along

    def _class(self, cls: type, number: int | None = None) -> list[Any]:
        if EXCEPTIONS.get(cls.__name__) is cls:
            return ["builtin", cls.__name__]
        number = self._number_of(cls) if number is None else number
        if number in self._told:
            return ["class", number]
        self._told.add(number)
        mro = type.__dict__["__mro__"].__get__(cls)
        base = _plain_base(cls)
        module = type.__dict__["__module__"].__get__(cls)
        module = module if isinstance(module, str) else ""
        bases = [self._class(parent) for parent in cls.__bases__ if self._of_interest(parent)]
        notes: dict[str, Any] = {"learners": self._learners(module)}
        if base is not None:
            notes["base"] = base.__name__
            above = mro[: mro.index(base)]
            notes["overrides"] = sorted({name for c in above for name in vars(c)})[:MOST_FIELDS]
        if issubclass(cls, BaseException):
            notes["exception"] = next(name for c in mro for name in [c.__name__] if EXCEPTIONS.get(name) is c)
            notes["module"] = module
        hasher = next((vars(c)["__hash__"] for c in mro if "__hash__" in vars(c)), None)
        notes["hash"] = hasher is not None and hasher is not object.__hash__
        notes["unhashable"] = hasher is None
        if dataclasses.is_dataclass(cls):
            notes["fields"] = [str(field.name) for field in dataclasses.fields(cls)][:MOST_FIELDS]
        match = getattr(cls, "__match_args__", None)
        if type(match) is tuple and match:
            notes["match"] = [str(part) for part in match][:MOST_FIELDS]
        methods = [name for name in sorted(OPERATORS) if _has_own(mro, name, base)]
        self.classes.append([number, str(cls.__qualname__)[-100:], module[:100], bases, methods, notes])
        return ["class", number]

    def _of_interest(self, cls: type) -> bool:
        return cls is not object and PLAIN.get(cls.__name__) is not cls and EXCEPTIONS.get(cls.__name__) is not cls


def _has_own(mro: tuple[type, ...], name: str, base: type | None) -> bool:
    for cls in mro:
        if cls is base:
            return base in CHANGING and any(name in vars(c) for c in base.__mro__)
        if name in vars(cls):
            return vars(cls)[name] is not None
    return False


def _plain_base(cls: type) -> type | None:
    return next((c for c in type.__dict__["__mro__"].__get__(cls) if PLAIN.get(c.__name__) is c), None)


def plain_value(value: Any, base: type | None = None) -> Any:
    """The plain value of an instance of a subclass of a plain type, read past what the subclass may have replaced."""
    base = base or _plain_base(type(value))
    if base in (str, bytes, tuple, list, bytearray):
        return base.__getitem__(value, slice(None))
    if base is int:
        return int.__add__(value, 0)
    if base is float:
        return float.__float__(value)
    if base is complex:
        return complex.__add__(value, 0)
    if base is dict:
        return dict(dict.items(value))
    if base is set:
        return set(set.__iter__(value))
    if base is frozenset:
        return frozenset(frozenset.__iter__(value))
    if base is Decimal:
        return Decimal(value)
    if base is Fraction:
        return Fraction(value.numerator, value.denominator)
    if base is not None:
        kind: Any = base
        return kind.fromisoformat(kind.isoformat(value))
    raise TypeError(f"a {type(value).__name__} has no plain value")


def _label(value: object) -> str:
    if isinstance(value, BaseException):
        try:
            return str(value)[:_LONGEST]
        except Exception:
            return ""
    if isinstance(value, types.FunctionType | types.BuiltinFunctionType | types.MethodType | types.ModuleType):
        name = value.__name__
        return name[:_LONGEST] if type(name) is str else ""
    return ""


def _hash(value: object) -> int | None:
    hasher = type(value).__hash__
    if hasher is None or hasher is object.__hash__:
        return None
    try:
        return hash(value)
    except Exception:
        return None


def perform(operation: str, parts: list[Any]) -> Any:
    """Do something with an object of this side.

    Raises:
        Exception: whatever that raises; LookupError for an operation that does not exist.
    """
    return _OPERATIONS[operation](*parts)


def _call(function: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
    return function(*arguments, **named)


def _special(value: Any, method: str, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
    if method not in OPERATORS:
        raise LookupError(method)
    if method == "__call__":
        return value(*arguments, **named)
    if method == "__getitem__":
        return value[arguments[0]]
    # As Python does for an operator: of the class, not of the object.
    function = getattr(type(value), method, None)
    if function is None:
        raise TypeError(f"{type(value).__name__!r} object does not support {method.strip('_')}")
    return function(value, *arguments, **named)


def _equal(value: Any, other: Any) -> Any:
    answer = value == other
    return answer if type(answer) is bool else bool(answer)


def _signature(function: Any) -> tuple[tuple[Any, ...], ...]:
    found = []
    for parameter in inspect.signature(function).parameters.values():
        has_default = parameter.default is not inspect.Parameter.empty
        found.append((parameter.name, int(parameter.kind), has_default, parameter.default if has_default else None))
    return tuple(found)


_OPERATIONS: dict[str, Callable[..., Any]] = {
    "get": getattr,
    "set": setattr,
    "delete": delattr,
    "call": _call,
    "special": _special,
    "equal": _equal,
    "hash": hash,
    "repr": repr,
    "str": str,
    "format": format,
    "dir": lambda value: [name for name in dir(value) if isinstance(name, str)],
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "signature": _signature,
    "plain": plain_value,
}
