"""pandas: Series, DataFrames, indexes, their arrays and scalars. Importing this imports pandas.

Each is taken apart into numpy arrays, texts and numbers, and put together again by pandas' own public constructors,
which check that the parts fit. What they raise becomes a CodecError in :mod:`.decoding`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pandas.tseries.frequencies import to_offset

from doorstart_examiner.values.arrays import array_parts, read_array
from doorstart_examiner.values.encoding import Items, NoFormError, zone_form
from doorstart_examiner.values.limits import CodecError, clip

if TYPE_CHECKING:
    from doorstart_examiner.values.decoding import Decoder

MOST_COLUMNS = 10_000
"""Of one DataFrame; pandas takes a tenth of a millisecond for each."""
MOST_STEPS = 100_000
"""In an index that keeps its frequency: pandas checks it step by step, at a hundredth of a millisecond each."""

Parts = dict[str, Any]

_MASKED = {
    **{f"Int{bits}": (f"int{bits}", 0, pd.arrays.IntegerArray) for bits in (8, 16, 32, 64)},
    **{f"UInt{bits}": (f"uint{bits}", 0, pd.arrays.IntegerArray) for bits in (8, 16, 32, 64)},
    **{f"Float{bits}": (f"float{bits}", np.nan, pd.arrays.FloatingArray) for bits in (32, 64)},
    "boolean": ("bool", False, pd.arrays.BooleanArray),
}
_MISSING = {"nan": np.nan, "NA": pd.NA}
_UNITS = frozenset({"s", "ms", "us", "ns"})
_CLOSED = frozenset({"left", "right", "both", "neither"})
# Offsets that step in constant time and have no calendar of their own.
_FREQUENCY = re.compile(
    r"-?([1-9][0-9]{0,3})?(D|B|h|min|s|ms|us|ns|B?MS|B?ME|W(-[A-Z]{3})?|B?[QY][SE](-[A-Z]{3})?)",
)
_PERIOD = re.compile(r"([1-9][0-9]{0,3})?(D|h|min|s|ms|us|ns|M|[WQY](-[A-Z]{3})?)")


def apart(value: Any, kind: type) -> Parts | None:
    """The parts of a pandas object, or None for anything else.

    Raises:
        NoFormError: it has no form, for instance because of a column of a type that is not known here.
    """
    take_apart = _APART.get(kind)
    if take_apart is None:
        return None
    try:
        return take_apart(value)
    except Exception as error:  # an object that a learner's code has damaged
        raise NoFormError from error


def _series_apart(series: Any) -> Parts:
    return {
        "$": "pandas.Series",
        "v": _column_apart(series),
        "index": _index_apart(series.index),
        "name": Items([series.name]),
    }


def _frame_apart(frame: Any) -> Parts:
    if frame.shape[1] > MOST_COLUMNS:
        raise NoFormError
    return {
        "$": "pandas.DataFrame",
        "v": [_column_apart(frame.iloc[:, place]) for place in range(frame.shape[1])],
        "index": _index_apart(frame.index),
        "columns": _index_apart(frame.columns),
    }


def _index_apart(index: Any) -> Parts:
    if type(index) is pd.RangeIndex:
        parts = [index.start, index.stop, index.step]
        return {"$": "pandas.RangeIndex", "v": parts, "name": Items([index.name])}
    if type(index) is pd.MultiIndex:
        return {
            "$": "pandas.MultiIndex",
            "levels": [_index_apart(level) for level in index.levels],
            "codes": [array_parts(np.asarray(codes)) for codes in index.codes],
            "names": Items(index.names),
        }
    if type(index) not in _APART:
        raise NoFormError
    stepped = type(index) in (pd.DatetimeIndex, pd.TimedeltaIndex) and len(index) <= MOST_STEPS
    frequency = index.freq if stepped else None
    name = None if frequency is None else frequency.freqstr
    known = name is not None and _FREQUENCY.fullmatch(name) and to_offset(name) == frequency
    return {
        "$": "pandas.Index",
        "v": _column_apart(index),
        "name": Items([index.name]),
        "frequency": name if known else None,
    }


def _column_apart(column: Any) -> Parts:
    """The values of a Series or Index."""
    if isinstance(column.dtype, np.dtype):
        return array_parts(column.to_numpy())
    values = column.array
    take_apart = _ARRAYS_APART.get(type(values))
    if take_apart is None:
        raise NoFormError
    return take_apart(values)


def _masked_apart(array: Any) -> Parts:
    name = array.dtype.name
    dtype, filler, _ = _MASKED[name]
    values = array_parts(array.to_numpy(dtype=dtype, na_value=filler))
    return {"$": "pandas.masked", "dtype": name, "v": values, "missing": array_parts(array.isna())}


def _text_apart(array: Any) -> Parts:
    if array.dtype.storage != "python":
        raise NoFormError
    missing = "NA" if array.dtype.na_value is pd.NA else "nan"
    texts = array.to_numpy(dtype=object, na_value=None).tolist()
    # pandas keeps objects of subclasses of str as they are. This makes plain ones, and calls no method of theirs.
    plain = [one if one is None else str.__str__(one) for one in texts]
    return {"$": "pandas.text", "missing": missing, "v": Items(plain)}


def _categorical_apart(array: Any) -> Parts:
    return {
        "$": "pandas.Categorical",
        "categories": _index_apart(array.categories),
        "codes": array_parts(np.asarray(array.codes)),
        "ordered": bool(array.ordered),
    }


def _datetimes_apart(array: Any) -> Parts:
    zone = zone_form(array.tz)
    plain = array if zone is None else array.tz_convert(None)
    return {"$": "pandas.DatetimeArray", "v": array_parts(plain.to_numpy()), "zone": zone}


def _timedeltas_apart(array: Any) -> Parts:
    return {"$": "pandas.TimedeltaArray", "v": array_parts(array.to_numpy())}


def _periods_apart(array: Any) -> Parts:
    return {"$": "pandas.PeriodArray", "v": array_parts(array.asi8), "frequency": _frequency_of(array)}


def _intervals_apart(array: Any) -> Parts:
    left, right = _index_apart(array.left), _index_apart(array.right)
    return {"$": "pandas.IntervalArray", "left": left, "right": right, "closed": array.closed}


def _timestamp_apart(value: Any) -> Parts:
    number = int(value.asm8.astype("int64"))
    zone = zone_form(value.tz)
    return {"$": "pandas.Timestamp", "v": number, "unit": value.unit, "zone": zone}


def _timedelta_apart(value: Any) -> Parts:
    return {"$": "pandas.Timedelta", "v": int(value.asm8.astype("int64")), "unit": value.unit}


def _period_apart(value: Any) -> Parts:
    return {"$": "pandas.Period", "v": value.ordinal, "frequency": _frequency_of(value)}


def _interval_apart(value: Any) -> Parts:
    return {"$": "pandas.Interval", "v": Items([value.left, value.right]), "closed": value.closed}


def _frequency_of(periods: Any) -> str:
    name: str = periods.freq.freqstr if type(periods) is pd.Period else periods.dtype.freq.freqstr
    # Periods name month, quarter and year ends without their E.
    name = re.sub(r"^(\d*)([MQY])E", r"\1\2", name)
    if not _PERIOD.fullmatch(name):
        raise NoFormError
    return name


_ARRAYS_APART: dict[type, Callable[[Any], Parts]] = {
    pd.arrays.IntegerArray: _masked_apart,
    pd.arrays.FloatingArray: _masked_apart,
    pd.arrays.BooleanArray: _masked_apart,
    pd.arrays.StringArray: _text_apart,
    pd.arrays.DatetimeArray: _datetimes_apart,
    pd.arrays.TimedeltaArray: _timedeltas_apart,
    pd.arrays.PeriodArray: _periods_apart,
    pd.arrays.IntervalArray: _intervals_apart,
    pd.Categorical: _categorical_apart,
}
_INDEXES = (
    pd.Index,
    pd.RangeIndex,
    pd.MultiIndex,
    pd.DatetimeIndex,
    pd.TimedeltaIndex,
    pd.PeriodIndex,
    pd.IntervalIndex,
    pd.CategoricalIndex,
)
_APART: dict[type, Callable[[Any], Parts]] = {
    **_ARRAYS_APART,
    **dict.fromkeys(_INDEXES, _index_apart),
    pd.Series: _series_apart,
    pd.DataFrame: _frame_apart,
    pd.Timestamp: _timestamp_apart,
    pd.Timedelta: _timedelta_apart,
    pd.Period: _period_apart,
    pd.Interval: _interval_apart,
    type(pd.NaT): lambda _: {"$": "pandas.NaT"},
    type(pd.NA): lambda _: {"$": "pandas.NA"},
}
# The class of the default string columns has a name of its own in some versions.
_ARRAYS_APART.setdefault(type(pd.Series([""]).array), _text_apart)
_APART.setdefault(type(pd.Series([""]).array), _text_apart)


def _part(decoder: Decoder, form: Any, depth: int, readers: dict[str, Callable[..., Any]]) -> Any:
    """A part of a table, of one of the types that may be there."""
    tag = decoder.expect(dict, form).get("$")
    if type(tag) is not str or tag not in readers or "#" in form:
        raise CodecError(f"a {clip(str(tag))} in a table, where it cannot be")
    return readers[tag](decoder, form, depth)


def _flat(decoder: Decoder, form: Any, depth: int, kinds: str) -> Any:
    """A numpy array with one dimension, of these kinds of dtype."""
    array = _part(decoder, form, depth, {"numpy.ndarray": read_array})
    if array.ndim != 1 or array.dtype.kind not in kinds:
        raise CodecError("an array in a table that is not flat, or of a wrong dtype")
    return array


def _column(decoder: Decoder, form: Any, depth: int) -> Any:
    """The values of a column or index."""
    values = _part(decoder, form, depth, _COLUMN_READERS)
    if values.ndim != 1:
        raise CodecError("an array in a table that is not flat")
    return values


def _name(decoder: Decoder, form: Any, depth: int) -> Any:
    return decoder.exactly(1, form, depth + 1)[0]


def _read_series(decoder: Decoder, form: Parts, depth: int) -> Any:
    content, index, name = decoder.take(form, "v", "index", "name")
    decoder.begin(depth)
    values = _column(decoder, content, depth + 1)
    labels = _part(decoder, index, depth + 1, _INDEX_READERS)
    return _series(values, labels, _name(decoder, name, depth))


def _series(values: Any, index: Any, name: Any = None) -> Any:
    if len(values) != len(index):
        raise CodecError(f"a column of {len(values)} values in a table of {len(index)} rows")
    # With its dtype given, nothing is inferred from the values.
    return pd.Series(values, index=index, name=name, dtype=values.dtype)


def _read_frame(decoder: Decoder, form: Parts, depth: int) -> Any:
    content, index, columns = decoder.take(form, "v", "index", "columns")
    decoder.begin(depth)
    if len(decoder.expect(list, content)) > MOST_COLUMNS:
        raise CodecError(f"a DataFrame of more than {MOST_COLUMNS} columns")
    parts = [_column(decoder, one, depth + 1) for one in content]
    rows = _part(decoder, index, depth + 1, _INDEX_READERS)
    labels = _part(decoder, columns, depth + 1, _INDEX_READERS)
    if len(labels) != len(parts):
        raise CodecError(f"{len(labels)} names for {len(parts)} columns")
    frame = pd.DataFrame({place: _series(values, rows) for place, values in enumerate(parts)}, index=rows)
    frame.columns = labels
    return frame


def _read_index(decoder: Decoder, form: Parts, depth: int) -> Any:
    content, name, frequency = decoder.take(form, "v", "name", "frequency")
    decoder.begin(depth)
    values = _column(decoder, content, depth + 1)
    label = _name(decoder, name, depth)
    if values.dtype == object:
        for one in values:
            # pandas would take a list as a label, and fail later, when somebody looks for one or prints it.
            hash(one)
    # Tuples stay tuples: a MultiIndex has a form of its own.
    index = pd.Index(values, dtype=values.dtype, name=label, tupleize_cols=False)
    if frequency is None:
        return index
    if type(index) not in (pd.DatetimeIndex, pd.TimedeltaIndex) or len(index) > MOST_STEPS:
        raise CodecError("an index with a frequency that can have none")
    return type(index)(index, freq=decoder.matching(_FREQUENCY, frequency))


def _read_range_index(decoder: Decoder, form: Parts, depth: int) -> Any:
    bounds, name = decoder.take(form, "v", "name")
    decoder.begin(depth)
    start, stop, step = (decoder.whole(one) for one in decoder.expect(list, bounds))
    rows = range(start, stop, step)
    decoder.spend(len(rows))
    return pd.RangeIndex(rows, name=_name(decoder, name, depth))


def _read_multi_index(decoder: Decoder, form: Parts, depth: int) -> Any:
    levels, codes, names = decoder.take(form, "levels", "codes", "names")
    decoder.begin(depth)
    if not len(decoder.expect(list, levels)) == len(decoder.expect(list, codes)) <= decoder.limits.dimensions:
        raise CodecError("a MultiIndex whose levels and codes are not as many, or too many")
    return pd.MultiIndex(
        levels=[_part(decoder, level, depth + 1, _INDEX_READERS) for level in levels],
        codes=[_flat(decoder, one, depth + 1, "i") for one in codes],
        names=decoder.exactly(len(levels), names, depth + 1),
        verify_integrity=True,
    )


def _read_masked(decoder: Decoder, form: Parts, depth: int) -> Any:
    name, content, missing = decoder.take(form, "dtype", "v", "missing")
    decoder.begin(depth)
    dtype, _, kind = _MASKED[decoder.one_of(frozenset(_MASKED), name)]
    values = _flat(decoder, content, depth + 1, "iufb")
    mask = _flat(decoder, missing, depth + 1, "b")
    if values.dtype != dtype or len(values) != len(mask):
        raise CodecError(f"values that are not those of an array of {name}")
    return kind(values, mask)


def _read_text(decoder: Decoder, form: Parts, depth: int) -> Any:
    missing, content = decoder.take(form, "missing", "v")
    decoder.begin(depth)
    texts = decoder.many(content, depth + 1)
    if not all(text is None or type(text) is str for text in texts):
        raise CodecError("something that is not text in a column of text")
    dtype = pd.StringDtype("python", na_value=_MISSING[decoder.one_of(frozenset(_MISSING), missing)])
    return pd.array(texts, dtype=dtype)


def _read_categorical(decoder: Decoder, form: Parts, depth: int) -> Any:
    categories, codes, ordered = decoder.take(form, "categories", "codes", "ordered")
    decoder.begin(depth)
    index = _part(decoder, categories, depth + 1, _INDEX_READERS)
    dtype = pd.CategoricalDtype(index, ordered=decoder.expect(bool, ordered))
    return pd.Categorical.from_codes(_flat(decoder, codes, depth + 1, "i"), dtype=dtype)


def _read_datetimes(decoder: Decoder, form: Parts, depth: int) -> Any:
    content, zone = decoder.take(form, "v", "zone")
    decoder.begin(depth)
    index = pd.DatetimeIndex(_flat(decoder, content, depth + 1, "M"))
    return index.array if zone is None else index.tz_localize("UTC").tz_convert(decoder.zone(zone)).array


def _read_timedeltas(decoder: Decoder, form: Parts, depth: int) -> Any:
    (content,) = decoder.take(form, "v")
    decoder.begin(depth)
    return pd.TimedeltaIndex(_flat(decoder, content, depth + 1, "m")).array


def _read_periods(decoder: Decoder, form: Parts, depth: int) -> Any:
    content, frequency = decoder.take(form, "v", "frequency")
    decoder.begin(depth)
    numbers = _flat(decoder, content, depth + 1, "i")
    return pd.PeriodIndex.from_ordinals(numbers, freq=decoder.matching(_PERIOD, frequency)).array


def _read_intervals(decoder: Decoder, form: Parts, depth: int) -> Any:
    left, right, closed = decoder.take(form, "left", "right", "closed")
    decoder.begin(depth)
    lower, upper = (_part(decoder, one, depth + 1, _INDEX_READERS) for one in (left, right))
    return pd.arrays.IntervalArray.from_arrays(lower, upper, closed=decoder.one_of(_CLOSED, closed))


def _read_timestamp(decoder: Decoder, form: Parts, depth: int) -> Any:
    number, unit, zone = decoder.take(form, "v", "unit", "zone")
    decoder.begin(depth)
    moment = pd.Timestamp(np.array(decoder.whole(number), f"M8[{decoder.one_of(_UNITS, unit)}]")[()])
    return moment if zone is None else moment.tz_localize("UTC").tz_convert(decoder.zone(zone))


def _read_timedelta(decoder: Decoder, form: Parts, depth: int) -> Any:
    number, unit = decoder.take(form, "v", "unit")
    decoder.begin(depth)
    return pd.Timedelta(np.array(decoder.whole(number), f"m8[{decoder.one_of(_UNITS, unit)}]")[()])


def _read_period(decoder: Decoder, form: Parts, depth: int) -> Any:
    number, frequency = decoder.take(form, "v", "frequency")
    decoder.begin(depth)
    return pd.Period(ordinal=decoder.whole(number), freq=decoder.matching(_PERIOD, frequency))


def _read_interval(decoder: Decoder, form: Parts, depth: int) -> Any:
    content, closed = decoder.take(form, "v", "closed")
    decoder.begin(depth)
    left, right = decoder.exactly(2, content, depth + 1)
    if not {type(left), type(right)} <= _INTERVAL_ENDS:
        raise CodecError("an interval between things that have none between them")
    return pd.Interval(left, right, closed=decoder.one_of(_CLOSED, closed))


def _read_single(value: Any) -> Callable[[Decoder, Parts, int], Any]:
    def read(decoder: Decoder, form: Parts, depth: int) -> Any:
        decoder.take(form)
        decoder.begin(depth)
        return value

    return read


_INTERVAL_ENDS = {int, float, np.int64, np.float64, np.uint64, pd.Timestamp, pd.Timedelta}
_ARRAY_READERS: dict[str, Callable[[Decoder, Parts, int], Any]] = {
    "pandas.masked": _read_masked,
    "pandas.text": _read_text,
    "pandas.Categorical": _read_categorical,
    "pandas.DatetimeArray": _read_datetimes,
    "pandas.TimedeltaArray": _read_timedeltas,
    "pandas.PeriodArray": _read_periods,
    "pandas.IntervalArray": _read_intervals,
}
_COLUMN_READERS: dict[str, Callable[[Decoder, Parts, int], Any]] = {**_ARRAY_READERS, "numpy.ndarray": read_array}
_INDEX_READERS: dict[str, Callable[[Decoder, Parts, int], Any]] = {
    "pandas.Index": _read_index,
    "pandas.RangeIndex": _read_range_index,
    "pandas.MultiIndex": _read_multi_index,
}
READERS: dict[str, Callable[[Decoder, Parts, int], Any]] = {
    **_ARRAY_READERS,
    **_INDEX_READERS,
    "pandas.Series": _read_series,
    "pandas.DataFrame": _read_frame,
    "pandas.Timestamp": _read_timestamp,
    "pandas.Timedelta": _read_timedelta,
    "pandas.Period": _read_period,
    "pandas.Interval": _read_interval,
    "pandas.NaT": _read_single(pd.NaT),
    "pandas.NA": _read_single(pd.NA),
}
