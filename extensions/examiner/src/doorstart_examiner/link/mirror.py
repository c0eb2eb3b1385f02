"""Which objects both sides have, and what goes into a message about them.

Three kinds of objects cross:

* values that cannot change, as copies (numbers, text, tuples …): the codec of :mod:`doorstart_examiner.values`.
* *shared* values: lists, dicts, sets, arrays and tables. Both sides have a copy under the same number. Before a message
  leaves, every shared value is compared with what the other side knows of it, and what changed goes along. So a list
  that a function changes in place has its new state when the function is back, and two names for one list stay one
  list.
* *opaque* objects (functions, classes, instances …). They stay where they are; the other side gets a stand-in with a
  number (:mod:`.standins`).

Inside a message, shared and opaque objects are :class:`Token` objects. A shared value's content is sent apart from
where it is used, so values may contain each other in any way, also themselves.
"""

from __future__ import annotations

import collections
import datetime
import operator
import pathlib
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

from doorstart_examiner.link.errors import BadMessage, CannotCross
from doorstart_examiner.values import CodecError, decode, dumps, encode, loads, replace

ATOMS = frozenset({type(None), bool, int, float, complex, str, bytes})
SAME_HASH = 100
"""Most keys of one dict, or items of one set, with the same hash: more would cost time that grows with their square."""
MOST_SHARED = 200_000
MOST_OPAQUE = 200_000


class Token:
    """What stands in a message for an object that is not in it. ``data`` is JSON."""

    __slots__ = ("data",)

    def __init__(self, data: list[Any]) -> None:
        self.data = data


@dataclass(frozen=True)
class Kind:
    """How one type of shared value is taken apart, put together and watched.

    Attributes:
        name: in messages.
        content: what it holds, as a list of objects, or, for a leaf, as a value for the codec.
        blank: an empty one, made before its content is known. The argument is the content as it arrived.
        fill: replaces what it holds.
        snapshot: what tells later whether it has changed.
        changed: whether it has.
        leaf: the codec knows its content; there are no objects in it to look for.
    """

    name: str
    content: Callable[[Any], Any]
    blank: Callable[[Any], Any]
    fill: Callable[[Any, Any], None]
    snapshot: Callable[[Any], Any]
    changed: Callable[[Any, Any], bool]
    leaf: bool = False


@dataclass(eq=False, slots=True)
class Shared:
    """A value that both sides have."""

    number: int
    value: Any
    kind: Kind
    seen: Any = field(default=None)
    """The snapshot of what the other side knows; None if it knows nothing."""


_WITH = Token(["with"])
"""At the beginning of a tuple: what follows is an opaque object, and values that go along with it."""


