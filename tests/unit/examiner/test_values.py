"""What crosses between the learner kernel and the examiner: every type, handles, records, identities, random forms.

What is refused has a file of its own."""

from __future__ import annotations

import abc
import collections
import copy
import dataclasses
import datetime as dt
import enum
import json
import math
import pathlib
import re
import subprocess
import sys
import typing
import zoneinfo
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as numpy_st

from doorstart_examiner.values import (
    LIMITS,
    CodecError,
    Record,
    TupleRecord,
    decode,
    dumps,
    encode,
    handle_of,
    loads,
    replace,
)
from doorstart_examiner.values import arrays as arrays_module
from doorstart_examiner.values import decoding as decoding_module
from doorstart_examiner.values import tables as tables_module

DOCUMENT = pathlib.Path(__file__).parents[3] / "docs" / "values.md"
UTC = dt.UTC
SEARCH = settings(
    deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")


def there(value: object, **hooks: Any) -> Any:
    """The value as the other side gets it."""
    return decode(loads(dumps(encode(value))), **hooks)


def alike(left: Any, right: Any) -> bool:
    """Equal, of the same types all the way down, in the same order, with nan equal to nan and 0.0 unlike -0.0."""
    return spelt(left) == spelt(right)


def spelt(value: Any) -> str:
    if type(value) is dict:
        value, kind = [part for pair in value.items() for part in pair], "dict"
    else:
        kind = type(value).__name__
    if type(value) in (list, tuple):
        return f"{kind}({', '.join(map(spelt, value))})"
    if type(value) in (set, frozenset):
        return f"{kind}({', '.join(sorted(map(spelt, value)))})"
    return f"{kind}({value!r})"


# Every type there and back

PLAIN = [
    *(None, True, False, 0, -1, 2**63 - 1, -(2**63), 2**63, -(2**63) - 1, 7**400, -(7**400)),
    *(0.0, -0.0, 0.1, 0.00019943173551024125, 5e-324, 1.7976931348623157e308, 1e22, math.inf, -math.inf, math.nan),
    *(1j, complex(-0.0, -math.inf), complex(math.nan, 0.0)),
    *("", "für", "a\0b", "\ud800", "\ud83d\ude00", "😀", '"\\[{,', "</script>"),
    *(b"", b"\0\xff", bytearray(b"ab"), range(3), range(5, -5, -2), range(2**70, 2**70 + 3), slice(None, 3, "x"), ...),
    *(
        [],
        [1, [2.5, ["x"]]],
        (),
        (1, (None,)),
        {1, 2},
        frozenset({(1, "a")}),
        {},
        {"b": 1, "a": {2: [3]}, (1, 2): None},
    ),
    *(Decimal("1.10"), Decimal("-0E-7"), Decimal("1E+999999"), Decimal("-Infinity"), Decimal("sNaN12"), Decimal("NaN")),
    *(Fraction(-3, 7), Fraction(2**200, 3), dt.date(1, 1, 1), dt.date(9999, 12, 31)),
    *(dt.time(1, 2, 3, 4), dt.time(1, tzinfo=UTC, fold=1), dt.datetime(2024, 2, 29, 23, 59, 59, 999999)),  # noqa: DTZ001
    *(dt.datetime(2024, 10, 27, 2, 30, tzinfo=BERLIN, fold=1), dt.datetime(2024, 1, 1, tzinfo=UTC)),
    *(dt.datetime(2024, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=-3, microseconds=1), "here")), dt.timedelta.min),
    *(dt.timedelta(-1, 3, 4), pathlib.Path("a/ä"), pathlib.PurePosixPath("/x"), pathlib.Path()),
]


@pytest.mark.parametrize("value", PLAIN, ids=lambda value: f"{type(value).__name__}-{ascii(value)[:30]}")
def test_a_plain_value_arrives_as_it_was(value: object) -> None:
    assert alike(there(value), value)


KEYS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.dates()
    | st.decimals(allow_nan=False)
    | st.fractions(),
    lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=3),
    max_leaves=4,
)
VALUES = st.recursive(
    KEYS
    | st.floats()
    | st.complex_numbers()
    | st.text(st.characters(exclude_categories=()))
    | st.datetimes(timezones=st.none() | st.timezones(), allow_imaginary=False)
    | st.times()
    | st.timedeltas()
    | st.decimals(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4) | st.tuples(inner, inner),
    max_leaves=12,
)


@given(VALUES)
@SEARCH
def test_any_plain_value_arrives_as_it_was(value: object) -> None:
    assert alike(there(value), value)


