"""What a message says. It may come from somebody hostile: whatever is not of the right form is refused."""

from __future__ import annotations

from typing import Any, cast

from doorstart_examiner.link.errors import BadMessage
from doorstart_examiner.link.mirror.containers import distinct
from doorstart_examiner.link.mirror.kinds import kind_named
from doorstart_examiner.link.mirror.table import MOST_SHARED, Shared, Table
from doorstart_examiner.link.mirror.tokens import ATOMS, WITH, Token
from doorstart_examiner.values import decode, loads


class Unpacker(Table):
    """A table that reads messages."""

    def unpack(self, data: bytes) -> tuple[list[Any], dict[str, Any]]:
        """What is said in a message, and what else came along. Shared values have their new state afterwards.

        Raises:
            BadMessage: it is not a message of this form.
        """
        try:
            head_form, contents_form, forget, extra_form, classes = loads(data)
            self._side.learn(classes)
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
            if value and type(value[0]) is Token and value[0].data == WITH.data:
                stand_in, *along = value[1:]
                self._side.attach(stand_in, [self._in(part) for part in along])
                return stand_in
            return tuple(self._in(part) for part in value)
        if kind is list:
            return [self._in(part) for part in value]
        if kind is frozenset:
            return frozenset(distinct([self._in(part) for part in value]))
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
                return self._side.known(module, name)
            case ["o", int(number), list(description)] if number % 2 != self._next % 2:
                return self._side.stand_in(number, description)
        raise BadMessage("not a token")