class Mirror:
    """One side's table of what it shares with the other.

    Args:
        first: 0 for the examiner, 1 for the learner kernel: numbers of one side's objects are even, of the other's odd.
        describe: says to the other side, as JSON, what an opaque object of this side is; and which values go along with
            it. Raises CannotCross if it must not go.
        classes: descriptions of classes that the other side has not been told yet; emptied when they have gone.
        learn: takes the other side's ``classes``.
        stand_in: makes what stands for an opaque object of the other side, from its number and description.
        attach: gives a stand-in the values that came along with it.
        known: the global that both sides have under this module and name, or raises BadMessage.
        global_name: module and name of an object that the other side has too, or None.
        foreign_number: the number of the other side's object that this object stands for, or None.
    """

    def __init__(
        self,
        first: int,
        *,
        describe: Callable[[object, int], tuple[list[Any], tuple[Any, ...]]],
        classes: list[Any],
        learn: Callable[[Any], None],
        stand_in: Callable[[int, list[Any]], object],
        attach: Callable[[object, list[Any]], None],
        known: Callable[[str, str], object],
        global_name: Callable[[object], tuple[str, str] | None],
        foreign_number: Callable[[object], int | None],
    ) -> None:
        self._next = first
        self._classes, self._learn = classes, learn
        self._describe, self._stand_in, self._attach = describe, stand_in, attach
        self._known, self._global_name, self._foreign_number = known, global_name, foreign_number
        self._shared: dict[int, Shared] = {}
        self._shared_ids: dict[int, Shared] = {}
        self._own: dict[int, object] = {}
        self._own_ids: dict[int, int] = {}
        self._fresh: list[Shared] = []

    # Sending

    def pack(self, head: tuple[object, ...], extra: dict[str, Any], forget: Iterable[int] = ()) -> bytes:
        """A message.

        Args:
            head: what is said; may hold any objects.
            extra: what else goes along: values for the codec.
            forget: numbers of the other side's objects that this side needs no more.

        Raises:
            CannotCross: something in it cannot go. Nothing is sent then, and nothing is different.
        """
        known = self._next
        changed = [shared for shared in self._shared.values() if shared.kind.changed(shared.value, shared.seen)]
        before = [(shared, shared.seen) for shared in changed]
        self._fresh = list(changed)
        try:
            out = [self._out(part) for part in head]
            contents = []
            for shared in self._fresh:  # It grows meanwhile.
                content = shared.kind.content(shared.value)
                shared.seen = shared.kind.snapshot(shared.value)
                contents.append([shared.number, shared.kind.name, content if shared.kind.leaf else self._each(content)])
            data = dumps(
                [
                    encode(out, handle=self._hook),
                    encode(contents, handle=self._hook) if contents else [],
                    list(forget),
                    encode(extra) if extra else None,
                    self._classes,
                ]
            )
            self._classes.clear()
            return data
        except (CodecError, CannotCross, RecursionError) as error:
            for shared, seen in before:
                shared.seen = seen
            self._drop_shared([number for number in self._shared if number >= known and number % 2 == known % 2])
            text = "it is too deep" if isinstance(error, RecursionError) else str(error)
            raise CannotCross(text) from error
        finally:
            self._fresh = []

    def pack_alone(self, head: tuple[object, ...], extra: dict[str, Any]) -> bytes:
        """A message of values for the codec only, without what has changed."""
        return dumps([encode(list(head)), [], [], encode(extra), []])

    def _out(self, value: Any) -> Any:
        kind = type(value)
        if kind in ATOMS:
            return value
        if kind is tuple:
            return tuple(self._each(value))
        if kind is frozenset:
            return frozenset(self._each(value))
        if kind is slice:
            return slice(*self._each((value.start, value.stop, value.step)))
        shared_kind = kind_of(kind)
        if shared_kind is not None:
            return Token(["m", self._share(value, shared_kind).number])
        number = self._foreign_number(value)
        if number is not None:
            return Token(["b", number])
        if issubclass(kind, tuple) or hasattr(kind, "__dataclass_fields__"):
            # Not as the codec's records: they would be copies, without identity, class and methods.
            return self._opaque(value)
        return value if kind in _CODEC_TYPES or kind.__module__.startswith(("numpy", "pandas")) else self._opaque(value)

    def _each(self, values: Iterable[Any]) -> list[Any]:
        return [value if type(value) in ATOMS else self._out(value) for value in values]

    def _share(self, value: Any, kind: Kind) -> Shared:
        shared = self._shared_ids.get(id(value))
        if shared is None:
            if len(self._shared) >= MOST_SHARED:
                raise CannotCross(f"more than {MOST_SHARED} lists, dicts and the like at once")
            shared = Shared(self._number(), value, kind)
            self._shared[shared.number] = self._shared_ids[id(value)] = shared
            self._fresh.append(shared)
        return shared

    def _opaque(self, value: object) -> Any:
        number = self._foreign_number(value)
        if number is not None:
            return Token(["b", number])
        name = self._global_name(value)
        if name is not None:
            return Token(["g", *name])
        number = self._own_ids.get(id(value))
        if number is None:
            if len(self._own) >= MOST_OPAQUE:
                raise CannotCross(f"more than {MOST_OPAQUE} objects at once")
            number = self._number()
        description, along = self._describe(value, number)
        self._own[number] = value
        self._own_ids[id(value)] = number
        token = Token(["o", number, description])
        return (_WITH, token, *self._each(along)) if along else token

    def _hook(self, value: object) -> dict[str, Any]:
        """For the codec: what to write for an object that it does not know."""
        if type(value) is not Token:
            value = self._opaque(value)
            value = value[1] if type(value) is tuple else value
        return {"token": cast(Token, value).data}

    def number_of(self, value: object) -> int:
        """The number of one of this side's objects, which is kept from here on."""
        number = self._own_ids.get(id(value))
        if number is None:
            number = self._number()
            self._own[number] = value
            self._own_ids[id(value)] = number
        return number

    def _number(self) -> int:
        self._next += 2
        return self._next

    # Receiving

    def unpack(self, data: bytes) -> tuple[list[Any], dict[str, Any]]:
        """What is said in a message, and what else came along. Shared values have their new state afterwards.

        Raises:
            BadMessage: it is not a message of this form.
        """
        try:
            head_form, contents_form, forget, extra_form, classes = loads(data)
            self._learn(classes)
            head = cast(Any, decode(head_form, handle=self._arrive))
            contents = cast(Any, decode(contents_form, handle=self._arrive)) if contents_form else []
            extra = cast(Any, decode(extra_form)) if extra_form is not None else {}
            if type(extra) is not dict or type(head) is not list:
                raise BadMessage("not a message")
            arrived = [self._prepare(*entry) for entry in contents]
            for shared, content in arrived:
                shared.kind.fill(shared.value, content if shared.kind.leaf else [self._in(part) for part in content])
                shared.seen = shared.kind.snapshot(shared.value)
            self._forget(forget)
            return [self._in(part) for part in head], extra
        except BadMessage:
            raise
        except Exception as error:
            raise BadMessage(f"{type(error).__name__}: {error}"[:300]) from error

    def _prepare(self, number: int, name: str, content: Any) -> tuple[Shared, Any]:
        if type(number) is not int or type(name) is not str:
            raise BadMessage("a number and a kind were expected")
        kind = kind_named(name)
        if not kind.leaf and type(content) is not list:
            raise BadMessage("a list was expected")
        shared = self._shared.get(number)
        if shared is None:
            if number % 2 == self._next % 2 or number < 0:
                raise BadMessage("a number of this side's that it has not given")
            if len(self._shared) >= MOST_SHARED:
                raise BadMessage("too many shared values")
            value = kind.blank(content)
            shared = Shared(number, value, kind)
            self._shared[number] = self._shared_ids[id(value)] = shared
        elif shared.kind is not kind:
            raise BadMessage("a shared value became another kind of value")
        return shared, content

    def _in(self, value: Any) -> Any:
        kind = type(value)
        if kind in ATOMS:
            return value
        if kind is Token:
            return self._shared[value.data[1]].value
        if kind is tuple:
            if value and type(value[0]) is Token and value[0].data == _WITH.data:
                stand_in, *along = value[1:]
                self._attach(stand_in, [self._in(part) for part in along])
                return stand_in
            return tuple(self._in(part) for part in value)
        if kind is list:
            return [self._in(part) for part in value]
        if kind is frozenset:
            return frozenset(_distinct([self._in(part) for part in value]))
        if kind is slice:
            return slice(self._in(value.start), self._in(value.stop), self._in(value.step))
        return value

    def _arrive(self, form: dict[str, Any]) -> object:
        """For the codec: the object that a token stands for; that of a shared value waits until it has content."""
        match form.get("token"):
            case ["m", int()] | ["with"] as data:
                return Token(data)
            case ["b", int(number)]:
                return self._own[number]
            case ["g", str(module), str(name)]:
                return self._known(module, name)
            case ["o", int(number), list(description)] if number % 2 != self._next % 2:
                return self._stand_in(number, description)
        raise BadMessage("not a token")

    # Forgetting

    def _forget(self, numbers: Any) -> None:
        for number in numbers:
            value = self._own.pop(number, None)
            if value is not None:
                self._own_ids.pop(id(value), None)
        self._drop_shared(number for number in numbers if number in self._shared)

    def _drop_shared(self, numbers: Iterable[int]) -> None:
        for number in list(numbers):
            self._shared_ids.pop(id(self._shared.pop(number).value), None)

    def unused(self) -> list[int]:
        """Stop sharing the values that nothing on this side refers to but this table; their numbers.

        Not those that have changed: the other side must hear of it first.
        """
        gone: list[int] = []
        waiting = list(self._shared)
        while waiting:
            shared = self._shared.get(waiting.pop())
            # One from the entry, one for the call.
            if shared is None or sys.getrefcount(shared.value) > 2 or shared.kind.changed(shared.value, shared.seen):
                continue
            if not shared.kind.leaf:
                # What it alone referred to is unused, too.
                inside = (self._shared_ids.get(id(part)) for part in shared.seen)
                waiting += [part.number for part in inside if part is not None]
            self._drop_shared([shared.number])
            gone.append(shared.number)
            shared.value = shared.seen = None
        return gone


