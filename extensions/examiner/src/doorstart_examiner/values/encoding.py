"""From values to JSON: only the types that are named here, exactly these and no subclass of them.

What is of another type goes as a handle, if whoever calls has a use for handles. Nothing here calls a method that a
learner's class could have replaced, except to read the fields of a record.
"""

from __future__ import annotations

import abc
import datetime
import math
import pathlib
import sys
import zoneinfo
from binascii import b2a_base64
from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

from doorstart_examiner.said import said
from doorstart_examiner.values.limits import LIMITS, Budget, CodecError, Cost, Limits, clip
from doorstart_examiner.values.recognition import shape_and_values
from doorstart_examiner.values.records import Record, Shape, TupleRecord, handle_of, shape_of, values_of

SMALL = 2**63
"""Ints from -SMALL to SMALL - 1 are JSON numbers."""
VALUE_SIZE = 8
"""What each value counts for in bytes, besides its text or base64."""
ZONE_NAME = 100
"""The most characters of the name that a fixed offset may have."""
TABLE_ITEMS = 10
"""What an array, a table, and each index and column of it count for in values."""

HandleHook = Callable[[object], Any]
ReferenceHook = Callable[[object], int | None]


MUTABLE_TABLES = frozenset({"numpy.ndarray", "pandas.Series", "pandas.DataFrame"})


class NoFormError(Exception):
    """A value has no form of its own."""


class Items(list[Any]):
    """Part of a table: values that are still to be encoded."""


def encode(
    value: object, limits: Limits = LIMITS, handle: HandleHook | None = None, reference: ReferenceHook | None = None
) -> Any:
    """The form of a value: JSON-able, for :func:`dumps`.

    A list, dict, set, bytearray, array, Series, DataFrame or record that occurs twice is written once, and is one
    object again on the other side.

    Args:
        value: what to encode.
        limits: how large it may be.
        handle: asked for JSON that stands for a value of another type, or None to refuse it. Also asked about
            each record, whose fields are sent as well then, or which goes without a handle if the answer is None. A
            record that came with a handle from the other side goes back as its handle alone.
        reference: asked once for each mutable object, after its contents; an int goes along as its identity.

    Raises:
        CodecError: it is over a limit, contains itself, or there is no form for it.
    """
    try:
        return Encoder(limits, handle, reference).form(value, 0)
    except (RecursionError, MemoryError) as error:
        raise CodecError(said("the value is too deep or too large")) from error


