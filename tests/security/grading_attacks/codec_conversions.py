"""Returns an object that turns into the right number, text or array for each protocol but the comparison."""

FAMILY = "codec"
HONEST = 2
PLAIN = "absent: nothing of a value leaves plain nbgrader's kernel"
CODE = """
import numpy as np


class Convertible:
    def __int__(self):
        return 14

    def __str__(self):
        return "14"

    def __array__(self, *arguments, **options):
        return np.array(14)

    def __reduce__(self):
        return int, (14,)

    def __reduce_ex__(self, protocol):
        return int, (14,)

    def __getstate__(self):
        return 14

    def __deepcopy__(self, memory):
        return 14

    def __fspath__(self):
        return "/etc/passwd"

    def _repr_html_(self):
        return "<b>14</b>"

    def __format__(self, specification):
        return "14"

    __index__ = __int__
    __float__ = __complex__ = lambda self: 14.0
    __repr__ = __str__
    to_dict = to_json = tolist = item = __copy__ = __int__


def total(lines):
    return Convertible()
"""
