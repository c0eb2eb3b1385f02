"""From JSON to values, where the JSON comes from a process that may be hostile.

Only the types named here and in ``arrays`` and ``tables`` come out. Every field of every form is checked for its type
and size before anything is built from it, and whatever is wrong ends as a CodecError.
"""

from __future__ import annotations

import datetime
import math
import pathlib
import re
import zoneinfo
from binascii import a2b_base64
from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

from doorstart_examiner.values.encoding import MUTABLE_TABLES, SMALL, TABLE_ITEMS, VALUE_SIZE, ZONE_NAME
from doorstart_examiner.values.limits import LIMITS, Budget, CodecError, Cost, Limits, clip
from doorstart_examiner.values.records import Shape, checked, make

HandleHook = Callable[[Any], object]
ReferenceHook = Callable[[int, object], object]

_MOST_IDENTITY = 2**53
_FLOATS = frozenset({"nan", "inf", "-inf"})
_HEXADECIMAL = re.compile(r"-?[0-9a-f]+")
_DECIMAL = re.compile(r"-?([0-9]+(\.[0-9]+)?(E[+-]?[0-9]{1,19})?|Infinity|s?NaN[0-9]*)")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{6})?")
_DATETIME = re.compile(rf"{_DATE.pattern}T{_TIME.pattern}")
_ZONE = re.compile(r"(?=.{1,64}\Z)[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*")


class _HookError(Exception):
    """Carries what a hook raised past everything that turns errors into CodecError."""


def decode(
    form: Any, limits: Limits = LIMITS, handle: HandleHook | None = None, reference: ReferenceHook | None = None
) -> object:
    """The value of a form that :func:`encode` made, or that somebody pretends it did.

    Args:
        form: from :func:`loads`, or part of what it returned.
        limits: how large the value may be, written out in full.
        handle: given the JSON of a handle, which is as the other side sent it, returns what stands for it here. The
            ``__hash__`` of that must work without the other side, because handles can be keys of a dict.
        reference: given the identity and the value of each mutable object that has one, once it is complete; returns
            the object to put in its place, or None for this one. An identity comes at most once in a message.

    Raises:
        CodecError: it is not a form, or is over a limit. Nothing else is raised, whatever the form is, except what a
            hook raises; its LookupError, TypeError, ValueError and AttributeError become a CodecError, too.
    """
    try:
        return Decoder(limits, handle, reference).form(form, 0)
    except _HookError as carried:
        raise cast(Exception, carried.__cause__) from None
    except (RecursionError, MemoryError) as error:
        raise CodecError("the value is too deep or too large") from error


