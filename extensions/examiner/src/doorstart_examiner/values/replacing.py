"""Giving an existing object the content of another one, so that everybody who has it sees the change."""

from __future__ import annotations

import sys
from typing import Any, cast

from doorstart_examiner.values.records import Record, assign, shape_of, values_of


def replace(target: object, value: object) -> bool:
    """Make a mutable object equal in content to another of the same type, in place.

    Args:
        target: a list, dict, set, bytearray, array, Series, DataFrame or record of a mutable dataclass.
        value: what to take the content from. It is not changed, and the items in it are not copied.

    Returns:
        False, with nothing changed, if that is impossible: the types differ or are others; an array of another shape or
        dtype, or one that cannot be written to; a bytearray of another length that somebody has a view of.
    """
    if target is value:
        return True
    kind = type(target)
    if type(value) is not kind:
        return issubclass(kind, Record) and _replace_record(cast(Record, target), value)
    change = cast(Any, target)
    if kind is list:
        change[:] = value
    elif kind in (dict, set):
        content = cast(Any, value).copy()
        change.clear()
        change.update(content)
    elif kind is bytearray:
        try:
            change[:] = value
        except BufferError:
            return False
    elif issubclass(kind, Record):
        return _replace_record(cast(Record, target), value)
    else:
        return "numpy" in sys.modules and _replace_table(change, value)
    return True


def _replace_record(target: Record, value: object) -> bool:
    if not issubclass(type(value), Record) or shape_of(target) != shape_of(value) or shape_of(target).frozen:
        return False
    assign(target, values_of(value))
    return True


def _replace_table(target: Any, value: Any) -> bool:
    import numpy as np

    if type(target) is np.ndarray:
        if target.shape != value.shape or target.dtype != value.dtype or not target.flags.writeable:
            return False
        np.copyto(target, value)
        return True
    pandas = sys.modules.get("pandas")
    if pandas is None or type(target) not in (pandas.Series, pandas.DataFrame):
        return False
    if type(target) is pandas.Series:
        target.name = value.name
    # What pandas' own inplace=True ends in; there is no public way to give a table another index and other dtypes.
    target._update_inplace(value.copy())
    return True