DTYPES = [
    "?",
    "i1",
    "<i2",
    ">i4",
    "i8",
    "u1",
    "u8",
    "f2",
    "f4",
    ">f8",
    "c8",
    "c16",
    "U5",
    ">U2",
    "S3",
    "M8[D]",
    "M8[25s]",
    "m8[ns]",
]


@given(
    st.sampled_from(DTYPES).flatmap(
        lambda dtype: numpy_st.arrays(np.dtype(dtype), numpy_st.array_shapes(min_dims=0, min_side=0, max_dims=4))
    )
)
@SEARCH
def test_an_array_arrives_as_it_was(value: np.ndarray) -> None:
    arrived = there(value)
    assert (type(arrived), arrived.dtype, arrived.shape) == (np.ndarray, value.dtype, value.shape)
    assert arrived.tobytes() == value.tobytes()
    assert arrived.flags.writeable and arrived.flags.owndata


def test_an_array_of_objects_arrives_item_by_item() -> None:
    value = np.empty((2, 2), dtype=object)
    value[:] = [[1, "a"], [None, ()]]
    value[0, 1] = [1, [2]]
    arrived = there(value)
    assert arrived.dtype == object and arrived.tolist() == value.tolist()
    with pytest.raises(CodecError, match="there is no form for a 'Learners'"):
        encode(np.array([Learners()], dtype=object))


def test_a_fortran_array_and_a_view_arrive_with_the_same_items() -> None:
    value = np.asfortranarray(np.arange(12).reshape(3, 4))[::2, ::-1]
    assert np.array_equal(there(value), value)


SCALARS = [
    *(
        np.float64(0.1),
        np.float32(-0.0),
        np.float16(1),
        np.int8(-3),
        np.uint64(2**64 - 1),
        np.bool_(True),
        np.complex64(1j),
    ),
    *(np.str_("a\0"), np.str_(""), np.bytes_(b"a\0"), np.datetime64("2020-01-02"), np.datetime64("NaT", "ns")),
    *(np.timedelta64(3, "D"), np.timedelta64(3), np.longlong(3)),
    *(
        pd.Timestamp(1),
        pd.Timestamp("2020-10-25 01:30", tz="UTC").tz_convert("Europe/Berlin"),
        pd.Timestamp("2020", tz="UTC"),
        pd.NaT,
        pd.NA,
    ),
    *(pd.Timestamp("2020").as_unit("s"), pd.Timestamp.max, pd.Timedelta("1D"), pd.Timedelta(1).as_unit("ms")),
    *(pd.Period("2020-03", "M"), pd.Period("2020", "Q-NOV"), pd.Interval(0, 1), pd.Interval(0.5, 2, closed="both")),
    pd.Interval(pd.Timestamp("2020"), pd.Timestamp("2021")),
]


@pytest.mark.parametrize("value", SCALARS, ids=repr)
def test_a_scalar_of_numpy_or_pandas_arrives_as_it_was(value: Any) -> None:
    arrived = there(value)
    assert repr(arrived) == repr(value)
    assert getattr(arrived, "fold", None) == getattr(value, "fold", None)
    assert getattr(arrived, "unit", None) == getattr(value, "unit", None)
    assert type(arrived) is type(value) or type(value) is np.longlong


INDEXES = [
    *(
        pd.RangeIndex(2, 20, 3, name="n"),
        pd.Index([1, 1]),
        pd.Index(["a", None], name=("x", 1)),
        pd.Index([1.5, np.nan]),
    ),
    *(pd.Index([(1, 2), (3,)], tupleize_cols=False), pd.Index([True, False]), pd.Index([], dtype=object)),
    *(pd.Index([1, "a", None]), pd.Index(["a"], dtype=object), pd.Index([1, None], dtype="Int64")),
    *(pd.date_range("2020", periods=5, freq="2h"), pd.date_range("2020", periods=5, freq="BME", tz="Asia/Tokyo")),
    *(pd.DatetimeIndex(["2020", None, "2019"]), pd.date_range("2020", periods=3, freq="W-TUE", unit="s", name="when")),
    *(pd.timedelta_range("1D", periods=3), pd.to_timedelta(["1s", None]), pd.period_range("2020", periods=3, freq="M")),
    *(pd.period_range("2020", periods=3, freq="Q-NOV"), pd.period_range("2020-01-01", periods=3, freq="W")),
    *(pd.CategoricalIndex(["b", "a", None], ordered=True), pd.interval_range(0, 3), pd.interval_range(0.5, periods=2)),
    pd.MultiIndex.from_product([["a", "b"], pd.date_range("2020", periods=2)], names=["k", None]),
    pd.MultiIndex.from_tuples([(1, "x"), (1, "x")]),
]


