"""What crosses between a test and the learner's code: refused messages leave both sides as they were, and what has no
form stays where it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from doorstart_examiner.examiner.proxies import ExaminerLink
from doorstart_examiner.examiner.record import Recorder
from doorstart_examiner.link.folder import Folder

STOCK = """
stock = []
kept = []
def add(v): stock.append(v); return stock
def big(): return 1 << 200000
def keep(v): kept.append(v)
def call(f): return f()
def change(): kept[0].append(99)
class Meta(type):
    def __getattr__(cls, name): raise ValueError(name)
class Odd(metaclass=Meta):
    pass
def odd(v): stock.append(v); return [Odd()]
"""


def passed(answer: dict[str, Any]) -> bool:
    assert answer["kernel"]["ended"] is None, answer
    return all(cell["status"] in ("ok", "passed") for cell in answer["cells"])


@pytest.mark.parametrize(
    "test",
    [
        "s = add('pen')\nrefused(big)\nadd('cup')\nassert s == ['pen', 'cup']",
        "s = add('pen')\nrefused(odd, 'cup')\nkeep(1)\nassert s == ['pen', 'cup']",
        "keep([1, 2])\nrefused(keep, object())\nchange()",
        "mine = [[1]]\nkeep(mine[0])\nrefused(call, lambda: mine.clear() or 1 << 200000)\nchange()",
    ],
)
def test_a_refused_message_changes_nothing(test: str, grade: Any) -> None:
    # The names first: each look-up is a message of its own.
    refused = (
        "add, big, keep, change, call, odd = add, big, keep, change, call, odd\n"
        "def refused(function, *arguments):\n    try:\n        function(*arguments)\n"
        "    except Exception as error:\n        assert type(error).__name__ == 'CannotCross', error\n"
        "    else:\n        raise RuntimeError('not refused')\n"
    )
    answer = grade(STOCK, ("test", refused + test), ("test", "assert add('last')[-1] == 'last'"))
    assert passed(answer), answer


CHAIN = """
first = last = []
def grow(n):
    global last
    for _ in range(n):
        last.append([])
        last = last[0]
    return first
"""


def test_what_is_deep_crosses_piece_by_piece(grade: Any) -> None:
    count = "n = 0\nwhile chain:\n    chain, n = chain[0], n + 1\nassert n == 2700"
    assert passed(grade(CHAIN, ("test", "chain = grow(900)\ngrow(900)\ngrow(900)\n" + count)))


FORMLESS = """
import collections
import numpy as np
import pandas as pd
def struct(): return np.array([(1, 2.0), (3, 4.0)], dtype=[("a", int), ("b", float)])
def long(): return np.array([1, 2], dtype=np.longdouble)
def large(): return np.zeros(16_777_217, dtype=np.int8)
def wide(): return pd.DataFrame(np.zeros((1, 10_001)))
def sparse(): return pd.DataFrame({"a": pd.arrays.SparseArray([0, 0, 1])})
kept = struct()
table = pd.DataFrame({"n": [1, 2]})
queue = collections.deque([1])
def inside(): return [queue, np.array([queue, 1], dtype=object)]
def same(v): return v is kept
def spoil(): table["s"] = pd.arrays.SparseArray([0, 1])
"""


@pytest.mark.parametrize(
    "test",
    [
        "assert struct()['a'].tolist() == [1, 3] and len(struct()) == 2",
        "assert long().astype(float).tolist() == [1.0, 2.0]",
        "assert large().shape == (16_777_217,)",
        "assert wide().shape == (1, 10_001)",
        "assert sparse()['a'].sum() == 1 and sparse().columns.tolist() == ['a']",
        "assert same(kept) and kept['b'].tolist() == [2.0, 4.0]",
        "q, a = inside()\nassert list(q) == [1] and list(a[0]) == [1]",
        "a = kept\nassert kept is a and table['n'].tolist() == [1, 2]",
    ],
)
def test_an_array_or_table_without_a_form_is_a_handle(test: str, grade: Any) -> None:
    assert passed(grade(FORMLESS, ("test", test), ("test", "assert kept['a'].tolist() == [1, 3]")))


def test_a_test_cannot_pass_an_array_without_a_form(grade: Any) -> None:
    test = "import numpy as np\nsame(np.zeros(2, dtype=[('a', int)]))"
    answer = grade(FORMLESS, ("test", test), ("test", "assert same(kept)"))
    assert [cell["status"] for cell in answer["cells"][1:]] == ["failed", "passed"], answer
    assert "object of the class ndarray" in answer["cells"][1]["message"]


def test_a_table_that_both_sides_have_and_that_has_no_form_any_more_is_told(grade: Any) -> None:
    answer = grade(FORMLESS, ("test", "t = table\nspoil()"), ("test", "del t\nassert same(kept)"), "1")
    assert answer["kernel"]["ended"] is None, answer
    assert "there is no form for a 'DataFrame'" in answer["cells"][1]["message"]
    assert answer["cells"][3]["status"] == "ok"


def test_objects_that_are_plain_values_can_be_in_a_frozenset(grade: Any) -> None:
    learner = """
import collections, enum
Point = collections.namedtuple("Point", "x y")
class C(enum.IntEnum):
    R = 1
    G = 2
def f(): return frozenset({C.R, C.G})
def g(): return {frozenset({Point(1, 2)}): "a", frozenset({Point(Point(1, 2), C.G)}): "b"}
def h(): return {C.R: frozenset({C.R}), Point(1, 2): {Point(3, 4)}}
"""
    test = """
assert f() == frozenset({1, 2}) and 1 in f() and C.G in f() and len(f()) == 2
assert g()[frozenset({(1, 2)})] == "a" and g()[frozenset({((1, 2), 2)})] == "b"
assert h() == {1: frozenset({1}), (1, 2): {(3, 4)}}
"""
    answer = grade(learner, ("test", test))
    assert passed(answer), answer


def test_an_array_keeps_its_memory(grade: Any) -> None:
    learner = """
import numpy as np
a = np.arange(4)
def f(): return a
def turn(): a.resize((2, 2), refcheck=False)
def grow(): a.resize(20_000, refcheck=False)
"""
    seen = "mine = f()\nview = mine[1:]\n"
    answer = grade(learner, ("test", seen + "turn()\nassert mine.tolist() == [[0, 1], [2, 3]]"), ("test", "grow()"))
    assert [cell["status"] for cell in answer["cells"][1:]] == ["passed", "failed"], answer
    assert "another number of items" in answer["cells"][2]["message"]


class Steps:
    """Looks like one of Python's iterators."""

    __module__ = "collections"

    def __iter__(self) -> Steps:
        return self

    def __next__(self) -> int:
        return 1


class Thing:
    """Looks like an object of a test's class."""

    __module__ = "__main__"

    def __init__(self) -> None:
        self.price = 3


def test_what_may_be_done_with_an_object_is_not_that_of_one_that_is_gone(tmp_path: Path) -> None:
    link = ExaminerLink(lambda data: data, Folder(tmp_path, protects=True), Recorder(), {})
    for number in range(2, 2000, 2):
        steps = Steps()
        link.describe(steps, number)
        place = id(steps)
        del steps
        thing = Thing()
        if id(thing) == place:
            break
    else:
        pytest.fail("no memory was used twice, so this shows nothing")
    link.describe(thing, link.mirror.number_of(thing))
    assert link.perform("get", [thing, "price"]) == 3
    with pytest.raises(TypeError, match="cannot be done"):
        link.perform("get", [Thing(), "price"])  # Of which the learner's code knows nothing.
