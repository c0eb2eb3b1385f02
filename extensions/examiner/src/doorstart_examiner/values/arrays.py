"""numpy arrays and scalars. Importing this imports numpy, so it is imported only when there is one of them.

An array travels as its bytes and comes back only if dtype, shape and number of bytes agree. An array of objects travels
item by item. Nothing is ever pickled.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from doorstart_examiner.values.encoding import Items, NoFormError
from doorstart_examiner.values.limits import LIMITS, CodecError, clip

if TYPE_CHECKING:
    from doorstart_examiner.values.decoding import Decoder

_DTYPE = re.compile(
    r"[<>|](b1|[iu][1248]|f[248]|c8|c16|[US][1-9][0-9]{0,6}"
    r"|[mM]8(\[([1-9][0-9]{0,5})?(Y|M|W|D|h|m|s|ms|us|ns|ps|fs|as)\])?)"
)
_SCALARS = frozenset(np.dtype(code).type for code in "?bBhHiIlLqQefdFDmM")
_LAST_CHARACTER = 0x10FFFF


def apart(value: Any, kind: type) -> dict[str, Any] | None:
    """The parts of an array or scalar, or None for anything else.

    Raises:
        NoFormError: its dtype has no form.
    """
    if kind is np.ndarray:
        return array_parts(value)
    if kind is np.str_:
        return {"$": "numpy.scalar", "dtype": "str", "v": Items([str.__str__(value)])}
    if kind is np.bytes_:
        return {"$": "numpy.scalar", "dtype": "bytes", "v": bytes(value)}
    if kind in _SCALARS:
        return {"$": "numpy.scalar", "dtype": _dtype_name(value.dtype), "v": value.tobytes()}
    return None


def array_parts(array: np.ndarray[Any, Any]) -> dict[str, Any]:
    """The parts of an array.

    Raises:
        NoFormError: its dtype has no form.
    """
    if array.ndim > LIMITS.dimensions or room(array.shape) > LIMITS.bytes:
        raise NoFormError
    content: Items | bytes
    if array.dtype == object:
        name, content = "object", Items(array.ravel().tolist())
    else:
        name, content = _dtype_name(array.dtype), array.tobytes()
    return {"$": "numpy.ndarray", "dtype": name, "shape": list(array.shape), "v": content}


def read_array(decoder: Decoder, form: dict[str, Any], depth: int) -> np.ndarray[Any, Any]:
    """The array of a form."""
    name, shape, content = decoder.take(form, "dtype", "shape", "v")
    decoder.begin(depth)
    dimensions = [decoder.whole(one, 0, decoder.limits.bytes) for one in decoder.expect(list, shape)]
    if len(dimensions) > decoder.limits.dimensions:
        raise CodecError(f"an array of more than {decoder.limits.dimensions} dimensions")
    if room(dimensions) > decoder.limits.bytes:
        raise CodecError("an array of more items than fit into a message")
    count = math.prod(dimensions)
    if name == "object":
        array = np.empty(count, dtype=object)
        for place, item in enumerate(decoder.exactly(count, content, depth + 1)):
            array[place] = item
        return array.reshape(dimensions)
    dtype = _dtype(decoder, name)
    return _of_bytes(dtype, decoder.payload(content), count).reshape(dimensions).copy()


def read_scalar(decoder: Decoder, form: dict[str, Any], depth: int) -> Any:
    """The scalar of a form."""
    name, content = decoder.take(form, "dtype", "v")
    decoder.begin(depth, 0)
    if name == "str":
        return np.str_(decoder.expect(str, decoder.exactly(1, content, depth + 1)[0]))
    if name == "bytes":
        return np.bytes_(decoder.payload(content))
    dtype = _dtype(decoder, name)
    if dtype.kind in "US":
        raise CodecError("a numpy scalar of text that is not written as text")
    return _of_bytes(dtype, decoder.payload(content), 1)[0]


def room(shape: Iterable[int]) -> int:
    """How many steps it takes to go through an array. One with a dimension of 0 has others, and needs no bytes."""
    return math.prod(max(one, 1) for one in shape)


def _dtype_name(dtype: np.dtype[Any]) -> str:
    name = dtype.str
    if not _DTYPE.fullmatch(name):
        raise NoFormError
    return name


def _dtype(decoder: Decoder, name: Any) -> np.dtype[Any]:
    if not _DTYPE.fullmatch(decoder.expect(str, name)):
        raise CodecError(f"the numpy dtype {clip(name)} is not allowed")
    dtype: np.dtype[Any] = np.dtype(name)
    return dtype


def _of_bytes(dtype: np.dtype[Any], data: bytes, count: int) -> np.ndarray[Any, Any]:
    """A flat array that must have so many items, and whose bytes must be valid for its dtype."""
    if len(data) != count * dtype.itemsize:
        raise CodecError(f"{len(data)} bytes for {count} items of {dtype.itemsize} bytes")
    if not data:
        return np.empty(0, dtype)
    array = np.frombuffer(data, dtype)
    if dtype.kind == "b" and array.view(np.uint8).max() > 1:
        raise CodecError("a bool that is neither True nor False")
    if dtype.kind == "U" and array.view(dtype.byteorder.replace("=", "<") + "u4").max() > _LAST_CHARACTER:
        raise CodecError("a character that does not exist")
    return array


READERS = {"numpy.ndarray": read_array, "numpy.scalar": read_scalar}