@pytest.mark.parametrize("value", INDEXES, ids=lambda index: f"{type(index).__name__}-{index.dtype}")
def test_an_index_arrives_as_it_was(value: pd.Index) -> None:
    arrived = there(value)
    pd.testing.assert_index_equal(arrived, value, exact=True)
    assert getattr(arrived, "freq", None) == getattr(value, "freq", None)


def frames() -> dict[str, pd.DataFrame]:
    many = pd.DataFrame(
        {
            "int": [1, 2],
            "text": ["x", None],
            "zoned": pd.date_range("2020", periods=2, tz="Europe/Berlin"),
            "offset": pd.to_datetime(["2020-01-01T00:00+02:00", None]),
            "category": pd.Categorical(["u", None], categories=["v", "u"], ordered=True),
            "nullable": pd.array([1, None], dtype="UInt8"),
            "nullable float": pd.array([1.5, None], dtype="Float32"),
            "nullable bool": pd.array([True, None]),
            "string": pd.array(["a", None], dtype="string"),
            "objects": [[1], (2, {"a": None})],
            "period": pd.period_range("2020", periods=2, freq="M"),
            "interval": pd.interval_range(0, 2),
            "bool": [True, False],
            "duration": pd.to_timedelta([1, 2], unit="D"),
            "complex": [1j, 2],
            3: np.array([1, 2], dtype="i1"),
        },
        index=pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["p", None]),
    )
    grouped = pd.DataFrame({"k": ["a", "b", "a"], "v": [1, 2, 3]}).groupby("k").agg(["sum", "mean"])
    return {
        "many types": many,
        "grouped": grouped,
        "no columns": pd.DataFrame(index=["a", "b"]),
        "no rows": pd.DataFrame(columns=["a", "b"]),
        "nothing": pd.DataFrame(),
        "same name twice": pd.DataFrame([[1, 2.5]], columns=["a", "a"]),
        "same label twice": pd.DataFrame({"a": ["x", "y"]}, index=[1, 1]),
        "cut": pd.DataFrame({"bin": pd.cut([1, 5, 9], [0, 4, 10])}),
        "months": pd.DataFrame({"a": [1.5] * 4}, index=pd.date_range("2020", periods=4, freq="MS", name="month")),
        "text as objects": pd.DataFrame({"a": pd.Series(["x", "y"], dtype=object)}),
    }


@pytest.mark.parametrize("name", frames())
def test_a_data_frame_arrives_as_it_was(name: str) -> None:
    value = frames()[name]
    arrived = there(value)
    pd.testing.assert_frame_equal(arrived, value, check_freq=True, check_column_type=True, check_index_type=True)
    for place in range(value.shape[1]):
        column = arrived.iloc[:, place]
        pd.testing.assert_series_equal(there(column), value.iloc[:, place])
        if column.dtype != object and not isinstance(column.dtype, np.dtype):
            pd.testing.assert_extension_array_equal(there(column.array), value.iloc[:, place].array)
    arrived.index = pd.RangeIndex(len(arrived))  # it is the receiver's own, and can be changed


@pytest.mark.parametrize(
    "value",
    [np.array([(1, 2)], dtype="i4,i4"), np.longdouble(1), pd.arrays.SparseArray([0, 1]), np.ma.array([1]), np.sum],
)
def test_what_has_no_form_goes_as_a_handle(value: object) -> None:
    with pytest.raises(CodecError, match="no form"):
        encode(value)
    assert encode([value], handle=lambda _: {"id": 7}) == [{"$": "handle", "v": {"id": 7}}]


# Handles, and exact types


class Learners:
    pass


class Colour(enum.Enum):
    RED = 1


class Level(enum.IntEnum):
    LOW = 1


class MyInt(int):
    pass


class MyList(list):
    pass


class MyStr(str):
    __slots__ = ()


class Liar(type):
    def __hash__(cls) -> int:
        raise RuntimeError("asked")

    def __eq__(cls, other: object) -> bool:
        return True


class Lying(metaclass=Liar):
    pass


