"""Which objects both sides have, under which numbers, and when they have them no more."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from doorstart_examiner.link.mirror.kind import Kind

MOST_SHARED = 200_000
DEEPEST = 1000
"""How far a message follows values inside each other: as far as Python's functions call each other. Nothing that goes
through a value in that way, such as :func:`copy.deepcopy`, gets any further either."""


@dataclass(eq=False, slots=True)
class Shared:
    """A value that both sides have."""

    number: int
    value: Any
    kind: Kind
    seen: Any = field(default=None)
    """The snapshot of what the other side knows; None if it knows nothing."""
    depth: int = 0
    """How many others it is inside of that the other side hears of in the same message."""


@dataclass(frozen=True)
class Side:
    """What a mirror has to know of the side that it belongs to.

    Attributes:
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

    describe: Callable[[object, int], tuple[list[Any], tuple[Any, ...]]]
    classes: list[Any]
    learn: Callable[[Any], None]
    stand_in: Callable[[int, list[Any]], object]
    attach: Callable[[object, list[Any]], None]
    known: Callable[[str, str], object]
    global_name: Callable[[object], tuple[str, str] | None]
    foreign_number: Callable[[object], int | None]


class Table:
    """One side's table of what it shares with the other.

    Args:
        first: 0 for the examiner, 1 for the learner kernel: numbers of one side's objects are even, of the other's odd.
        side: whose table it is.
    """

    def __init__(self, first: int, side: Side) -> None:
        self._next = first
        self._side = side
        self._shared: dict[int, Shared] = {}
        self._shared_ids: dict[int, Shared] = {}
        self._own: dict[int, object] = {}
        self._own_ids: dict[int, int] = {}

    def number_of(self, value: object) -> int:
        """The number of one of this side's objects, which is kept from here on."""
        number = self._own_ids.get(id(value))
        if number is None:
            number = self._number()
            self._own[number] = value
            self._own_ids[id(value)] = number
        return number

    def own_number(self, value: object) -> int | None:
        """The number of one of this side's objects, if the other side may know it."""
        return self._own_ids.get(id(value))

    def _number(self) -> int:
        self._next += 2
        return self._next

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

    def _forget(self, numbers: Any) -> None:
        for number in numbers:
            value = self._own.pop(number, None)
            if value is not None:
                self._own_ids.pop(id(value), None)
        self._drop_shared(number for number in numbers if number in self._shared)

    def _drop_shared(self, numbers: Iterable[int]) -> None:
        for number in list(numbers):
            self._shared_ids.pop(id(self._shared.pop(number).value), None)
