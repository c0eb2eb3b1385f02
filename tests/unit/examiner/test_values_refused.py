"""What the encoding refuses: more than a limit, bytes that are no message, and forms that are lies."""

from __future__ import annotations

import base64
import collections
import decimal
import math
import re
import time
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest

from doorstart_examiner.values import CodecError, Limits, decode, dumps, encode, loads

RECORD = {"$": "record", "name": "A", "fields": ["x"], "v": [1], "is": "mutable", "order": False}


def array(content: bytes, dtype: str, shape: list[Any]) -> dict[str, Any]:
    return {"$": "numpy.ndarray", "dtype": dtype, "shape": shape, "v": base64.b64encode(content).decode()}


# Limits

SMALL = Limits(
    bytes=2_000, depth=3, items=50, text=100, int_bits=64, digits=20, collisions=3, fields=2, shapes=2, dimensions=2
)


@pytest.mark.parametrize(
    ("fits", "does_not", "message"),
    [
        ([[[]]], [[[[]]]], "3 containers inside each other"),
        ({1: {2: {}}}, {1: {2: {3: {}}}}, "3 containers inside each other"),
        ([(frozenset(),)], [([set()],)], "3 containers inside each other"),
        ([0] * 49, [0] * 50, "more than 50 values"),
        (dict.fromkeys(range(24), 0), dict.fromkeys(range(25), 0), "more than 50 values"),
        (range(49), None, ""),
        ("x" * 100, "x" * 101, "more than 100 characters"),
        ("\ud800" * 100, "\ud800" * 101, "more than 100 characters"),
        (2**64 - 1, 2**64, "more than 64 bits"),
        (1 - 2**64, -(2**64), "more than 64 bits"),
        (Decimal("1" * 20), Decimal("1" * 21), "more than 20 characters"),
        (["x" * 90] * 10, ["x" * 90] * 30, "more than 2000 bytes"),
        (b"x" * 1400, b"x" * 1500, "more than 2000 bytes"),
        (np.zeros(150), np.zeros(200), "more than 2000 bytes"),
        (np.zeros((1, 1)), np.zeros((1, 1, 1)), "more than 2 dimensions"),
        (pd.DataFrame([[1]]), pd.DataFrame([[1, 2, 3]]), "more than 50 values"),
        (pd.RangeIndex(1900), pd.RangeIndex(2100), "more than 2000 bytes"),
        (Fraction(1, 2**64 - 1), Fraction(1, 2**64), "more than 64 bits"),
        ({0, 2**61 - 1, 2**62 - 2}, {k * (2**61 - 1) for k in range(4)}, "more than 3 keys of the same hash"),
    ],
    ids=str,
)
def test_each_limit(fits: object, does_not: object, message: str) -> None:
    assert encode(decode(loads(dumps(encode(fits, SMALL), SMALL), SMALL), SMALL)) == encode(fits)
    if message:
        # Whoever lies about a value does not keep to the limits when sending it.
        with pytest.raises(CodecError, match=message):
            decode(encode(does_not), SMALL)
    if message and not re.search("hash|dimensions", message):
        with pytest.raises(CodecError, match=message):
            encode(does_not, SMALL)


def test_the_limits_of_records() -> None:
    wide = RECORD | {"fields": ["a", "b", "c"], "v": [1, 2, 3]}
    with pytest.raises(CodecError, match="more than 2 fields"):
        decode(wide, SMALL)
    with pytest.raises(CodecError, match="more than 2 classes"):
        decode([RECORD | {"name": name} for name in "ABC"], SMALL)
    decode([RECORD | {"name": name} for name in "ABABAB"], SMALL)
    kinds = [collections.namedtuple(name, "x") for name in "ABC"]
    forms = encode([kind(1) for kind in kinds], SMALL, handle=lambda _: {})
    assert [form["$"] for form in forms] == ["record", "record", "handle"]


def test_a_range_that_is_too_long_is_refused() -> None:
    for parts in (
        [0, 51, 1],
        [0, 2**62, 1],
        [0, 1, 0],
        [{"$": "int", "v": "f" * 17}, 0, 1],
        [0, 1],
        [0, 1, 1.0],
        [0, True, 1],
    ):
        with pytest.raises(CodecError):
            decode({"$": "range", "v": parts}, SMALL)