class Encoder:
    """Encodes one message."""

    def __init__(self, limits: Limits, handle: HandleHook | None, reference: ReferenceHook | None) -> None:
        self._limits = limits
        self._handle = handle
        self._reference = reference
        self._budget = Budget(limits)
        # By id(): the object, so that its id stays its own; its number; what it costs.
        self._seen: dict[int, tuple[object, int, Cost]] = {}
        self._open: set[int] = set()
        self._shapes: set[Shape] = set()

    def form(self, value: object, depth: int) -> Any:
        """The form of one value that has ``depth`` containers around it."""
        self._budget.spend(1, VALUE_SIZE)
        return self._one(value, depth)

    def _many(self, values: Iterable[object], count: int, depth: int) -> list[Any]:
        self._budget.spend(count, VALUE_SIZE * count)
        one = self._one
        return [one(value, depth) for value in values]

    def _one(self, value: object, depth: int) -> Any:
        kind = type(value)
        if kind is str:
            return self._text(cast(str, value))
        if value is None or kind is bool:
            return value
        if kind is int:
            return self._int(cast(int, value))
        if kind is float:
            return value if math.isfinite(cast(float, value)) else {"$": "float", "v": repr(value)}
        if not _has_usual_metaclass(kind):
            # A class of a learner's metaclass, which could answer even the look-ups below.
            return self._other(value, kind, depth)
        if kind in _SHARED:
            return self._shared(value, depth, _SHARED[kind])
        if kind in _WRITERS:
            return _WRITERS[kind](self, value, depth)
        return self._other(value, kind, depth)

    def _other(self, value: object, kind: type, depth: int) -> Any:
        try:
            parts = _parts_of(value, kind) if _has_usual_metaclass(kind) else None
        except NoFormError:
            return self._foreign(value)
        if parts is not None:
            if parts["$"] in MUTABLE_TABLES:
                return self._shared(value, depth, lambda encoder, _, depth: encoder._assemble(parts, depth))
            return self._assemble(parts, depth)
        shape, values = self._record_of(value, kind)
        if shape is None or (shape not in self._shapes and len(self._shapes) >= self._limits.shapes):
            return self._foreign(value)
        self._shapes.add(shape)
        return self._record(value, shape, values, depth)

    def _record_of(self, value: object, kind: type) -> tuple[Shape | None, tuple[object, ...]]:
        if not issubclass(kind, (Record, TupleRecord)):
            return shape_and_values(value, kind, self._limits.fields)
        if handle_of(value) is not None and self._handle is not None:
            return None, ()
        return shape_of(value), values_of(value)

    def _foreign(self, value: object) -> Any:
        given = None if self._handle is None else self._handle(value)
        if given is None:
            raise CodecError(said("there is no form for a %(kind)s", kind=clip(_name_of(type(value)))))
        return {"$": "handle", "v": given}

    def _shared(self, value: object, depth: int, write: Callable[[Encoder, Any, int], Any]) -> Any:
        """What may be met again in the same message."""
        key = id(value)
        if key in self._seen:
            _, number, cost = self._seen[key]
            self._budget.again(cost, depth)
            return {"$": "same", "v": number}
        if key in self._open:
            raise CodecError(said("a %(kind)s that contains itself", kind=_name_of(type(value))))
        self._open.add(key)
        budget = self._budget
        items, size, outer = budget.items, budget.size, budget.deepest
        budget.deepest = depth
        form = write(self, value, depth)
        self._open.discard(key)
        self._seen[key] = (
            value,
            len(self._seen),
            Cost(budget.items - items, budget.size - size, budget.deepest - depth),
        )
        budget.deepest = max(outer, budget.deepest)
        identity = None if self._reference is None else self._reference(value)
        if identity is not None:
            form = {"$": "list", "v": form} if type(form) is list else form
            form["#"] = identity
        return form

    def _text(self, value: str) -> Any:
        if len(value) > self._limits.text:
            raise CodecError(said("a str of more than %(n)s characters", n=self._limits.text))
        try:
            value.encode()
        except UnicodeEncodeError:
            return {"$": "str", "v": self._payload(value.encode("utf-8", "surrogatepass"))}
        self._budget.spend(0, len(value))
        return value

    def _int(self, value: int) -> Any:
        if -SMALL <= value < SMALL:
            return value
        if value.bit_length() > self._limits.int_bits:
            raise CodecError(said("an int of more than %(n)s bits", n=self._limits.int_bits))
        text = format(value, "x")
        self._budget.spend(0, len(text))
        return {"$": "int", "v": text}

    def _payload(self, data: bytes | bytearray) -> str:
        self._budget.spend(0, 4 * ((len(data) + 2) // 3))
        return b2a_base64(data, newline=False).decode("ascii")

    def _list(self, value: list[object], depth: int) -> Any:
        self._budget.enter(depth)
        return self._many(value, len(value), depth + 1)

    def _dict(self, value: dict[object, object], depth: int) -> Any:
        self._budget.enter(depth)
        flat = [part for pair in value.items() for part in pair]
        return {"$": "dict", "v": self._many(flat, len(flat), depth + 1)}

    def _collection(self, value: tuple[object, ...] | set[object] | frozenset[object], depth: int) -> Any:
        self._budget.enter(depth)
        return {"$": type(value).__name__, "v": self._many(value, len(value), depth + 1)}

    def _bytes(self, value: bytes | bytearray, depth: int) -> Any:
        self._budget.enter(depth)
        return {"$": type(value).__name__, "v": self._payload(value)}

    def _complex(self, value: complex, depth: int) -> Any:
        return {"$": "complex", "v": [self._one(value.real, depth), self._one(value.imag, depth)]}

    def _range(self, value: range, depth: int) -> Any:
        try:
            count = len(value)
        except OverflowError:
            count = self._limits.items + 1
        if count > self._limits.items:
            return self._foreign(value)
        self._budget.spend(count, 0)
        return {"$": "range", "v": [self._int(part) for part in (value.start, value.stop, value.step)]}

    def _slice(self, value: slice, depth: int) -> Any:
        self._budget.enter(depth)
        return {"$": "slice", "v": self._many((value.start, value.stop, value.step), 3, depth + 1)}

    def _ellipsis(self, value: object, depth: int) -> Any:
        return {"$": "ellipsis"}

    def _decimal(self, value: Decimal, depth: int) -> Any:
        # The letter of the exponent depends on the context of the thread.
        text = str(value).upper() if value.is_finite() else str(value)
        if len(text) > self._limits.digits:
            raise CodecError(said("a Decimal of more than %(n)s characters", n=self._limits.digits))
        self._budget.spend(0, len(text))
        return {"$": "decimal", "v": text}

    def _fraction(self, value: Fraction, depth: int) -> Any:
        return {"$": "fraction", "v": [self._int(value.numerator), self._int(value.denominator)]}

    def _date(self, value: datetime.date, depth: int) -> Any:
        return {"$": "date", "v": value.isoformat()}

    def _clock(self, value: datetime.datetime | datetime.time, depth: int) -> Any:
        try:
            zone = zone_form(value.tzinfo)
        except NoFormError:
            return self._foreign(value)
        text = value.replace(tzinfo=None).isoformat()
        return {"$": type(value).__name__, "v": text, "zone": zone, "fold": value.fold}

    def _timedelta(self, value: datetime.timedelta, depth: int) -> Any:
        return {"$": "timedelta", "v": [value.days, value.seconds, value.microseconds]}

    def _path(self, value: pathlib.PurePath, depth: int) -> Any:
        pure = type(value) is pathlib.PurePosixPath
        return {"$": "path", "v": self._text(str(value)), "pure": pure}

    def _record(self, value: object, shape: Shape, values: tuple[object, ...], depth: int) -> Any:
        given = None if self._handle is None else self._handle(value)

        def write(encoder: Encoder, _: object, depth: int) -> dict[str, Any]:
            encoder._budget.enter(depth)
            # The names count like text: a record's shape goes along each time.
            encoder._budget.spend(0, len(shape.name) + sum(map(len, shape.fields)))
            form = {
                "$": "record",
                "name": shape.name,
                "fields": list(shape.fields),
                "v": encoder._many(values, len(values), depth + 1),
                "is": "tuple" if shape.named_tuple else "frozen" if shape.frozen else "mutable",
                "order": shape.order,
            }
            return form if given is None else {**form, "handle": given}

        if shape.named_tuple or shape.frozen:
            return write(self, value, depth)
        return self._shared(value, depth, write)

    def _assemble(self, parts: dict[str, Any], depth: int) -> Any:
        """The form of a table from its parts: what is bytes goes as base64, what is Items is encoded."""
        self._budget.enter(depth)
        self._budget.spend(0 if parts["$"] == "numpy.scalar" else TABLE_ITEMS, 0)
        if parts["$"] == "pandas.RangeIndex":
            self._budget.spend(0, len(range(*parts["v"])))
        return {name: self._part(part, depth) for name, part in parts.items()}

    def _part(self, part: Any, depth: int) -> Any:
        kind = type(part)
        if kind is bytes:
            return self._payload(part)
        if kind is Items:
            return self._many(part, len(part), depth + 1)
        if kind is dict and "$" in part:
            return self._assemble(part, depth + 1)
        if kind is list:
            return [self._part(one, depth) for one in part]
        return part


def zone_form(zone: datetime.tzinfo | None) -> Any:
    """The form of a time zone: None, a name of the time zone database, or a fixed offset in microseconds.

    Raises:
        NoFormError: it is of another type.
    """
    if zone is None:
        return None
    if type(zone) is zoneinfo.ZoneInfo and zone.key is not None:
        return {"key": zone.key}
    if type(zone) is datetime.timezone:
        offset, *name = cast(Any, zone).__getinitargs__()
        form = {"offset": offset // datetime.timedelta(microseconds=1)}
        if not name:
            return form
        if len(name[0]) <= ZONE_NAME:
            return {**form, "name": name[0]}
    raise NoFormError


def _parts_of(value: object, kind: type) -> dict[str, Any] | None:
    """What an array or table consists of, or None for anything else. Where a library is not loaded, nothing is its."""
    parts = None
    if "numpy" in sys.modules:
        from doorstart_examiner.values import arrays

        parts = arrays.apart(value, kind)
    if parts is None and "pandas" in sys.modules:
        from doorstart_examiner.values import tables

        parts = tables.apart(value, kind)
    return parts


def _has_usual_metaclass(kind: type) -> bool:
    metaclass = type(kind)
    return metaclass is type or metaclass is abc.ABCMeta


def _name_of(kind: type) -> str:
    return cast(str, type.__dict__["__name__"].__get__(kind))


_SHARED: dict[type, Callable[[Encoder, Any, int], Any]] = {
    list: Encoder._list,
    dict: Encoder._dict,
    set: Encoder._collection,
    bytearray: Encoder._bytes,
}
_WRITERS: dict[type, Callable[[Encoder, Any, int], Any]] = {
    tuple: Encoder._collection,
    frozenset: Encoder._collection,
    bytes: Encoder._bytes,
    complex: Encoder._complex,
    range: Encoder._range,
    slice: Encoder._slice,
    type(...): Encoder._ellipsis,
    Decimal: Encoder._decimal,
    Fraction: Encoder._fraction,
    datetime.date: Encoder._date,
    datetime.time: Encoder._clock,
    datetime.datetime: Encoder._clock,
    datetime.timedelta: Encoder._timedelta,
    pathlib.PosixPath: Encoder._path,
    pathlib.PurePosixPath: Encoder._path,
}