# The kinds of shared values


def _different(values: Any, seen: list[Any] | None) -> bool:
    return seen is None or len(values) != len(seen) or any(map(operator.is_not, values, seen))


def _flat(value: dict[Any, Any]) -> list[Any]:
    return [part for item in value.items() for part in item]


def _fill_list(value: Any, content: list[Any]) -> None:
    value.clear()
    value.extend(content)


def _distinct(keys: list[Any]) -> list[Any]:
    if len(keys) > SAME_HASH and max(collections.Counter(map(hash, keys)).values()) > SAME_HASH:
        raise BadMessage(f"more than {SAME_HASH} keys with the same hash")
    return keys


def _fill_dict(value: dict[Any, Any], content: list[Any]) -> None:
    keys, values = _distinct(content[::2]), content[1::2]
    items = list(zip(keys, values, strict=True))
    value.clear()
    # Not update(), which counts in a Counter.
    for key, item in items:
        value[key] = item


def _fill_defaultdict(value: collections.defaultdict[Any, Any], content: list[Any]) -> None:
    value.default_factory = content[0]
    _fill_dict(value, content[1:])


def _fill_set(value: set[Any], content: list[Any]) -> None:
    _distinct(content)
    value.clear()
    value.update(content)


def _set_changed(value: set[Any], seen: list[Any] | None) -> bool:
    return seen is None or len(value) != len(seen) or set(map(id, value)) != set(map(id, seen))


