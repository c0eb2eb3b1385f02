"""What a message may hold, and the error for one that holds anything else."""

from __future__ import annotations

from dataclasses import dataclass

from doorstart_examiner.said import said

MIB = 1024 * 1024


class CodecError(Exception):
    """A value cannot go into a message, or a message is not one. The text says which type or limit, in plain words."""


@dataclass(frozen=True)
class Limits:
    """How much one message may hold. The defaults are far above what a course needs and far below what hurts.

    Attributes:
        bytes: of the whole message as JSON; the values in it, written out in full, may not count for more either.
        depth: how many containers may be inside each other.
        items: how many values there may be, those in all containers together; also the longest ``range``. An array, a
            table, and each index and column of it count for ten more, because they take so much longer to make.
        text: the characters of one str.
        int_bits: of one int. 131,072 bits are 39,457 digits: 10000! fits, and one multiplication takes a millisecond.
        digits: the characters of one Decimal.
        collisions: how many keys of one dict or items of one set may have the same hash. The time that a dict of such
            keys takes grows with the square of their number.
        fields: of one record (dataclass or namedtuple).
        shapes: how many different record classes one message may have; building one takes about 0.2 ms.
        dimensions: of one array, and the levels of a MultiIndex.
    """

    bytes: int = 16 * MIB
    depth: int = 64
    items: int = 1_000_000
    text: int = 4_000_000
    int_bits: int = 131_072
    digits: int = 40_000
    collisions: int = 100
    fields: int = 200
    shapes: int = 100
    dimensions: int = 32

    @property
    def json_depth(self) -> int:
        """Brackets inside each other: two for each container, and some for the message around the values."""
        return 2 * self.depth + 32


LIMITS = Limits()


@dataclass(frozen=True)
class Cost:
    """What a value that was counted once costs when it is met again."""

    items: int
    size: int
    height: int


class Budget:
    """What one message has used of its limits. Both sides count the same, so that what is sent is also accepted."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.items = 0
        self.size = 0
        self.deepest = 0

    def spend(self, items: int, size: int) -> None:
        """Count values and bytes.

        Raises:
            CodecError: too many.
        """
        self.items += items
        self.size += size
        if self.items > self.limits.items:
            raise CodecError(said("more than %(n)s values", n=self.limits.items))
        if self.size > self.limits.bytes:
            raise CodecError(said("more than %(n)s bytes", n=self.limits.bytes))

    def enter(self, depth: int) -> None:
        """A container begins, with ``depth`` others around it.

        Raises:
            CodecError: too many.
        """
        if depth >= self.limits.depth:
            raise CodecError(said("more than %(n)s containers inside each other", n=self.limits.depth))
        self.deepest = max(self.deepest, depth)

    def again(self, cost: Cost, depth: int) -> None:
        """Count a value that was met before in full, so that no message grows when somebody goes through it.

        Raises:
            CodecError: too much.
        """
        self.spend(cost.items, cost.size)
        self.enter(depth + cost.height)


def clip(text: str, length: int = 40) -> str:
    """Text from the other side for a message: short, and in quotes that show what is not printable."""
    return ascii(text if len(text) <= length else text[:length] + "…")