@pytest.mark.parametrize(
    "value",
    [Learners(), Learners, Colour.RED, Level.LOW, MyInt(3), MyList(), MyStr("x"), Lying(), len, iter([]), pd, object(),
     collections.OrderedDict(a=1), collections.Counter("a"), collections.deque(), ValueError("x"), range(10**7),
     range(10**30), memoryview(b"a"), NotImplemented, dt.datetime(2024, 1, 1, tzinfo=dt.tzinfo())],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_other_types_and_subclasses_are_not_values(value: object) -> None:
    seen = []
    form = encode([1, value], handle=lambda other: seen.append(other) or {"n": len(seen)})
    assert form == [1, {"$": "handle", "v": {"n": 1}}] and seen[0] is value
    with pytest.raises(CodecError, match="no form"):
        encode([1, value])
    with pytest.raises(CodecError, match="no form"):
        encode([1, value], handle=lambda _: None)


def test_a_handle_becomes_what_the_hook_says() -> None:
    form = loads(dumps(encode({"a": Learners()}, handle=lambda _: {"n": 5})))
    assert decode(form, handle=lambda given: f"stand-in for {given['n']}") == {"a": "stand-in for 5"}
    with pytest.raises(CodecError, match="only plain values"):
        decode(form)


@pytest.mark.parametrize("error", [KeyError, TypeError, ValueError, AttributeError, IndexError])
def test_a_handle_that_the_hook_cannot_read_is_a_codec_error(error: type[Exception]) -> None:
    def hook(_: object) -> object:
        raise error("not mine")

    with pytest.raises(CodecError, match="unknown here"):
        decode([{"$": "handle", "v": {}}], handle=hook)


def test_other_errors_of_a_hook_are_its_own() -> None:
    class KernelGoneError(Exception):
        pass

    def hook(*_: object) -> object:
        raise KernelGoneError

    with pytest.raises(KernelGoneError):
        decode([{"$": "tuple", "v": [{"$": "handle", "v": {}}]}], handle=hook)
    with pytest.raises(KernelGoneError):
        decode([{"$": "list", "v": [], "#": 1}], reference=hook)


# Records

Point = collections.namedtuple("Point", "x y")


class Named(typing.NamedTuple):
    count: int
    index: str = "i"

    def double(self) -> int:
        return 2 * self.count


@dataclasses.dataclass
class Stock:
    name: str
    _left: list[int]

    def add(self, number: int) -> None:
        self._left.append(number)


@dataclasses.dataclass(frozen=True, order=True)
class Version:
    major: int
    minor: int


@dataclasses.dataclass(slots=True)
class Slotted(abc.ABC):
    größe: float


def test_a_namedtuple_arrives_as_a_tuple_with_its_fields() -> None:
    arrived = there(Point([1], y=2))
    assert isinstance(arrived, tuple) and isinstance(arrived, TupleRecord)
    assert arrived == ([1], 2) and (arrived.x, arrived.y) == ([1], 2) and repr(arrived) == "Point(x=[1], y=2)"
    assert arrived._asdict() == {"x": [1], "y": 2} and arrived._replace(y=3) == ([1], 3)
    assert type(arrived) is not Point and arrived == there(arrived) and handle_of(arrived) is None
    assert there(Named(3)).count == 3 and there(Named(3)) == (3, "i")
    renamed = collections.namedtuple("Renamed", "class x", rename=True)
    assert there(renamed(1, 2))._0 == 1
    with pytest.raises(AttributeError, match="'Named' object has no attribute 'double'"):
        there(Named(3)).double()


def test_a_dataclass_arrives_as_a_record_with_its_fields() -> None:
    stock = Stock("a", [1])
    arrived = there(stock)
    assert isinstance(arrived, Record) and type(arrived).__name__ == "Stock"
    assert (arrived.name, arrived._left) == ("a", [1]) and repr(arrived) == repr(stock)
    assert arrived == there(stock) and arrived != there(Stock("b", [1])) and arrived != stock
    assert dataclasses.asdict(arrived) == {"name": "a", "_left": [1]} == vars(arrived)
    assert dataclasses.replace(arrived, name="b") == there(Stock("b", [1]))
    assert copy.deepcopy(arrived) == arrived and copy.deepcopy(arrived)._left is not arrived._left
    assert there(Slotted(1.5)).größe == 1.5
    with pytest.raises(TypeError, match="unhashable"):
        hash(arrived)
    with pytest.raises(TypeError, match="not supported between instances of 'Stock' and 'Stock'"):
        sorted([arrived, arrived])
    arrived.name = "c"
    assert arrived == there(Stock("c", [1])) and there(arrived) == arrived


def test_records_of_another_class_or_other_fields_differ() -> None:
    kinds = [dataclasses.make_dataclass(*made) for made in (("A", "x"), ("B", "x"), ("A", "y"))]
    one, *others = [there(kind(1)) for kind in kinds]
    assert one == there(kinds[0](1)) and all(one != other for other in others)


def test_a_frozen_dataclass_can_be_a_key_and_be_sorted() -> None:
    arrived = there({Version(1, 2): "a", Version(1, 0): "b"})
    assert [repr(version) for version in sorted(arrived)] == ["Version(major=1, minor=0)", "Version(major=1, minor=2)"]
    assert arrived[there(Version(1, 2))] == "a"
    with pytest.raises(dataclasses.FrozenInstanceError):
        next(iter(arrived)).major = 5


def test_what_is_not_a_field_is_asked_of_the_handle() -> None:
    stock = Stock("a", [1])
    arrived = there_with_handle(stock, stock)
    arrived.add(2)
    assert stock._left == [1, 2] and arrived._left == [1]
    arrived.name = "b"
    assert stock.name == arrived.name == "b"
    assert handle_of(arrived) is stock
    assert there_with_handle(Named(4), Named(4)).double() == 8
    with pytest.raises(AttributeError):
        arrived.__array__  # noqa: B018
    # And back: as its handle alone.
    back = encode([arrived], handle=lambda record: {"n": record.name})
    assert back == [{"$": "handle", "v": {"n": "b"}}]


def there_with_handle(value: object, handle: object) -> Any:
    return decode(loads(dumps(encode(value, handle=lambda _: {"n": 1}))), handle=lambda _: handle)


def dataclass_with(**more: Any) -> Any:
    return dataclasses.make_dataclass("Odd", ["x"], namespace=more)


@pytest.mark.parametrize(
    "kind",
    [
        dataclass_with(__eq__=lambda self, other: True),
        dataclass_with(__repr__=lambda self: "!"),
        dataclass_with(__str__=lambda self: "!"),
        dataclass_with(__len__=lambda self: 1),
        dataclass_with(__getattr__=lambda self, name: 1),
        dataclasses.make_dataclass("Odd", ["x"], eq=False),
        dataclasses.make_dataclass("Odd", [("x", int, dataclasses.field(compare=False))]),
        dataclasses.make_dataclass("Odd", ["x"], unsafe_hash=True),
        dataclasses.make_dataclass("Odd", ["x"], bases=(int,), init=False),
        dataclasses.make_dataclass("not a name", ["x"]),
        dataclasses.make_dataclass("Odd", ["__x__"]),
        type("Odd", (Point,), {"__new__": lambda kind, x: tuple.__new__(kind, (x, 2)), "__eq__": lambda *_: True}),
        type("Odd", (Point,), {"__new__": lambda kind, x: tuple.__new__(kind, (x,))}),
        type("Odd", (tuple,), {"_fields": ("x",), "__new__": lambda kind, x: tuple.__new__(kind, (x,))}),
    ],
    ids=range(14),
)
def test_a_class_that_is_more_than_its_fields_goes_as_a_handle(kind: Any) -> None:
    value = kind(1)
    assert encode(value, handle=lambda _: {}) == {"$": "handle", "v": {}}


def test_an_attribute_that_raises_makes_a_handle() -> None:
    broken = dataclasses.make_dataclass("Broken", ["x"])(1)
    del broken.x
    assert encode(broken, handle=lambda _: {}) == {"$": "handle", "v": {}}


RECORD = {"$": "record", "name": "A", "fields": ["x"], "v": [1], "is": "mutable", "order": False}


@pytest.mark.parametrize(
    "name", ["", "1", "a b", "class", "None", "__class__", "__dict__", "a" * 201, "x\n", "ﬁ", "a;b"]
)
@pytest.mark.parametrize("mode", ["mutable", "frozen", "tuple"])
def test_names_of_records_are_checked(name: str, mode: str) -> None:
    assert decode(RECORD | {"is": mode}).x == 1
    with pytest.raises(CodecError, match="cannot have a field named"):
        decode(RECORD | {"fields": [name], "is": mode})
    with pytest.raises(CodecError, match="cannot be of a class named"):
        decode(RECORD | {"name": name, "is": mode})


@pytest.mark.parametrize(
    "wrong",
    [
        {"fields": ["x", "x"], "v": [1, 2]},
        {"fields": ["_x"], "is": "tuple"},
        {"fields": ["_1"], "is": "tuple"},
        {"fields": "x"},
        {"fields": [1]},
        {"v": []},
        {"v": [1, 2]},
        {"v": 1},
        {"is": "class"},
        {"order": 1},
        {"name": 5},
        {"more": 1},
        {"handle": {}},
        {"is": "frozen", "#": 1},
    ],
)
def test_a_record_that_is_wrong_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(CodecError):
        decode(RECORD | wrong)


def test_fields_may_have_the_names_that_records_use_themselves() -> None:
    names = ["_handle", "handle", "shape", "self", "_state", "values", "items", "fields"]
    arrived = there(dataclasses.make_dataclass("Tricky", names)(*range(8)))
    assert [getattr(arrived, name) for name in names] == list(range(8))
    assert repr(arrived).startswith("Tricky(_handle=0, handle=1")
    tricky = there(collections.namedtuple("Tricky", "count index make handle")(1, 2, 3, 4))
    assert (tricky.count, tricky.index, tricky.handle) == (1, 2, 4)


# One object that is there twice, and objects that both sides know


@pytest.mark.parametrize(
    "value", [[1], {1: 2}, {1}, bytearray(b"a"), np.arange(2), pd.Series([1]), pd.DataFrame({"a": [1]}), Stock("a", [])]
)
def test_one_mutable_object_stays_one(value: Any) -> None:
    first, second, inner = there([value, value, (copy.copy(value), {"k": value})])
    assert first is second is inner[1]["k"] and first is not inner[0]


def test_a_value_that_contains_itself_is_refused() -> None:
    loop: list[Any] = []
    loop.append({"a": (loop,)})
    with pytest.raises(CodecError, match="a list that contains itself"):
        encode(loop)
    objects = np.empty(1, dtype=object)
    objects[0] = [objects]
    with pytest.raises(CodecError, match="contains itself"):
        encode(objects)
    record = Stock("a", [])
    record._left.append(record)
    with pytest.raises(CodecError, match="contains itself"):
        encode(record)
    frozen = Version(1, 2)
    object.__setattr__(frozen, "major", frozen)
    with pytest.raises(CodecError, match="more than 64 containers"):
        encode(frozen)


@pytest.mark.parametrize("form", [[{"$": "same", "v": 0}], {"$": "same", "v": 0}, [[], {"$": "same", "v": -1}],
                                  [[], {"$": "same", "v": 1}], [[], {"$": "same", "v": True}]])  # fmt: skip
def test_a_value_can_only_be_the_same_as_one_that_is_complete(form: object) -> None:
    with pytest.raises(CodecError):
        decode(form)


def test_a_small_message_cannot_become_a_large_value() -> None:
    """What would be 8 ** 30 lists, if one went through all of them."""
    value: list[Any] = []
    for _ in range(30):
        value = [value] * 8
    with pytest.raises(CodecError, match="more than 1000000 values"):
        encode(value)
    levels = [[], *([{"$": "same", "v": place}] * 8 for place in range(30))]
    with pytest.raises(CodecError, match="more than 1000000 values"):
        decode(levels)
    deep = [[], *([{"$": "same", "v": place}] for place in range(80))]
    with pytest.raises(CodecError, match="containers inside each other"):
        decode(deep)
    text = [["x" * 1_000_000], *[{"$": "same", "v": 0}] * 20]
    with pytest.raises(CodecError, match="bytes"):
        decode(text)


def test_the_hooks_agree_on_which_object_it_is() -> None:
    inner, table, number = [1], pd.DataFrame({"a": [1]}), {"n": 5}
    identities = {id(inner): 1, id(table): 2}
    form = loads(dumps(encode((inner, [inner, table], number), reference=lambda value: identities.get(id(value)))))
    known: dict[int, object] = {}
    arrived = decode(form, reference=known.__setitem__)
    assert known[1] is arrived[0] is arrived[1][0] and known[2] is arrived[1][1] and set(known) == {1, 2}
    mine = ["old"]

    def put_in_place(identity: int, value: object) -> object:
        return mine if identity == 1 and replace(mine, value) else None

    arrived = decode(form, reference=put_in_place)
    assert arrived[0] is mine is arrived[1][0] and mine == [1]


@pytest.mark.parametrize(
    "form",
    [
        [{"$": "list", "v": [], "#": 1}, {"$": "list", "v": [], "#": 1}],
        {"$": "list", "v": [{"$": "list", "v": [], "#": 1}], "#": 1},
        *({"$": "list", "v": [], "#": identity} for identity in (-1, True, "1", 2**60, None, 1.0)),
        *({"$": kind, "v": [], "#": 1} for kind in ("tuple", "frozenset", "bytes")),
    ],
)
def test_an_identity_that_is_wrong_is_refused(form: object) -> None:
    with pytest.raises(CodecError):
        decode(form, reference=lambda *_: None)


# Changing an object in place


@pytest.mark.parametrize(
    ("target", "value"),
    [
        ([1], [2, 3]),
        ({1: 2}, {3: 4, 1: 1}),
        ({1}, {2}),
        (bytearray(b"a"), bytearray(b"bcd")),
        (np.zeros((2, 2)), np.ones((2, 2))),
        (np.array([1, "a"], dtype=object), np.array([[2], None], dtype=object)),
        (pd.Series([1], name="a"), pd.Series(["x", "y"], index=["p", "q"], name="b")),
        (
            pd.DataFrame({"a": [1]}),
            pd.DataFrame({"b": ["x", None], "c": [1, 2]}, index=pd.date_range("2020", periods=2)),
        ),
        (there(Stock("a", [1])), there(Stock("b", []))),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_object_gets_the_content_of_another_in_place(target: Any, value: Any) -> None:
    also, before = target, copy.deepcopy(value)
    assert replace(target, value) is True
    assert encode(also) == encode(before) == encode(value)
    assert replace(target, target) is True and encode(target) == encode(before)


def test_a_table_that_was_replaced_does_not_follow_the_other_one() -> None:
    target, value = pd.DataFrame({"a": [1]}), pd.DataFrame({"b": [2]})
    replace(target, value)
    value.loc[0, "b"] = 3
    value["c"] = 1
    assert target.to_dict("list") == {"b": [2]}


def read_only() -> np.ndarray:
    array = np.zeros(2)
    array.flags.writeable = False
    return array


@pytest.mark.parametrize(
    ("target", "value"),
    [
        ([1], (1,)),
        ((1,), (2,)),
        ({1}, frozenset({2})),
        ("a", "b"),
        (np.zeros(2), np.zeros(3)),
        (np.zeros(2), np.zeros(2, dtype="f4")),
        (read_only(), np.ones(2)),
        (pd.Index([1]), pd.Index([2])),
        (pd.Series([1]), pd.DataFrame({"a": [1]})),
        (there(Version(1, 2)), there(Version(2, 2))),
        (there(Stock("a", [1])), there(Point(1, 2))),
        (Learners(), Learners()),
    ],
)
def test_what_cannot_be_changed_in_place_says_so(target: Any, value: Any) -> None:
    before = repr(target)
    assert replace(target, value) is False
    assert repr(target) == before


def test_a_bytearray_that_somebody_looks_into_keeps_its_length() -> None:
    target = bytearray(b"a")
    with memoryview(target):
        assert replace(target, bytearray(b"bc")) is False
    assert target == b"a"


# Whatever may come

VALID = [
    encode(value)
    for value in (*PLAIN, *SCALARS, *INDEXES, *frames().values(), Point(1, [2]), Stock("a", [1]), Version(1, 2))
]
VALID += [encode(np.zeros(2, dtype=dtype)) for dtype in DTYPES]
TYPES = sorted({*decoding_module._READERS, *arrays_module.READERS, *tables_module.READERS})
ATOMS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**65), 2**65)
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(
        ["AAAA", "<i8", "<M8[ns]", "object", "1", "nan", "tuple", "frozen", "D", "ns", "Int64", "NA", "2024-01-01"]
    )
)
FIELDS = [
    *(
        "v",
        "dtype",
        "shape",
        "index",
        "columns",
        "name",
        "names",
        "levels",
        "codes",
        "categories",
        "ordered",
        "missing",
    ),
    *("zone", "fold", "unit", "frequency", "closed", "left", "right", "pure", "fields", "is", "order", "handle", "#"),
]
JSON = st.recursive(
    ATOMS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=3), inner, max_size=3)
        | st.builds(
            lambda tag, fields: {"$": tag, **fields},
            st.sampled_from(TYPES),
            st.dictionaries(st.sampled_from(FIELDS), inner, max_size=4),
        )
    ),
    max_leaves=10,
)


