"""Records: what an instance of a dataclass or of a namedtuple becomes on the other side.

A record has the fields and their values and nothing of the class: no method, no property, no code. What is not a field
is asked of the record's handle, if it came with one. A namedtuple's record is a tuple, and equal to a plain one.

Field and class names come from the other side. They are checked here before any class is made from them.
"""

from __future__ import annotations

import collections
import copy
import dataclasses
import functools
import keyword
import reprlib
import types
import unicodedata
from collections.abc import Iterable
from typing import Any, ClassVar, cast

from doorstart_examiner.values.limits import CodecError, clip

_LONGEST_NAME = 200


@dataclasses.dataclass(frozen=True)
class Shape:
    """What a record's class is made from.

    Attributes:
        name: of the class.
        fields: their names, in order.
        frozen: fields cannot be assigned, and the record can be a key. False for a namedtuple.
        order: records can be compared with ``<``, field by field. False for a namedtuple.
        named_tuple: it is a namedtuple's, not a dataclass's.
    """

    name: str
    fields: tuple[str, ...]
    frozen: bool = False
    order: bool = False
    named_tuple: bool = False


class Record:
    """A dataclass instance of the other side. Its fields are plain attributes; equal to records of the same shape."""

    __slots__ = ("_handle",)
    __shape__: ClassVar[Shape]

    def __init__(self, *values: object, **named: object) -> None:
        fields = shape_of(self).fields
        given = dict(zip(fields, values, strict=False)) | named
        if len(values) + len(named) != len(fields) or given.keys() != set(fields):
            raise TypeError(f"{type(self).__name__}() takes {', '.join(fields)}")
        _fill(self, (given[name] for name in fields), None)

    def __eq__(self, other: object) -> bool:
        if not issubclass(type(other), Record):
            return NotImplemented
        shape, theirs = shape_of(self), shape_of(other)
        return (shape.name, shape.fields) == (theirs.name, theirs.fields) and values_of(self) == values_of(other)

    def __hash__(self) -> int:
        shape = shape_of(self)
        if not shape.frozen:
            raise TypeError(f"unhashable type: {shape.name!r}")
        return hash((shape.name, values_of(self)))

    def __lt__(self, other: object) -> bool:
        return values_of(self) < values_of(other) if _ordered(self, other) else NotImplemented

    def __le__(self, other: object) -> bool:
        return values_of(self) <= values_of(other) if _ordered(self, other) else NotImplemented

    def __gt__(self, other: object) -> bool:
        return values_of(self) > values_of(other) if _ordered(self, other) else NotImplemented

    def __ge__(self, other: object) -> bool:
        return values_of(self) >= values_of(other) if _ordered(self, other) else NotImplemented

    @reprlib.recursive_repr()
    def __repr__(self) -> str:
        shape = shape_of(self)
        inside = ", ".join(f"{name}={value!r}" for name, value in zip(shape.fields, values_of(self), strict=True))
        return f"{shape.name}({inside})"

    def __getattr__(self, name: str) -> Any:
        return _elsewhere(self, name)

    def __setattr__(self, name: str, value: object) -> None:
        if shape_of(self).frozen:
            raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")
        handle = handle_of(self)
        if handle is not None:
            setattr(handle, name, value)
        object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{name!r} of a {type(self).__name__} cannot be deleted here")

    def __copy__(self) -> Record:
        return cast(Record, make(shape_of(self), values_of(self)))

    def __deepcopy__(self, memo: dict[int, Any]) -> Record:
        return cast(Record, make(shape_of(self), copy.deepcopy(values_of(self), memo)))


# The slot stays usable through its descriptor, and a field may have the slot's name.
_HANDLE = cast(types.MemberDescriptorType, Record.__dict__["_handle"])
del Record._handle  # type: ignore[attr-defined]


class TupleRecord:
    """A namedtuple of the other side: the class made for it is this one and a ``collections.namedtuple``."""

    __slots__ = ()
    __shape__: ClassVar[Shape]

    def __getattr__(self, name: str) -> Any:
        return _elsewhere(self, name)

    def __copy__(self) -> TupleRecord:
        return cast(TupleRecord, make(shape_of(self), values_of(self)))

    def __deepcopy__(self, memo: dict[int, Any]) -> TupleRecord:
        return cast(TupleRecord, make(shape_of(self), copy.deepcopy(values_of(self), memo)))