class Decoder:
    """Decodes one message. The methods without an underscore are for ``arrays`` and ``tables``."""

    def __init__(self, limits: Limits, handle: HandleHook | None, reference: ReferenceHook | None) -> None:
        self.limits = limits
        self._handle = handle
        self._reference = reference
        self._budget = Budget(limits)
        self._made: list[tuple[object, Cost]] = []
        self._identities: set[int] = set()
        self._shapes: set[Shape] = set()

    def form(self, form: Any, depth: int) -> object:
        """The value of one form that has ``depth`` containers around it."""
        self._budget.spend(1, VALUE_SIZE)
        return self._one(form, depth)

    def many(self, forms: Any, depth: int) -> list[Any]:
        """The values of a JSON array of forms."""
        forms = self.expect(list, forms)
        self._budget.spend(len(forms), VALUE_SIZE * len(forms))
        one = self._one
        return [one(form, depth) for form in forms]

    def exactly(self, count: int, forms: Any, depth: int) -> list[Any]:
        """The values of a JSON array of so many forms."""
        if len(self.expect(list, forms)) != count:
            raise CodecError(f"{len(forms)} values where {count} belong")
        return self.many(forms, depth)

    def begin(self, depth: int, items: int = TABLE_ITEMS) -> None:
        """Count an array, a table or a part of one."""
        self._budget.enter(depth)
        self._budget.spend(items, 0)

    def spend(self, size: int) -> None:
        """Count bytes that a value stands for."""
        self._budget.spend(0, size)

    def expect(self, kind: type, value: Any) -> Any:
        """The value, if it is exactly of this type."""
        if type(value) is not kind:
            raise CodecError(f"a {clip(type(value).__name__)} where a {kind.__name__} belongs")
        return value

    def one_of(self, choices: frozenset[str], value: Any) -> str:
        """The str, if it is one of these."""
        if self.expect(str, value) not in choices:
            raise CodecError(f"{clip(value)} where one of {', '.join(sorted(choices))} belongs")
        return cast(str, value)

    def matching(self, pattern: re.Pattern[str], value: Any) -> str:
        """The str, if the pattern matches the whole of it."""
        if not pattern.fullmatch(self.expect(str, value)):
            raise CodecError(f"text that cannot be right: {clip(value)}")
        return cast(str, value)

    def whole(self, value: Any, least: int = -SMALL, most: int = SMALL - 1) -> int:
        """The JSON number, if it is an int in these bounds."""
        if not least <= self.expect(int, value) <= most:
            raise CodecError(f"an int that is not between {least} and {most}")
        return cast(int, value)

    def payload(self, text: Any) -> bytes:
        """The bytes of a base64 text."""
        self._budget.spend(0, len(self.expect(str, text)))
        return a2b_base64(text, strict_mode=True) if text else b""

    def take(self, form: dict[str, Any], *names: str, optional: tuple[str, ...] = ()) -> list[Any]:
        """The fields of a form, which must have these and no others: ``names`` in their order, then ``optional``."""
        missing = [name for name in names if name not in form]
        if missing or len(form.keys() - {"$", "#"} - {*names, *optional}) > 0:
            raise CodecError(f"a form of {clip(form['$'])} that has not exactly the fields that it should have")
        return [form.get(name) for name in (*names, *optional)]

    def zone(self, form: Any) -> datetime.tzinfo | None:
        """The time zone of a form; the key of one from the database is looked up there."""
        if form is None:
            return None
        fields = self.expect(dict, form)
        if fields.keys() == {"key"}:
            return zoneinfo.ZoneInfo(self.matching(_ZONE, fields["key"]))
        if not {"offset"} <= fields.keys() <= {"offset", "name"}:
            raise CodecError("not a time zone")
        offset = datetime.timedelta(microseconds=self.whole(fields["offset"]))
        if "name" not in fields:
            return datetime.timezone(offset)
        if len(self.expect(str, fields["name"])) > ZONE_NAME:
            raise CodecError("a time zone with a name that is too long")
        return datetime.timezone(offset, fields["name"])

    def _one(self, form: Any, depth: int) -> Any:
        kind = type(form)
        if kind is str:
            return self._text(form)
        if form is None or kind is bool:
            return form
        if kind is int:
            return self.whole(form)
        if kind is float:
            if not math.isfinite(form):
                raise CodecError("a number that is not finite")
            return form
        if kind is list:
            return self._shared(None, lambda: self._list(form, depth), depth)
        if kind is not dict:
            raise CodecError(f"a {clip(kind.__name__)} is not JSON")
        tag = form.get("$")
        if type(tag) is not str:
            raise CodecError("a JSON object that does not say which type it is")
        return self._tagged(tag, form, depth)

    def _tagged(self, tag: str, form: dict[str, Any], depth: int) -> Any:
        read = _READERS.get(tag) or _reader_of_table(tag)
        if read is None:
            raise CodecError(f"the type {clip(tag)} is unknown")
        mutable = tag in _SHARED or tag in MUTABLE_TABLES or (tag == "record" and form.get("is") == "mutable")
        if "#" in form and not mutable:
            raise CodecError(f"a {clip(tag)} has no identity")
        try:
            if mutable:
                return self._shared(form, lambda: read(self, form, depth), depth)
            return read(self, form, depth)
        except (CodecError, _HookError, RecursionError, MemoryError):
            raise
        except Exception as error:  # from constructors that were given something that is not what they take
            raise CodecError(f"a form of {tag} that has no value: {type(error).__name__}") from error

    def _shared(self, form: dict[str, Any] | None, read: Callable[[], object], depth: int) -> object:
        budget = self._budget
        items, size, outer = budget.items, budget.size, budget.deepest
        budget.deepest = depth
        value = read()
        cost = Cost(budget.items - items, budget.size - size, budget.deepest - depth)
        budget.deepest = max(outer, budget.deepest)
        if form is not None and "#" in form:
            identity = self.whole(form["#"], 0, _MOST_IDENTITY)
            if identity in self._identities:
                raise CodecError("the same identity twice in one message")
            self._identities.add(identity)
            if self._reference is not None:
                replaced = self._ask(self._reference, identity, value)
                value = value if replaced is None else replaced
        self._made.append((value, cost))
        return value

    def _ask(self, hook: Callable[..., object], *given: object) -> object:
        try:
            return hook(*given)
        except (CodecError, RecursionError, MemoryError):
            raise
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise CodecError(f"a handle or identity that is unknown here: {type(error).__name__}") from error
        except Exception as error:
            raise _HookError from error

    def _text(self, text: str) -> str:
        if len(text) > self.limits.text:
            raise CodecError(f"a str of more than {self.limits.text} characters")
        self._budget.spend(0, len(text))
        return text

    def _hashable(self, keys: Sequence[object]) -> Sequence[object]:
        """The keys, if a dict or set of them is made in time that grows with their number and not with its square."""
        try:
            counts = Counter(map(hash, keys))
        except TypeError as error:
            raise CodecError("a key or an item of a set that cannot be one") from error
        if counts and max(counts.values()) > self.limits.collisions:
            raise CodecError(f"more than {self.limits.collisions} keys of the same hash")
        return keys

    def _same(self, form: dict[str, Any], depth: int) -> object:
        (number,) = self.take(form, "v")
        value, cost = self._made[self.whole(number, 0, len(self._made) - 1)]
        self._budget.again(cost, depth)
        return value

    def _list(self, forms: Any, depth: int) -> list[Any]:
        self._budget.enter(depth)
        return self.many(forms, depth + 1)

    def _tagged_list(self, form: dict[str, Any], depth: int) -> list[Any]:
        return self._list(self.take(form, "v")[0], depth)

    def _tuple(self, form: dict[str, Any], depth: int) -> tuple[Any, ...]:
        return tuple(self._list(self.take(form, "v")[0], depth))

    def _set(self, form: dict[str, Any], depth: int) -> set[Any]:
        items = self._hashable(self._list(self.take(form, "v")[0], depth))
        made = set(items)
        if len(made) != len(items):
            raise CodecError("a set with the same item twice")
        return made

    def _frozenset(self, form: dict[str, Any], depth: int) -> frozenset[Any]:
        return frozenset(self._set(form, depth))

    def _dict(self, form: dict[str, Any], depth: int) -> dict[Any, Any]:
        flat = self._list(self.take(form, "v")[0], depth)
        if len(flat) % 2:
            raise CodecError("a dict with a key that has no value")
        keys = self._hashable(flat[::2])
        made = dict(zip(keys, flat[1::2], strict=True))
        if len(made) != len(keys):
            raise CodecError("a dict with the same key twice")
        return made

    def _bytes(self, form: dict[str, Any], depth: int) -> bytes:
        self._budget.enter(depth)
        return self.payload(*self.take(form, "v"))

    def _bytearray(self, form: dict[str, Any], depth: int) -> bytearray:
        return bytearray(self._bytes(form, depth))

    def _str(self, form: dict[str, Any], depth: int) -> str:
        text = self.payload(*self.take(form, "v")).decode("utf-8", "surrogatepass")
        if len(text) > self.limits.text:
            raise CodecError(f"a str of more than {self.limits.text} characters")
        return text

    def _int(self, form: dict[str, Any], depth: int) -> int:
        text = self.matching(_HEXADECIMAL, *self.take(form, "v"))
        if len(text) > self.limits.int_bits // 4 + 2:
            raise CodecError(f"an int of more than {self.limits.int_bits} bits")
        self._budget.spend(0, len(text))
        value = int(text, 16)
        if value.bit_length() > self.limits.int_bits:
            raise CodecError(f"an int of more than {self.limits.int_bits} bits")
        return value

    def _whole_of_any_size(self, form: Any) -> int:
        """An int inside another form, where no other type will do."""
        if type(form) is int:
            return self.whole(form)
        if self.expect(dict, form).get("$") != "int":
            raise CodecError("something that is no int where one belongs")
        return self._int(form, 0)

    def _float(self, form: dict[str, Any], depth: int) -> float:
        return float(self.one_of(_FLOATS, *self.take(form, "v")))

    def _complex(self, form: dict[str, Any], depth: int) -> complex:
        (parts,) = self.take(form, "v")
        real, imaginary = (self._one(part, depth) for part in self.expect(list, parts))
        return complex(self.expect(float, real), self.expect(float, imaginary))

    def _range(self, form: dict[str, Any], depth: int) -> range:
        (parts,) = self.take(form, "v")
        start, stop, step = map(self._whole_of_any_size, self.expect(list, parts))
        made = range(start, stop, step)
        self._budget.spend(len(made), 0)
        return made

    def _slice(self, form: dict[str, Any], depth: int) -> slice:
        self._budget.enter(depth)
        return slice(*self.exactly(3, self.take(form, "v")[0], depth + 1))

    def _ellipsis(self, form: dict[str, Any], depth: int) -> object:
        self.take(form)
        return ...

    def _decimal(self, form: dict[str, Any], depth: int) -> Decimal:
        text = self.matching(_DECIMAL, *self.take(form, "v"))
        if len(text) > self.limits.digits:
            raise CodecError(f"a Decimal of more than {self.limits.digits} characters")
        self._budget.spend(0, len(text))
        return Decimal(text)

    def _fraction(self, form: dict[str, Any], depth: int) -> Fraction:
        (parts,) = self.take(form, "v")
        numerator, denominator = map(self._whole_of_any_size, self.expect(list, parts))
        made = Fraction(numerator, denominator)
        if (made.numerator, made.denominator) != (numerator, denominator):
            raise CodecError("a Fraction that is not in lowest terms")
        return made

    def _date(self, form: dict[str, Any], depth: int) -> datetime.date:
        return datetime.date.fromisoformat(self.matching(_DATE, *self.take(form, "v")))

    def _time(self, form: dict[str, Any], depth: int) -> datetime.time:
        text, zone, fold = self.take(form, "v", "zone", "fold")
        plain = datetime.time.fromisoformat(self.matching(_TIME, text))
        return plain.replace(tzinfo=self.zone(zone), fold=self.whole(fold, 0, 1))

    def _datetime(self, form: dict[str, Any], depth: int) -> datetime.datetime:
        text, zone, fold = self.take(form, "v", "zone", "fold")
        plain = datetime.datetime.fromisoformat(self.matching(_DATETIME, text))
        return plain.replace(tzinfo=self.zone(zone), fold=self.whole(fold, 0, 1))

    def _timedelta(self, form: dict[str, Any], depth: int) -> datetime.timedelta:
        (parts,) = self.take(form, "v")
        days, seconds, microseconds = self.expect(list, parts)
        least, most = -999_999_999, 999_999_999
        return datetime.timedelta(
            self.whole(days, least, most), self.whole(seconds, 0, 86_399), self.whole(microseconds, 0, 999_999)
        )

    def _path(self, form: dict[str, Any], depth: int) -> pathlib.PurePath:
        text, pure = self.take(form, "v", "pure")
        kind = pathlib.PurePosixPath if self.expect(bool, pure) else pathlib.PosixPath
        return kind(self.expect(str, self._one(text, depth)))

    def _record(self, form: dict[str, Any], depth: int) -> object:
        name, fields, values, mode, order, given = self.take(
            form, "name", "fields", "v", "is", "order", optional=("handle",)
        )
        names = [self.expect(str, field) for field in self.expect(list, fields)]
        self.one_of(_MODES, mode)
        shape = Shape(
            name=self.expect(str, name),
            fields=tuple(names),
            frozen=mode == "frozen",
            order=self.expect(bool, order),
            named_tuple=mode == "tuple",
        )
        self._budget.enter(depth)
        self._budget.spend(0, len(shape.name) + sum(map(len, names)))
        if shape not in self._shapes:
            checked(shape, self.limits.fields)
            self._shapes.add(shape)
            if len(self._shapes) > self.limits.shapes:
                raise CodecError(f"records of more than {self.limits.shapes} classes")
        decoded = self.exactly(len(names), values, depth + 1)
        return make(shape, decoded, self._stand_in(given) if "handle" in form else None)

    def _handled(self, form: dict[str, Any], depth: int) -> object:
        return self._stand_in(*self.take(form, "v"))

    def _stand_in(self, given: Any) -> object:
        if self._handle is None:
            raise CodecError("a handle, where only plain values can be")
        return self._ask(self._handle, given)


