"""What goes into a message: what is said, and the new state of all shared values that have changed."""

from __future__ import annotations

import contextlib
import datetime
import pathlib
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

from doorstart_examiner.link.errors import CannotCross
from doorstart_examiner.link.mirror.kind import Kind
from doorstart_examiner.link.mirror.kinds import kind_of
from doorstart_examiner.link.mirror.table import DEEPEST, MOST_SHARED, Shared, Side, Table
from doorstart_examiner.link.mirror.tokens import ATOMS, WITH, Token
from doorstart_examiner.said import said
from doorstart_examiner.values import CodecError, dumps, encode
from doorstart_examiner.values.limits import clip

MOST_OPAQUE = 200_000
_CODEC_TYPES = frozenset(
    {
        *(range, type(...), Decimal, Fraction, datetime.date, datetime.time, datetime.datetime, datetime.timedelta),
        *(pathlib.PosixPath, pathlib.PurePosixPath),
    }
)
"""What else crosses as a copy; what the codec does not know after all, it asks about."""


class _FormlessError(Exception):
    """Arrays or tables that were to be shared have no form in a message."""


class Packer(Table):
    """A table that makes messages."""

    def __init__(self, first: int, side: Side) -> None:
        super().__init__(first, side)
        self._fresh: list[Shared] = []
        self._depth = 0
        """That of a value that is found now."""
        self._given = first
        """The last number before those of the message that is being made."""
        self._formless: dict[int, object] = {}
        """By id: the arrays and tables that turned out to have no form while a message was made."""

    def pack(self, head: tuple[object, ...], extra: dict[str, Any], forget: Iterable[int] = ()) -> bytes:
        """A message.

        Args:
            head: what is said; may hold any objects.
            extra: what else goes along: values for the codec.
            forget: numbers of the other side's objects that this side needs no more.

        Raises:
            CannotCross: something in it cannot go. Nothing is sent then, and nothing is different.
        """
        try:
            while True:
                # What has no form stays on this side, and the other gets stand-ins.
                with contextlib.suppress(_FormlessError):
                    return self._packed(head, extra, forget)
        finally:
            self._formless = {}

    def _packed(self, head: tuple[object, ...], extra: dict[str, Any], forget: Iterable[int]) -> bytes:
        self._given = self._next
        changed = [shared for shared in self._shared.values() if shared.kind.changed(shared.value, shared.seen)]
        before = [(shared, shared.seen) for shared in changed]
        self._fresh = list(changed)
        self._depth = 0
        for shared in changed:
            shared.depth = 0
        try:
            out = [self._out(part) for part in head]
            contents = []
            for shared in self._fresh:  # It grows meanwhile.
                # Breadth first, so that this is the shortest way to what is found in it.
                self._depth = shared.depth + 1
                content = shared.kind.content(shared.value)
                shared.seen = shared.kind.snapshot(shared.value)
                contents.append([shared.number, shared.kind.name, content if shared.kind.leaf else self._each(content)])
            data = dumps(
                [
                    encode(out, handle=self._hook),
                    encode(contents, handle=self._hook) if contents else [],
                    list(forget),
                    encode(extra) if extra else None,
                    self._side.classes,
                ]
            )
            if self._formless.keys() & self._shared_ids.keys():
                raise _FormlessError
            self._side.classes.clear()
            return data
        except BaseException as error:
            # Also an interrupt, and what an object of the learner's raises while it is looked at.
            for shared, seen in before:
                shared.seen = seen
            self._drop_shared([number for number, shared in self._shared.items() if self._is_new(shared)])
            if not isinstance(error, CodecError | CannotCross | RecursionError):
                raise
            text = said("it is too deep") if isinstance(error, RecursionError) else str(error)
            raise CannotCross(text) from error
        finally:
            self._fresh = []

    def pack_alone(self, head: tuple[object, ...], extra: dict[str, Any], forget: Iterable[int] = ()) -> bytes:
        """A message of values for the codec only, without what has changed."""
        return dumps([encode(list(head)), [], list(forget), encode(extra), []])

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
            if shared_kind.leaf and (id(value) in self._formless or id(value) in self._own_ids):
                return self._opaque(value)
            return Token(["m", self._share(value, shared_kind).number])
        number = self._side.foreign_number(value)
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
                raise CannotCross(said("more than %(n)s lists, dicts and the like at once", n=MOST_SHARED))
            if self._depth >= DEEPEST:
                raise CannotCross(said("it is too deep"))
            shared = Shared(self._number(), value, kind, depth=self._depth)
            self._shared[shared.number] = self._shared_ids[id(value)] = shared
            self._fresh.append(shared)
        return shared

    def _opaque(self, value: object) -> Any:
        number = self._side.foreign_number(value)
        if number is not None:
            return Token(["b", number])
        name = self._side.global_name(value)
        if name is not None:
            return Token(["g", *name])
        number = self._own_ids.get(id(value))
        if number is None:
            if len(self._own) >= MOST_OPAQUE:
                raise CannotCross(said("more than %(n)s objects at once", n=MOST_OPAQUE))
            number = self._number()
        description, along = self._side.describe(value, number)
        self._own[number] = value
        self._own_ids[id(value)] = number
        token = Token(["o", number, description])
        return (WITH, token, *self._each(along)) if along else token

    def _hook(self, value: object) -> dict[str, Any]:
        """For the codec: what to write for an object that it does not know."""
        if type(value) is not Token:
            shared = self._shared_ids.get(id(value))
            if shared is not None and shared.kind.leaf:
                return self._without_form(shared)
            value = self._opaque(value)
            value = value[1] if type(value) is tuple else value
        return {"token": cast(Token, value).data}

    def _without_form(self, shared: Shared) -> dict[str, Any]:
        """For an array or table that is shared: possible only while the other side has not been told of it."""
        if not self._is_new(shared):
            raise CodecError(said("there is no form for a %(kind)s", kind=clip(type(shared.value).__name__)))
        self._formless[id(shared.value)] = shared.value
        return {}

    def _is_new(self, shared: Shared) -> bool:
        """Whether a value is shared with the message that is being made, and was not before."""
        return shared.number > self._given and shared.number % 2 == self._given % 2