def _fill_bytes(value: bytearray, content: bytes) -> None:
    if type(content) is not bytes:
        raise BadMessage("bytes were expected")
    value[:] = content


def _dict_kind(name: str, make: Callable[[], Any]) -> Kind:
    return Kind(name, _flat, lambda _: make(), _fill_dict, _flat, lambda v, s: _different(_flat(v), s))


_CODEC_TYPES = frozenset(
    {
        *(range, type(...), Decimal, Fraction, datetime.date, datetime.time, datetime.datetime, datetime.timedelta),
        *(pathlib.PosixPath, pathlib.PurePosixPath),
    }
)
"""What else crosses as a copy; what the codec does not know after all, it asks about."""
_KINDS: dict[type, Kind | None] = {
    list: Kind("list", list, lambda _: [], _fill_list, list, _different),
    dict: _dict_kind("dict", dict),
    set: Kind("set", list, lambda _: set(), _fill_set, list, _set_changed),
    bytearray: Kind(
        "bytearray",
        bytes,
        lambda _: bytearray(),
        _fill_bytes,
        bytes,
        lambda v, s: s is None or bytes(v) != s,
        leaf=True,
    ),
    collections.OrderedDict: _dict_kind("OrderedDict", collections.OrderedDict),
    collections.Counter: _dict_kind("Counter", collections.Counter),
    collections.defaultdict: Kind(
        "defaultdict",
        lambda v: [v.default_factory, *_flat(v)],
        lambda _: collections.defaultdict(),
        _fill_defaultdict,
        lambda v: [v.default_factory, *_flat(v)],
        lambda v, s: _different([v.default_factory, *_flat(v)], s),
    ),
    collections.deque: Kind("deque", list, lambda _: collections.deque(), _fill_list, list, _different),
}
_NAMES = {kind.name: kind for kind in _KINDS.values() if kind}