# No attribute can be asked for by this name.
_TUPLE_HANDLE = "its handle"


def make(shape: Shape, values: Iterable[object], handle: object = None) -> Record | TupleRecord:
    """A record.

    Args:
        shape: its class; names in it must have passed :func:`checked`.
        values: as many as there are fields.
        handle: what is asked for attributes that are not fields; None for nothing.
    """
    kind = _class_of(shape)
    if shape.named_tuple:
        record = cast(TupleRecord, kind._make(values))
        if handle is not None:
            record.__dict__[_TUPLE_HANDLE] = handle
        return record
    plain = cast(Record, kind.__new__(kind))
    _fill(plain, values, handle)
    return plain


def checked(shape: Shape, most_fields: int) -> Shape:
    """The shape, if its names can be those of a class.

    Raises:
        CodecError: a name is not an identifier, is a keyword, is twice there, or begins and ends with two underscores.
    """
    if len(shape.fields) > most_fields:
        raise CodecError(f"a record of more than {most_fields} fields")
    if not is_name(shape.name):
        raise CodecError(f"a record cannot be of a class named {clip(shape.name)}")
    for position, name in enumerate(shape.fields):
        private = name.startswith("_") and shape.named_tuple and name != f"_{position}"
        if not is_name(name) or private:
            raise CodecError(f"a record cannot have a field named {clip(name)}")
    if len(set(shape.fields)) != len(shape.fields):
        raise CodecError("a record has two fields of the same name")
    return shape


def is_name(name: str) -> bool:
    """Whether it can be the name of a class or field that Python does not use for itself."""
    return (
        len(name) <= _LONGEST_NAME
        and name.isidentifier()
        and not keyword.iskeyword(name)
        and not (name.startswith("__") and name.endswith("__"))
        and unicodedata.is_normalized("NFKC", name)
    )


def shape_of(record: object) -> Shape:
    """The shape of a record.

    Raises:
        TypeError: it is not one.
    """
    kind = type(record)
    if not issubclass(kind, Record | TupleRecord):
        raise TypeError(f"not a record: {kind.__name__}")
    return kind.__shape__


def values_of(record: object) -> tuple[object, ...]:
    """The values of a record's fields, in order."""
    if isinstance(record, tuple):
        return tuple(record)
    inside = object.__getattribute__(record, "__dict__")
    return tuple(inside[name] for name in shape_of(record).fields)


def handle_of(record: object) -> object:
    """What the record asks for attributes that are not its fields; None if there is nothing."""
    if issubclass(type(record), TupleRecord):
        return object.__getattribute__(record, "__dict__").get(_TUPLE_HANDLE)
    return _HANDLE.__get__(record)


def assign(target: Record, values: Iterable[object]) -> None:
    """Give a record other values for its fields, without asking its handle."""
    object.__getattribute__(target, "__dict__").update(zip(shape_of(target).fields, values, strict=True))


def _fill(record: Record, values: Iterable[object], handle: object) -> None:
    _HANDLE.__set__(record, handle)
    assign(record, values)


def _ordered(record: Record, other: object) -> bool:
    """Whether ``<`` and its like mean something between the two."""
    shape = shape_of(record)
    return shape.order and issubclass(type(other), Record) and shape_of(other) == shape


def _elsewhere(record: object, name: str) -> Any:
    """An attribute that is not a field. Python's own protocols are not asked of the other side behind one's back."""
    handle = handle_of(record)
    if handle is None or (name.startswith("__") and name.endswith("__")):
        raise AttributeError(f"{type(record).__name__!r} object has no attribute {name!r}")
    return getattr(handle, name)


@functools.lru_cache(maxsize=256)
def _class_of(shape: Shape) -> Any:
    inside = {"__module__": __name__, "__shape__": shape}
    if shape.named_tuple:
        plain = collections.namedtuple(shape.name, shape.fields, rename=True, module=__name__)  # type: ignore[misc]
        return type(shape.name, (TupleRecord, plain), inside)
    # Without the generated methods this runs no generated code. It makes dataclasses.asdict() and fields() work.
    return dataclasses.make_dataclass(
        shape.name, shape.fields, bases=(Record,), namespace=inside, init=False, repr=False, eq=False
    )
