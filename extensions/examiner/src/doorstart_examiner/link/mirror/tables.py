"""Arrays of numpy and tables of pandas as shared values. Imports neither: whoever has one has imported it."""

from __future__ import annotations

from typing import Any

from doorstart_examiner.link.errors import BadMessage
from doorstart_examiner.link.mirror.kind import Kind, different
from doorstart_examiner.values import replace


def array_kind() -> Kind:
    """Of ``numpy.ndarray``."""
    return Kind("ndarray", _itself, _copied, _fill_array, _array_snapshot, _array_changed, leaf=True)


def table_kind(name: str) -> Kind:
    """Of ``pandas.Series`` or ``pandas.DataFrame``."""
    return Kind(name, _itself, _copied, _fill_table, _copied, _table_changed, leaf=True)


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
    return different(list(array.flat), seen[2]) if array.dtype.hasobject else array.tobytes() != seen[2]


def _fill_array(array: Any, content: Any) -> None:
    if type(content) is not type(array):
        raise BadMessage("an array was expected")
    if array.dtype != content.dtype:
        raise BadMessage("an array became one of another type of numbers, in place")
    if array.size != content.size:
        # The memory would move, under whatever has a view of it.
        raise BadMessage("an array got another number of items, in place")
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