def test_the_size_is_looked_at_before_anything_else() -> None:
    with pytest.raises(CodecError, match="more than 2000 bytes"):
        loads(b"[" * 2001, SMALL)
    with pytest.raises(CodecError, match="more than 2000 bytes"):
        dumps("x" * 2000, SMALL)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"[" * 5_000_000, "more than 1000000 values"),
        (b"[" + b"0," * 7_000_000 + b"0]", "more than 1000000 values"),
        (b"[" + b"{}," * 3_000_000 + b"0]", "more than 1000000 values"),
        (b"[" * 900_000 + b"]" * 900_000, "more than 160 brackets inside each other"),
        (b'{"a":' * 161 + b"1" + b"}" * 161, "more than 160 brackets inside each other"),
        (b'["' + b"[" * 500 + b'",' + b"[" * 161 + b"]" * 162, "more than 160 brackets inside each other"),
        (b"[" + b"9" * 10_000_000 + b"]", "25 digits"),
        (b"1" + b"0" * 24, "25 digits"),
        (b"0." + b"1" * 1_000_000, "25 digits"),
        (b'["' + b"1" * 30 + b'", ' + b"1" * 30 + b"]", "25 digits"),
        (b'{"a": 1, "a": 2}', "same key twice"),
        (b'{"$": "tuple", "\\u0024": "list", "v": []}', "same key twice"),
        (b"NaN", "NaN is not JSON"),
        (b"[Infinity]", "Infinity is not JSON"),
        (b"[-Infinity]", "-Infinity is not JSON"),
        (b"", "not JSON"),
        (b"[1", "not JSON"),
        (b"[1] 2", "not JSON"),
        (b'"\xff"', "not JSON in UTF-8"),
        ('"a"'.encode("utf-16"), "not JSON in UTF-8"),
        (b'"\xed\xa0\x80"', "not JSON in UTF-8"),
        (b"\xef\xbb\xbf1", "not JSON"),
        (b'"' + b"\\" * 1_000_001, "not JSON"),
    ],
    ids=lambda part: str(part[:20]),
)
def test_bytes_that_are_no_message_are_refused(data: bytes, message: str) -> None:
    began = time.monotonic()
    with pytest.raises(CodecError, match=message):
        loads(data)
    assert time.monotonic() - began < 30


def test_text_may_look_like_json() -> None:
    for text in ("[" * 1_500_000, '\\"[' * 300_000, "1" * 100, '",' * 10):
        assert loads(dumps([text])) == [text]
    many = [[place] for place in range(1000)]
    assert loads(dumps({"a": [*many, '\\"[', "1" * 50]})) == {"a": [*many, '\\"[', "1" * 50]}


def test_a_message_with_half_a_character_can_be_sent() -> None:
    assert loads(dumps({"printed": "ä\ud800"})) == {"printed": "ä\ud800"}


@pytest.mark.parametrize("message", [math.nan, {"a": object()}, {(1, 2): 3}, b"x"])
def test_what_is_not_json_is_not_a_message(message: object) -> None:
    with pytest.raises(CodecError, match="not a message"):
        dumps(message)


def test_a_message_that_contains_itself_is_refused() -> None:
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(CodecError, match="too deep"):
        dumps(loop)


# What a liar may send

FLAT = array(b"\0" * 16, "<i8", [2])
ROWS = {"$": "pandas.RangeIndex", "v": [0, 2, 1], "name": [None]}
SERIES = {"$": "pandas.Series", "v": FLAT, "index": ROWS, "name": [None]}
FRAME = {"$": "pandas.DataFrame", "v": [FLAT, FLAT], "index": ROWS, "columns": ROWS}
INDEX = {"$": "pandas.Index", "v": FLAT, "name": [None], "frequency": None}
MOMENTS = array(b"\0" * 16, "<M8[s]", [2])
CODES = array(b"\0\1", "|i1", [2])
NAMES = INDEX | {"v": {"$": "pandas.text", "missing": "nan", "v": ["a", "b"]}}
CATEGORICAL = {"$": "pandas.Categorical", "categories": NAMES, "codes": CODES, "ordered": False}
MULTI = {"$": "pandas.MultiIndex", "levels": [NAMES, ROWS], "codes": [CODES, CODES], "names": [None, "b"]}
MOMENT = {"$": "pandas.Timestamp", "v": 1, "unit": "s", "zone": None}
INTERVALS = {"$": "pandas.IntervalArray", "left": ROWS, "right": ROWS | {"v": [1, 3, 1]}, "closed": "left"}
MASKED = {"$": "pandas.masked", "dtype": "Int64", "v": FLAT, "missing": array(b"\0\1", "|b1", [2])}