def _reader_of_table(tag: str) -> Callable[[Decoder, dict[str, Any], int], Any] | None:
    """What reads arrays and tables. Imports the library only once there is one of its values."""
    if tag.startswith("numpy."):
        from doorstart_examiner.values import arrays

        return arrays.READERS.get(tag)
    if tag.startswith("pandas."):
        from doorstart_examiner.values import tables

        return tables.READERS.get(tag)
    return None


_MODES = frozenset({"tuple", "frozen", "mutable"})
_SHARED = frozenset({"list", "dict", "set", "bytearray"})
_READERS: dict[str, Callable[[Decoder, dict[str, Any], int], Any]] = {
    "same": Decoder._same,
    "list": Decoder._tagged_list,
    "tuple": Decoder._tuple,
    "set": Decoder._set,
    "frozenset": Decoder._frozenset,
    "dict": Decoder._dict,
    "str": Decoder._str,
    "bytes": Decoder._bytes,
    "bytearray": Decoder._bytearray,
    "int": Decoder._int,
    "float": Decoder._float,
    "complex": Decoder._complex,
    "range": Decoder._range,
    "slice": Decoder._slice,
    "ellipsis": Decoder._ellipsis,
    "decimal": Decoder._decimal,
    "fraction": Decoder._fraction,
    "date": Decoder._date,
    "time": Decoder._time,
    "datetime": Decoder._datetime,
    "timedelta": Decoder._timedelta,
    "path": Decoder._path,
    "record": Decoder._record,
    "handle": Decoder._handled,
}
