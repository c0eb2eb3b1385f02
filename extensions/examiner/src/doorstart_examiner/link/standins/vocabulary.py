"""The operators and types of Python's own that both sides speak of by name."""

from __future__ import annotations

import builtins
import datetime
from decimal import Decimal
from fractions import Fraction

ARITHMETIC = tuple(
    f"__{prefix}{name}__"
    for name in [
        "add",
        "sub",
        "mul",
        "matmul",
        "truediv",
        "floordiv",
        "mod",
        "divmod",
        "pow",
        "lshift",
        "rshift",
        "and",
        "xor",
        "or",
    ]
    for prefix in ("", "r", "i")
    if not (prefix == "i" and name == "divmod")
)
ORDER = ("__lt__", "__le__", "__gt__", "__ge__")
OPERATORS = frozenset(
    {
        *(*ARITHMETIC, *ORDER),
        *[
            "__call__",
            "__len__",
            "__iter__",
            "__next__",
            "__reversed__",
            "__getitem__",
            "__setitem__",
            "__delitem__",
            "__contains__",
        ],
        *[
            "__bool__",
            "__int__",
            "__float__",
            "__complex__",
            "__index__",
            "__round__",
            "__trunc__",
            "__floor__",
            "__ceil__",
            "__abs__",
            "__neg__",
        ],
        *["__pos__", "__invert__", "__enter__", "__exit__"],
    }
)
"""Methods that a stand-in has only if the class that it stands for has them: whether they are there means something."""
UNCHANGING = (int, float, complex, str, bytes, tuple, frozenset, Decimal, Fraction, datetime.datetime, datetime.date)
CHANGING = (list, dict, set, bytearray)
PLAIN = {cls.__name__: cls for cls in (*UNCHANGING, *CHANGING)}
"""Plain types of which a class may be a subclass. Its instances are compared by their plain value, here."""
EXCEPTIONS = {
    name: cls for name, cls in vars(builtins).items() if isinstance(cls, type) and issubclass(cls, BaseException)
}
