"""Whether an object may go as a record: its class behaves as its fields say and not otherwise.

Anything else would change its meaning on the other side, where there is only the fields' values: a class with
operators, a length or text of its own, an equality that leaves fields out. Such an object goes as a handle.
"""

from __future__ import annotations

import abc
import collections
import dataclasses
import inspect
from typing import Any, cast

from doorstart_examiner.values.records import Shape, is_name

# What may be in a class without changing how its instances compare, print, hash, or read their attributes.
_HARMLESS = frozenset(
    {
        *("__module__", "__qualname__", "__doc__", "__firstlineno__", "__static_attributes__", "__type_params__"),
        *("__dict__", "__weakref__", "__slots__", "__init__", "__new__", "__post_init__", "__match_args__"),
        *("__annotations__", "__annotate__", "__annotate_func__", "__annotations_cache__"),
        *("__dataclass_fields__", "__dataclass_params__", "__replace__"),
        *("__getstate__", "__setstate__", "__getnewargs__", "__slotnames__"),
        *("__orig_bases__", "__parameters__", "__class_getitem__"),
        *("__init_subclass__", "__subclasshook__", "__abstractmethods__"),
    }
)
# What dataclass() makes; it counts only if it was made so.
_GENERATED = frozenset(
    {
        *("__repr__", "__eq__", "__hash__", "__setattr__", "__delattr__"),
        *("__lt__", "__le__", "__gt__", "__ge__"),
    }
)
_TUPLE_REPR = cast(Any, collections.namedtuple("_Any", ())).__repr__.__code__
_HEAP_TYPE = 1 << 9


def shape_and_values(value: object, kind: type, most_fields: int) -> tuple[Shape | None, tuple[object, ...]]:
    """The shape and the values of an instance of a dataclass or namedtuple, or None for anything else.

    Args:
        value: the object.
        kind: its class.
        most_fields: how many a record may have.
    """
    try:
        shape = shape_of_class(kind)
        if shape is None or len(shape.fields) > most_fields:
            return None, ()
        if shape.named_tuple:
            values = tuple(cast(tuple[object, ...], value))
            return (shape, values) if len(values) == len(shape.fields) else (None, ())
        return shape, tuple(getattr(value, name) for name in shape.fields)
    except Exception:  # a learner's class may do anything while it is looked at
        return None, ()


def shape_of_class(kind: type) -> Shape | None:
    """The shape of a class whose instances may go as records, else None."""
    if type(kind) not in (type, abc.ABCMeta):
        return None
    named_tuple = issubclass(kind, tuple)
    classes = kind.__mro__[: -2 if named_tuple else -1]
    if not classes or any(not known.__flags__ & _HEAP_TYPE for known in classes):
        return None
    if named_tuple:
        return _shape_of_named_tuple(kind, classes)
    return _shape_of_dataclass(kind, classes) if dataclasses.is_dataclass(kind) else None


def _shape_of_named_tuple(kind: Any, classes: tuple[type, ...]) -> Shape | None:
    names = getattr(kind, "_fields", None)
    if type(names) is not tuple or kind.__repr__.__code__ is not _TUPLE_REPR:
        return None
    if not all(dunders(known) <= _HARMLESS | {"__repr__"} for known in classes):
        return None
    usable = all(is_name(name) and (name[0] != "_" or name == f"_{place}") for place, name in enumerate(names))
    return Shape(kind.__name__, names, named_tuple=True) if usable and is_name(kind.__name__) else None


def _shape_of_dataclass(kind: Any, classes: tuple[type, ...]) -> Shape | None:
    parameters = kind.__dataclass_params__
    fields = dataclasses.fields(kind)
    usual = all(field.compare and field.repr and field.hash is not False for field in fields)
    if not (parameters.eq and parameters.repr and usual) or (parameters.unsafe_hash and not parameters.frozen):
        return None
    for known in classes:
        special = dunders(known) - _HARMLESS
        if not special <= _GENERATED or not all(_was_generated(vars(known)[name]) for name in special):
            return None
    names = tuple(field.name for field in fields)
    if not all(map(is_name, (kind.__name__, *names))):
        return None
    return Shape(kind.__name__, names, frozen=parameters.frozen, order=parameters.order)


def dunders(kind: type) -> frozenset[str]:
    """The names in a class that Python itself may look for."""
    return frozenset(name for name in vars(kind) if name.startswith("__") and name.endswith("__"))


def _was_generated(method: Any) -> bool:
    return method is None or inspect.unwrap(method).__code__.co_filename == "<string>"
