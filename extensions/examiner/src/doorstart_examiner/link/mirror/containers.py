"""Python's own shared values: lists, dicts, sets and the like, and bytearrays."""

from __future__ import annotations

import collections
from collections.abc import Callable
from typing import Any

from doorstart_examiner.link.errors import BadMessage
from doorstart_examiner.link.mirror.kind import Kind, different

SAME_HASH = 100
"""Most keys of one dict, or items of one set, with the same hash: more would cost time that grows with their square."""


def _flat(value: dict[Any, Any]) -> list[Any]:
    return [part for item in value.items() for part in item]


def distinct(keys: list[Any]) -> list[Any]:
    """The keys, of which not too many have the same hash.

    Raises:
        BadMessage: too many have.
    """
    if len(keys) > SAME_HASH and max(collections.Counter(map(hash, keys)).values()) > SAME_HASH:
        raise BadMessage(f"more than {SAME_HASH} keys with the same hash")
    return keys


def _fill_list(value: Any, content: list[Any]) -> None:
    value.clear()
    value.extend(content)


def _fill_dict(value: dict[Any, Any], content: list[Any]) -> None:
    keys, values = distinct(content[::2]), content[1::2]
    items = list(zip(keys, values, strict=True))
    value.clear()
    # Not update(), which counts in a Counter.
    for key, item in items:
        value[key] = item


def _fill_defaultdict(value: collections.defaultdict[Any, Any], content: list[Any]) -> None:
    value.default_factory = content[0]
    _fill_dict(value, content[1:])


def _fill_set(value: set[Any], content: list[Any]) -> None:
    distinct(content)
    value.clear()
    value.update(content)


def _set_changed(value: set[Any], seen: list[Any] | None) -> bool:
    return seen is None or len(value) != len(seen) or set(map(id, value)) != set(map(id, seen))


def _fill_bytes(value: bytearray, content: bytes) -> None:
    if type(content) is not bytes:
        raise BadMessage("bytes were expected")
    value[:] = content


def _dict_kind(name: str, make: Callable[[], Any]) -> Kind:
    return Kind(name, _flat, lambda _: make(), _fill_dict, _flat, lambda v, s: different(_flat(v), s))


CONTAINERS: dict[type, Kind] = {
    list: Kind("list", list, lambda _: [], _fill_list, list, different),
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
        lambda v, s: different([v.default_factory, *_flat(v)], s),
    ),
    collections.deque: Kind("deque", list, lambda _: collections.deque(), _fill_list, list, different),
}