def decode_or_refuse(form: object) -> None:
    """Decode with hooks as a link would have them; nothing but CodecError may be raised, and only plain values come."""
    try:
        value = decode(form, handle=lambda given: ("handle", len(given)), reference=lambda identity, value: None)
    except CodecError as error:
        assert len(str(error)) < 400
    else:
        assert_plain(value)


def assert_plain(value: Any) -> None:
    kind = type(value)
    if isinstance(value, Record):
        value = list(vars(value).values())
    elif isinstance(value, TupleRecord):
        value = list(value)
    else:
        assert kind.__module__.partition(".")[0] in ALLOWED_MODULES, kind
    if kind is dict:
        value = [*value, *value.values()]
    if type(value) in (list, tuple, set, frozenset):
        for item in value:
            assert_plain(item)
    if kind in (np.ndarray, pd.Series, pd.DataFrame, pd.Index):
        repr(value)


ALLOWED_MODULES = {"builtins", "decimal", "fractions", "datetime", "pathlib", "numpy", "pandas"}


@given(JSON)
@SEARCH
@pytest.mark.filterwarnings("ignore")
def test_random_json_is_decoded_or_refused(form: object) -> None:
    decode_or_refuse(form)


def places(form: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = form.items() if type(form) is dict else enumerate(form) if type(form) is list else ()
    return [path, *(found for key, part in inside for found in places(part, (*path, key)))]


def changed(form: Any, path: tuple[Any, ...], change: Any) -> Any:
    if not path:
        return change(form)
    copied = form.copy()
    copied[path[0]] = changed(copied[path[0]], path[1:], change)
    return copied


def nudged(text: Any, number: int) -> Any:
    """A little different, and of the same type."""
    if type(text) is int:
        return text + number - 8
    if type(text) is str:
        place = number % (len(text) + 1)
        return text[:place] + chr(40 + number) + text[place + 1 :]
    return text[:-1] if type(text) is list else text


@given(st.data())
@SEARCH
@pytest.mark.filterwarnings("ignore")
def test_a_valid_form_with_changes_is_decoded_or_refused(data: st.DataObject) -> None:
    form = data.draw(st.sampled_from(VALID))
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(places(form)))
        change = data.draw(
            st.one_of(
                JSON.map(lambda new: lambda _: new),
                st.sampled_from(VALID).map(lambda new: lambda _: new),
                st.integers(0, 60).map(lambda number: lambda old: nudged(old, number)),
            )
        )
        form = changed(form, path, change)
    decode_or_refuse(form)


