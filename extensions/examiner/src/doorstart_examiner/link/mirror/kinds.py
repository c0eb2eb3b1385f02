"""Which types of values are shared: Python's own, and those of numpy and pandas once these are imported."""

from __future__ import annotations

import sys

from doorstart_examiner.link.errors import BadMessage
from doorstart_examiner.link.mirror.containers import CONTAINERS
from doorstart_examiner.link.mirror.kind import Kind
from doorstart_examiner.link.mirror.tables import array_kind, table_kind

_KINDS: dict[type, Kind] = dict(CONTAINERS)
_NAMES = {kind.name: kind for kind in _KINDS.values()}


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
        _add(numpy.ndarray, array_kind())
    if pandas is not None and "DataFrame" not in _NAMES:
        for cls in (pandas.Series, pandas.DataFrame):
            _add(cls, table_kind(cls.__name__))
