"""Messages as bytes: JSON, looked at before it is parsed.

A parser that is given 16 MB of brackets makes a gigabyte of lists, and one that is given a million digits computes for
minutes. So the size, the brackets, their depth, the commas and the longest number are counted in the bytes first.
"""

from __future__ import annotations

import json
import re
from itertools import accumulate
from typing import Any

from doorstart_examiner.said import said
from doorstart_examiner.values.limits import LIMITS, CodecError, Limits

_STRINGS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
# An int of 64 bits has 19 digits, and a float like 0.00019943173551024125 has 20 after its point.
_LONG_NUMBER = re.compile(rb"[0-9]{25}")
_STEPS = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
_COMMAS_PER_ITEM = 6


def dumps(message: object, limits: Limits = LIMITS) -> bytes:
    """A message as bytes.

    Args:
        message: None, bool, int of up to 19 digits, finite float, str, and lists and dicts (with str as keys) of them;
            what :func:`encode` made may be anywhere in it.
        limits: of which ``bytes`` and ``items`` count here.

    Raises:
        CodecError: it is longer, or has more brackets, than the other side would accept; or is not of these types.
    """
    try:
        text = json.dumps(message, ensure_ascii=False, allow_nan=False, check_circular=False, separators=(",", ":"))
        try:
            data = text.encode()
        except UnicodeEncodeError:
            data = json.dumps(message, allow_nan=False, check_circular=False, separators=(",", ":")).encode()
    except (TypeError, ValueError) as error:
        raise CodecError(f"not a message: {error}") from error
    except (RecursionError, MemoryError) as error:
        raise CodecError(said("the message is too deep or too large")) from error
    _check_counts(data, limits)
    return data


def loads(data: bytes, limits: Limits = LIMITS) -> Any:
    """The message that :func:`dumps` made bytes of. The values in it are still encoded: they are for :func:`decode`.

    Args:
        data: from the other side.
        limits: ``bytes`` of the data; brackets inside each other, two for each of ``depth`` and 32 more; as many
            brackets as ``items``, and six commas for each.

    Raises:
        CodecError: over a limit; not JSON in UTF-8; a key twice in one object; ``NaN`` or ``Infinity``; a number with
            25 digits in a row or more.
    """
    bare = _check_counts(data, limits)
    if bare is None and data.count(b"[") + data.count(b"{") > limits.json_depth:
        bare = _STRINGS.sub(b"", data)
    if bare is not None:
        brackets = bare.translate(None, _NOT_BRACKETS)
        if max(accumulate(map(_STEPS.__getitem__, brackets)), default=0) > limits.json_depth:
            raise CodecError(f"more than {limits.json_depth} brackets inside each other")
    if _LONG_NUMBER.search(data) and _LONG_NUMBER.search(_STRINGS.sub(b'""', data) if bare is None else bare):
        raise CodecError("a number of 25 digits or more")
    try:
        return _DECODER.decode(data.decode())
    except CodecError:
        raise
    except ValueError as error:
        raise CodecError("not JSON in UTF-8") from error
    except (RecursionError, MemoryError) as error:
        raise CodecError(said("the message is too deep or too large")) from error


def _check_counts(data: bytes, limits: Limits) -> bytes | None:
    """Check the size and the numbers of brackets and commas; the data without its strings, if that had to be made."""
    if len(data) > limits.bytes:
        raise CodecError(said("more than %(n)s bytes", n=limits.bytes))
    bare = None
    for _ in range(2):
        looked_at = data if bare is None else bare
        brackets = looked_at.count(b"[") + looked_at.count(b"{")
        commas = looked_at.count(b",")
        if brackets <= limits.items and commas <= _COMMAS_PER_ITEM * limits.items:
            return bare
        # Text may have any number of both.
        bare = _STRINGS.sub(b"", data)
    raise CodecError(said("more than %(n)s values", n=limits.items))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise CodecError("the same key twice in one JSON object")
    return made


def _constant(name: str) -> Any:
    raise CodecError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)