@given(st.binary(max_size=60) | JSON.map(lambda form: json.dumps(form).encode()))
@SEARCH
def test_random_bytes_are_a_message_or_refused(data: bytes) -> None:
    try:
        loads(data)
    except CodecError as error:
        assert len(str(error)) < 200


# What is loaded, and what is written down


def test_plain_values_load_neither_numpy_nor_pandas() -> None:
    program = """
import sys
from doorstart_examiner.values import CodecError, decode, dumps, encode, loads
def loaded(): return [name for name in ("numpy", "pandas") if name in sys.modules]
class Pretender: pass
Pretender.__module__ = "pandas"
encode([Pretender()], handle=lambda _: {})
assert decode(loads(dumps(encode([1, {"a": (2.5, "x")}])))) == [1, {"a": (2.5, "x")}]
assert loaded() == []
decode({"$": "numpy.ndarray", "dtype": "<i8", "shape": [0], "v": ""})
assert loaded() == ["numpy"], loaded()
import numpy
encode(numpy.zeros(3))
assert loaded() == ["numpy"], loaded()
decode({"$": "pandas.NaT"})
assert loaded() == ["numpy", "pandas"]
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_document_names_every_type_and_every_limit() -> None:
    text = DOCUMENT.read_text()
    for tag in TYPES:
        assert f'`{{"$": "{tag}"' in text, tag
    for name in re.findall(r'`\{"\$": "([^"]+)"', text):
        assert name in TYPES
    written = dict(re.findall(r"^\| `(\w+)` \| ([\d,]+)", text, flags=re.M))
    assert {name: int(number.replace(",", "")) for name, number in written.items()} == dataclasses.asdict(LIMITS)
    assert f"{tables_module.MOST_COLUMNS:,}" in text and f"{tables_module.MOST_STEPS:,}" in text


def test_the_examples_of_the_document_are_what_is_sent() -> None:
    rows = re.findall(r"^\| `([^`]+)` \| `([^`]+)` \|", DOCUMENT.read_text(), flags=re.M)
    names = {
        "nan": math.nan,
        "inf": math.inf,
        "np": np,
        "pd": pd,
        "Decimal": Decimal,
        "Fraction": Fraction,
        "Path": pathlib.Path,
    }
    names |= {"datetime": dt, "ZoneInfo": zoneinfo.ZoneInfo, "Point": Point}
    checked = 0
    for value, form in rows:
        if form[0] in '{["-0123456789tfn':
            assert encode(eval(value, dict(names))) == json.loads(form), value  # noqa: S307
            checked += 1
    assert checked > 25
