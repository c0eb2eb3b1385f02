"""Types that both sides have, so that such a type crosses as itself and not as a stand-in: ``int``, ``Decimal``."""

from __future__ import annotations

import builtins
import collections
import datetime
import decimal
import fractions
import pathlib
import sys
import types

_FIXED: dict[tuple[str, str], object] = {
    (cls.__module__, cls.__qualname__): cls
    for cls in (
        *(cls for cls in vars(builtins).values() if isinstance(cls, type)),
        *(decimal.Decimal, fractions.Fraction, datetime.date, datetime.time, datetime.datetime, datetime.timedelta),
        *(collections.Counter, collections.OrderedDict, collections.defaultdict, collections.deque),
        *(pathlib.Path, pathlib.PosixPath, pathlib.PurePath, pathlib.PurePosixPath, types.NoneType),
    )
}
_FIXED["builtins", "NotImplemented"] = NotImplemented
_OF_TABLES = {
    "numpy": [
        "ndarray",
        "generic",
        "number",
        "integer",
        "floating",
        "bool",
        "bool_",
        "int8",
        "int16",
        "int32",
        "int64",
        "uint8",
        "uint16",
        "uint32",
        "uint64",
        "float16",
        "float32",
        "float64",
        "complex64",
        "complex128",
        "str_",
        "bytes_",
        "datetime64",
        "timedelta64",
    ],
    "pandas": [
        "Series",
        "DataFrame",
        "Index",
        "RangeIndex",
        "MultiIndex",
        "DatetimeIndex",
        "Timestamp",
        "Timedelta",
        "Categorical",
        "Period",
    ],
}


def known_type(module: str, name: str) -> object:
    """The type of this module and name, if both sides have it; None otherwise. Nothing is imported to find it."""
    found = _FIXED.get((module, name))
    if found is None:
        library = module.partition(".")[0]
        if name in _OF_TABLES.get(library, ()):
            cls = getattr(sys.modules.get(library), name, None)
            return cls if isinstance(cls, type) else None
    return found