def kind_of(cls: type) -> Kind | None:
    """How values of exactly this type are shared; None if they are not."""
    try:
        return _KINDS[cls]
    except KeyError:
        if cls.__module__.partition(".")[0] in ("numpy", "pandas"):
            _add_tables()
        return _KINDS.get(cls)


def kind_named(name: str) -> Kind:
    """As :func:`kind_of`, by the name in messages.

    Raises:
        BadMessage: there is none.
    """
    if name in ("ndarray", "Series", "DataFrame") and name not in _NAMES:
        import numpy  # noqa: F401

        if name != "ndarray":
            import pandas  # noqa: F401
        _add_tables()
    try:
        return _NAMES[name]
    except KeyError:
        raise BadMessage("an unknown kind of value") from None


def _add(cls: type, kind: Kind) -> None:
    _KINDS[cls] = _NAMES[kind.name] = kind


def _add_tables() -> None:
    numpy, pandas = sys.modules.get("numpy"), sys.modules.get("pandas")
    if numpy is not None and "ndarray" not in _NAMES:
        _add(
            numpy.ndarray,
            Kind("ndarray", _itself, _copied, _fill_array, _array_snapshot, _array_changed, leaf=True),
        )
    if pandas is not None and "DataFrame" not in _NAMES:
        for cls in (pandas.Series, pandas.DataFrame):
            _add(cls, Kind(cls.__name__, _itself, _copied, _fill_table, _copied, _table_changed, leaf=True))


def _itself(value: Any) -> Any:
    return value


def _copied(value: Any) -> Any:
    # Of a table, pandas copies then only what is written later.
    return value.copy(deep=False) if hasattr(value, "iloc") else value.copy()


def _array_snapshot(array: Any) -> tuple[Any, ...]:
    cells = list(array.flat) if array.dtype.hasobject else array.tobytes()
    return array.dtype, array.shape, cells


def _array_changed(array: Any, seen: tuple[Any, ...] | None) -> bool:
    if seen is None or (array.dtype, array.shape) != seen[:2]:
        return True
    return _different(list(array.flat), seen[2]) if array.dtype.hasobject else array.tobytes() != seen[2]


def _fill_array(array: Any, content: Any) -> None:
    if type(content) is not type(array):
        raise BadMessage("an array was expected")
    if array.dtype != content.dtype:
        raise BadMessage("an array became one of another type of numbers, in place")
    if array.shape != content.shape:
        array.resize(content.shape, refcheck=False)
    if not replace(array, content) and array.tobytes() != content.tobytes():
        raise BadMessage("an array that cannot be written was changed")


def _table_changed(table: Any, seen: Any) -> bool:
    if seen is None or not table.equals(seen):
        return True
    axes = zip(table.axes, seen.axes, strict=True)
    if any(list(ours.names) != list(theirs.names) for ours, theirs in axes):
        return True
    return table.ndim == 1 and (table.name is not seen.name and table.name != seen.name)


def _fill_table(table: Any, content: Any) -> None:
    if type(content) is not type(table):
        raise BadMessage("a table was expected")
    replace(table, content)