ZONES: list[Any] = [
    *("UTC", {}, {"key": "Nowhere/At_All"}, {"key": "../../etc/passwd"}, {"key": "/etc/localtime"}, {"key": ""}),
    *({"key": "Europe"}, {"key": "a" * 65}, {"key": "Europe/Berlin\n"}, {"key": 5}, {"key": "UTC", "offset": 0}),
    *({"offset": 86400 * 10**6}, {"offset": 1.5}, {"offset": 0, "name": 1}, {"offset": 0, "name": "n" * 200}),
]
DTYPES = [
    *("O", "|O", "<O8", "V8", "|V8", "i4,i4", "(2,)i4", "f16", "<f16", "<c32", "float64", "int", "<i8\n", "", "T"),
    *("<M8[X]", "<M8[0s]", "<M8[9999999s]", "<M8[D", "[('a','<i4')]", "<i3", "<U99999999", "object "),
]
SAME_HASH = [{"$": "int", "v": f"{place * (2**61 - 1):x}"} for place in range(500)]

HOSTILE: dict[str, Any] = {
    "no type": {},
    "a type that is no text": {"$": ["list"]},
    "an unknown type": {"$": "pickle", "v": ""},
    "a module": {"$": "numpy.os", "v": ""},
    "a dotted name": {"$": "pandas.io.common", "v": ""},
    "a field too many": {"$": "tuple", "v": [], "w": 1},
    "a field missing": {"$": "tuple"},
    "a text as a list": {"$": "tuple", "v": "abc"},
    "a dict as a list": {"$": "tuple", "v": {"0": 1}},
    "a number too large": 2**63,
    "a number too small": -(2**63) - 1,
    "an infinite number": math.inf,
    "no number": math.nan,
    "bytes from nowhere": b"x",
    "int: words": {"$": "int", "v": "twelve"},
    "int: underscores": {"$": "int", "v": "1_0"},
    "int: prefix": {"$": "int", "v": "0x10"},
    "int: empty": {"$": "int", "v": ""},
    "int: spaces": {"$": "int", "v": " 1"},
    "int: other digits": {"$": "int", "v": "\u0661"},
    "int: a newline": {"$": "int", "v": "1\n"},
    "int: a number": {"$": "int", "v": 1},
    "int: ten million digits": {"$": "int", "v": "f" * 10**7},
    "float: words": {"$": "float", "v": "infinity"},
    "float: a number": {"$": "float", "v": "1.5"},
    "float: a list": {"$": "float", "v": []},
    "complex: one part": {"$": "complex", "v": [1.0]},
    "complex: ints": {"$": "complex", "v": [1, 2]},
    "complex: bools": {"$": "complex", "v": [True, 1.0]},
    "complex: nested": {"$": "complex", "v": [{"$": "complex", "v": [1.0, 1.0]}, 1.0]},
    "bytes: no base64": {"$": "bytes", "v": "*"},
    "bytes: padding": {"$": "bytes", "v": "AA="},
    "bytes: spaces": {"$": "bytes", "v": "AA ==" },
    "bytes: numbers": {"$": "bytes", "v": [1, 2]},
    "bytes: not ASCII": {"$": "bytes", "v": "é"},
    "str: no UTF-8": {"$": "str", "v": "/w=="},
    "set: a list in it": {"$": "set", "v": [[1]]},
    "set: the same twice": {"$": "set", "v": [1, 1.0]},
    "set: a set in it": {"$": "set", "v": [{"$": "set", "v": []}]},
    "set: an array in it": {"$": "set", "v": [FLAT]},
    "set: a mutable record in it": {"$": "set", "v": [RECORD]},
    "set: a signalling nan": {"$": "set", "v": [{"$": "decimal", "v": "sNaN"}]},
    "dict: odd": {"$": "dict", "v": [1]},
    "dict: a list as key": {"$": "dict", "v": [[], 1]},
    "dict: same key": {"$": "dict", "v": [1, 1, True, 2]},
    "dict: a dict in a tuple as key": {"$": "dict", "v": [{"$": "tuple", "v": [{"$": "dict", "v": []}]}, 1]},
    "dict: same hash": {"$": "dict", "v": [part for key in SAME_HASH for part in (key, 0)]},
    "slice: two": {"$": "slice", "v": [1, 2]},
    "ellipsis: more": {"$": "ellipsis", "v": 1},
    "decimal: words": {"$": "decimal", "v": "one"},
    "decimal: underscore": {"$": "decimal", "v": "1_0"},
    "decimal: exponent": {"$": "decimal", "v": "1E+99999999999999999999999"},
    "decimal: exponent beyond": {"$": "decimal", "v": "1E+9999999999999999999"},
    "decimal: long": {"$": "decimal", "v": "1" * 10**7},
    "fraction: zero": {"$": "fraction", "v": [1, 0]},
    "fraction: negative": {"$": "fraction", "v": [1, -2]},
    "fraction: not lowest": {"$": "fraction", "v": [2, 4]},
    "fraction: floats": {"$": "fraction", "v": [1.0, 2]},
    "fraction: text": {"$": "fraction", "v": ["1", "2"]},
    "fraction: other type": {"$": "fraction", "v": [{"$": "float", "v": "nan"}, 1]},
    "date: month 13": {"$": "date", "v": "2024-13-01"},
    "date: year 0": {"$": "date", "v": "0000-01-01"},
    "date: week": {"$": "date", "v": "2024-W01-1"},
    "date: far": {"$": "date", "v": "10000-01-01"},
    "time: 25 o'clock": {"$": "time", "v": "25:00:00", "zone": None, "fold": 0},
    "time: fold": {"$": "time", "v": "01:00:00", "zone": None, "fold": 2},
    "datetime: its own zone": {"$": "datetime", "v": "2024-01-01T00:00:00+02:00", "zone": None, "fold": 0},
    "datetime: no zone": {"$": "datetime", "v": "2024-01-01T00:00:00", "fold": 0},
    **{
        f"zone: {ascii(zone)[:30]}": {"$": "time", "v": "01:00:00", "zone": zone, "fold": 0}
        for zone in ZONES
    },
    "timedelta: far": {"$": "timedelta", "v": [10**9, 0, 0]},
    "timedelta: seconds": {"$": "timedelta", "v": [0, 86400, 0]},
    "timedelta: float": {"$": "timedelta", "v": [0.5, 0, 0]},
    "timedelta: two": {"$": "timedelta", "v": [1, 2]},
    "path: bytes": {"$": "path", "v": {"$": "bytes", "v": ""}, "pure": True},
    "path: neither": {"$": "path", "v": "a", "pure": 1},
    "handle: none here": {"$": "handle", "v": {}},
    "array: too few bytes": array(b"\0" * 8, "<i8", [2]),
    "array: too many bytes": array(b"\0" * 24, "<i8", [2]),
    "array: negative": array(b"", "<i8", [-1]),
    "array: negative twice": array(b"\0" * 8, "<i8", [-1, -1]),
    "array: huge": array(b"", "<i8", [2**62]),
    "array: overflow": array(b"", "<i8", [2**32, 2**32]),
    "array: overflow to zero": array(b"", "|i1", [2**21, 2**21, 2**21, 2]),
    "array: huge beside zero": array(b"", "<i8", [0, 2**40]),
    "array: long beside zero": array(b"", "<i8", [10**7, 10**7, 0]),
    "array: items of no bytes": array(b"", "<U0", [10**7]),
    "array: items of no bytes, again": array(b"", "|S0", [10**7]),
    "array: a float as a dimension": array(b"\0" * 8, "<i8", [1.0]),
    "array: a bool as a dimension": array(b"\0" * 8, "<i8", [True]),
    "array: a number as the shape": array(b"\0" * 8, "<i8", 1),  # type: ignore[arg-type]
    "array: 33 dimensions": array(b"\0" * 8, "<i8", [1] * 33),
    **{
        f"array: dtype {dtype}": array(b"\0" * 8, dtype, [1])
        for dtype in DTYPES
    },
    "array: dtype is no text": {"$": "numpy.ndarray", "dtype": ["<i8"], "shape": [1], "v": "AAAAAAAAAAA="},
    "array: a bool of 2": array(b"\2", "|b1", [1]),
    "array: no such character": array(b"\xff" * 4, "<U1", [1]),
    "array: no such character, swapped": array(b"\0\x11\0\0", ">U1", [1]),
    "array: objects, too few": {"$": "numpy.ndarray", "dtype": "object", "shape": [2], "v": [1]},
    "array: objects as bytes": {"$": "numpy.ndarray", "dtype": "object", "shape": [1], "v": "AAAA"},
    "scalar: text as bytes": {"$": "numpy.scalar", "dtype": "<U1", "v": "YQAAAA=="},
    "scalar: two": {"$": "numpy.scalar", "dtype": "|i1", "v": "AAA="},
    "scalar: none": {"$": "numpy.scalar", "dtype": "|i1", "v": ""},
    "scalar: a number as text": {"$": "numpy.scalar", "dtype": "str", "v": [1]},
    "series: other length": SERIES | {"index": ROWS | {"v": [0, 3, 1]}},
    "series: two dimensions": SERIES | {"v": array(b"\0" * 16, "<i8", [1, 2])},
    "series: a dtype that pandas has not": SERIES | {"v": array(b"\0" * 16, "<M8[as]", [2])},
    "series: a list as name": SERIES | {"name": [[1]]},
    "series: no name": SERIES | {"name": []},
    "series: a list as values": SERIES | {"v": [1, 2]},
    "series: an index as values": SERIES | {"v": INDEX},
    "series: an array as index": SERIES | {"index": FLAT},
    "series: values with an identity": SERIES | {"v": FLAT | {"#": 1}},
    "frame: a column too few": FRAME | {"v": [FLAT]},
    "frame: a column too short": FRAME | {"v": [FLAT, array(b"\0" * 8, "<i8", [1])]},
    "frame: columns of no kind": FRAME | {"columns": None},
    "frame: too many columns": FRAME | {"v": [FLAT] * 10_001, "columns": ROWS | {"v": [0, 10_001, 1]}},
    "range index: step 0": ROWS | {"v": [0, 2, 0]},
    "range index: long": ROWS | {"v": [0, 2**62, 1]},
    "range index: name": ROWS | {"name": [{"$": "dict", "v": []}]},
    "index: a list as a label": INDEX | {"v": {"$": "numpy.ndarray", "dtype": "object", "shape": [2], "v": [1, []]}},
    "index: a frequency for numbers": INDEX | {"frequency": "D"},
    "index: a wrong frequency": INDEX | {"v": MOMENTS, "frequency": "D"},
    "index: no such frequency": INDEX | {"v": MOMENTS, "frequency": "fortnight"},
    "index: a frequency of its own": INDEX | {"v": MOMENTS, "frequency": "W-ABC"},
    "index: a frequency that is no text": INDEX | {"v": MOMENTS, "frequency": 1},
    "multi-index: code too large": MULTI | {"codes": [CODES, array(b"\0\2", "|i1", [2])]},
    "multi-index: code too small": MULTI | {"codes": [CODES, array(b"\0\xfe", "|i1", [2])]},
    "multi-index: lengths": MULTI | {"codes": [CODES, array(b"\0", "|i1", [1])]},
    "multi-index: a level too few": MULTI | {"levels": [NAMES]},
    "multi-index: no levels": MULTI | {"levels": [], "codes": [], "names": []},
    "multi-index: floats": MULTI | {"codes": [CODES, array(b"\0" * 16, "<f8", [2])]},
    "multi-index: a name too few": MULTI | {"names": [None]},
    "multi-index: the same twice in a level": MULTI | {"levels": [NAMES, INDEX]},
    "categorical: code too large": CATEGORICAL | {"codes": array(b"\0\2", "|i1", [2])},
    "categorical: code too small": CATEGORICAL | {"codes": array(b"\0\xfe", "|i1", [2])},
    "categorical: the same category twice": CATEGORICAL | {"categories": INDEX},
    "categorical: nothing as a category": CATEGORICAL
    | {"categories": INDEX | {"v": {"$": "pandas.text", "missing": "nan", "v": ["a", None]}}},
    "categorical: ordered": CATEGORICAL | {"ordered": "yes"},
    "categorical: codes of two dimensions": CATEGORICAL | {"codes": array(b"\0\1", "|i1", [1, 2])},
    "masked: mask too short": MASKED | {"missing": array(b"\0", "|b1", [1])},
    "masked: mask of ints": MASKED | {"missing": FLAT},
    "masked: other dtype": MASKED | {"dtype": "Int8"},
    "masked: no such dtype": MASKED | {"dtype": "Int7"},
    "text: a number": {"$": "pandas.text", "missing": "nan", "v": ["a", 1]},
    "text: no such missing": {"$": "pandas.text", "missing": "None", "v": []},
    "datetimes: numbers": {"$": "pandas.DatetimeArray", "v": FLAT, "zone": None},
    "datetimes: zone": {"$": "pandas.DatetimeArray", "v": MOMENTS, "zone": {"key": "../UTC"}},
    "timedeltas: moments": {"$": "pandas.TimedeltaArray", "v": MOMENTS},
    "periods: frequency": {"$": "pandas.PeriodArray", "v": FLAT, "frequency": "C"},
    "periods: floats": {"$": "pandas.PeriodArray", "v": array(b"\0" * 8, "<f8", [1]), "frequency": "D"},
    "intervals: the wrong way round": INTERVALS | {"left": ROWS | {"v": [5, 7, 1]}},
    "intervals: closed": INTERVALS | {"closed": "no"},
    "timestamp: unit": {"$": "pandas.Timestamp", "v": 1, "unit": "D", "zone": None},
    "timestamp: too far": {"$": "pandas.Timestamp", "v": 2**64, "unit": "ns", "zone": None},
    "timestamp: text": {"$": "pandas.Timestamp", "v": "now", "unit": "ns", "zone": None},
    "timedelta: unit": {"$": "pandas.Timedelta", "v": 1, "unit": "Y"},
    "period: frequency": {"$": "pandas.Period", "v": 1, "frequency": "9" * 100 + "D"},
    "interval: text": {"$": "pandas.Interval", "v": ["a", "b"], "closed": "left"},
    "interval: the wrong way round": {"$": "pandas.Interval", "v": [2, 1], "closed": "left"},
    "interval: mixed": {"$": "pandas.Interval", "v": [1, MOMENT], "closed": "left"},
    "NaT: more": {"$": "pandas.NaT", "v": 1},
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_form_is_refused(name: str) -> None:
    began = time.monotonic()
    for form in (HOSTILE[name], [1, HOSTILE[name]], {"$": "dict", "v": ["key", HOSTILE[name]]}):
        with pytest.raises(CodecError) as refused:
            decode(form)
        assert len(str(refused.value)) < 300
    assert time.monotonic() - began < 30


@pytest.mark.parametrize(
    "form",
    [FLAT, SERIES, FRAME, INDEX, INDEX | {"v": MOMENTS}, ROWS, NAMES, CATEGORICAL, MULTI, MASKED, MOMENT, INTERVALS],
)
def test_the_forms_that_the_hostile_ones_were_made_from_are_right(form: object) -> None:
    decode(form)


def test_a_table_of_unknown_columns_goes_as_a_handle() -> None:
    sparse = pd.DataFrame({"a": [1], "b": pd.arrays.SparseArray([0])})
    assert encode(sparse, handle=lambda _: {}) == {"$": "handle", "v": {}}
    wide = pd.DataFrame(np.zeros((1, 10_001)))
    assert encode(wide, handle=lambda _: {}) == {"$": "handle", "v": {}}


def test_a_huge_exponent_costs_nothing() -> None:
    began = time.monotonic()
    value = decode(encode(Decimal("1E+999999999")))
    assert value > 1 and hash(value) and value == Decimal("1E+999999999")
    assert time.monotonic() - began < 30
    with decimal.localcontext() as context:
        context.capitals = 0
        assert decode(encode(Decimal("1E+5"))) == Decimal("1E+5")


def test_keys_of_the_same_hash_do_not_take_for_ever() -> None:
    began = time.monotonic()
    with pytest.raises(CodecError, match="same hash"):
        decode({"$": "set", "v": [{"$": "int", "v": f"{k * (2**61 - 1):x}"} for k in range(100_000)]})
    assert time.monotonic() - began < 30
