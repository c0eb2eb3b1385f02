"""What a failed check says, to whom, and what it never says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from doorstart_examiner.examiner.words import clean, short
from doorstart_grading import kinds, language

TOTAL = "def total(numbers, factor=1):\n    return 4\nrate = 0.5\ndef broken(x):\n    return {}['zebra' + str(x)]\n"


def check(grade: Any, test: str, learner: str = TOTAL, **options: Any) -> dict[str, Any]:
    """The check of a test that fails."""
    answer = grade(learner, ("test", test), **options)["cells"][1]
    assert answer["status"] == "failed", answer
    found: dict[str, Any] = answer["check"]
    return found


def hidden(test: str) -> str:
    return f"# Checked after you submit.\n### BEGIN HIDDEN TESTS\n{test}\n### END HIDDEN TESTS"


def test_a_visible_check_says_what_was_called_and_what_came_back(grade: Any) -> None:
    found = check(grade, "# Check\nassert total([1, 2], factor=3) == 3, 'Add them up.'")
    assert found["line"] == 2
    assert not found["hidden"]
    assert found["learner"] == {
        "called": "total([1, 2], factor=3)",
        "came_back": "4",
        "expected": None,
        "message": "Add them up.",
        "next_step": None,
    }
    assert found["instructor"]["expected"] == "3"
    assert found["instructor"]["source"] == "assert total([1, 2], factor=3) == 3, 'Add them up.'"


def test_the_author_shows_what_is_expected_and_a_next_step(grade: Any) -> None:
    test = "got = total([1])\n# next: look at the start value\nassert got == 3  # show: expected"
    assert check(grade, test)["learner"] == {
        "called": "total([1])",
        "came_back": "4",
        "expected": "3",
        "message": None,
        "next_step": "look at the start value",
    }


def test_a_hidden_check_tells_kinds_and_no_values(grade: Any) -> None:
    found = check(grade, hidden("assert total([8171, 9262]) == 17433, 'Try it with large numbers.'"))
    assert found["hidden"]
    assert found["learner"] == {
        "called": "`total` with a list of 2 items",
        "came_back": "a number",
        "expected": None,
        "message": "Try it with large numbers.",
        "next_step": None,
    }
    assert "17433" in json.dumps(found["instructor"])


@pytest.mark.parametrize(
    ("mark", "called", "expected"),
    [("call", "total([8171])", None), ("expected", "total([8171])", "9"), ("call, expected", "total([8171])", "9")],
)
def test_an_author_opens_a_hidden_check(mark: str, called: str, expected: str | None, grade: Any) -> None:
    learner = check(grade, hidden(f"# show: {mark}\nassert total([8171]) == 9"))["learner"]
    assert (learner["called"], learner["came_back"], learner["expected"]) == (called, "4", expected)


@pytest.mark.parametrize(
    "test",
    [
        "assert total([8171]) == 'secret-17433'",
        "import unittest\nunittest.TestCase().assertEqual(total([8171]), 'secret-17433')",
        "import pandas as pd\npd.testing.assert_series_equal(pd.Series([total([8171])]), pd.Series(['secret-17433']))",
        "import numpy as np\nnp.testing.assert_array_equal(np.array([total([8171])]), np.array([17433]))",
        "expected = {'secret': 17433}\nfor n in [8171]:\n    got = total([n])\n    assert got == expected",
        "def compare(got, expected):\n    assert got == expected\ncompare(total([8171]), 17433)",
        "import pytest\nwith pytest.raises(ValueError, match='17433'):\n    total([8171])",
        "broken(8171)",
        "assert total([8171])['17433']",
        "raise ValueError(17433) if total([8171]) == 4 else None",
    ],
)
def test_the_learners_part_of_a_hidden_check_has_nothing_of_the_test(test: str, grade: Any) -> None:
    text = json.dumps(check(grade, hidden(test))["learner"])
    for secret in ("17433", "8171", "secret", "zebra"):
        assert secret not in text


def test_values_of_a_hidden_test_do_not_come_back_as_names_or_sizes(grade: Any) -> None:
    """A learner's function puts what it was given into the name of a class, the text of an error, the length of a
    list.
    """
    learner = """
def name(x): return type(f"Got_{x}", (), {})()
def error(x): raise type(f"Got_{x}", (ValueError,), {})(f"it was {x}")
def size(x): return [0] * x
def text(x): return "x" * x
def function(x):
    def f(): pass
    f.__name__ = f"got_{x}"
    return f
"""
    for function in ("name", "error", "size", "text", "function"):
        text = json.dumps(check(grade, hidden(f"assert {function}(8171) == 3"), learner)["learner"])
        assert "8171" not in text, text


def test_a_helper_of_an_earlier_hidden_cell_stays_hidden(grade: Any) -> None:
    helper = hidden("def compare(got):\n    assert got == 17433")
    answer = grade(TOTAL, ("test", helper), ("test", "compare(total([8171]))"))["cells"][2]
    assert answer["check"]["hidden"]
    assert "8171" not in json.dumps(answer["check"]["learner"])


def test_an_exception_of_the_learners(grade: Any) -> None:
    found = check(grade, "assert broken(1) == 3")
    assert found["learner"]["came_back"] == "a KeyError: 'zebra1'"
    assert found["instructor"]["error"] == "a KeyError: 'zebra1'"


def test_a_name_that_is_not_there(grade: Any) -> None:
    found = check(grade, "assert nowhere([1]) == 3")
    assert found["learner"]["message"] == "a NameError: name 'nowhere' is not defined"


def test_a_variable(grade: Any) -> None:
    learner = check(grade, "assert total([1]) == 4\nassert rate == 0.21")["learner"]
    assert (learner["called"], learner["came_back"]) == ("rate", "0.5")


def test_a_method(grade: Any) -> None:
    code = "class Stock:\n    def add(self, name, n):\n        return n\nstock = Stock()"
    assert check(grade, "assert stock.add('A', 3) == 4", code)["learner"]["called"] == "stock.add('A', 3)"
    assert check(grade, "s = Stock()\nassert s.add('A', 3) == 4", code)["learner"]["called"] == "Stock.add('A', 3)"


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ("assert 3 == total([1])", "3"),
        ("assert total([1]) > 5", "more than 5"),
        ("assert abs(total([1]) - 3.5) < 0.01", "about 3.5"),
        ("assert total([1]) in (1, 2)", "one of (1, 2)"),
        ("assert total([1]) != 4", "not 4"),
        ("assert total([1]) == 4 and total([2]) == 5", "5"),
        ("import unittest\nunittest.TestCase().assertEqual(total([1]), 3)", "3"),
        ("import numpy as np\nassert np.isclose(total([1]), 3)", "3"),
        ("want = [1]\nassert total([1]) == want", "[1]"),
        ("assert total([1]) is None", "None"),
        ("assert not total([1])", None),
    ],
)
def test_what_was_expected(test: str, expected: str | None, grade: Any) -> None:
    assert check(grade, test)["instructor"]["expected"] == expected


def test_the_text_of_unittests_author_is_shown(grade: Any) -> None:
    found = check(
        grade, hidden("import unittest\nunittest.TestCase().assertEqual(total([1]), 17433, 'Look at the sum.')")
    )
    assert found["learner"]["message"] == "Look at the sum."


def test_an_object_where_plain_data_belongs_is_explained_to_the_instructor(grade: Any) -> None:
    found = check(
        grade, "assert f() == 4", "class Money:\n    def __eq__(self, o): return True\ndef f(): return Money()"
    )
    assert "class Money" in found["instructor"]["message"]


def test_long_and_odd_texts_are_made_harmless(grade: Any) -> None:
    learner = (
        'def f(n): return "<script>alert(1)</script>\\x1b[2J\\u202e" * n\n'
        'def g(): raise ValueError("![x](http://a/b)\\n" * 99)'
    )
    for test in (
        "got = f(900)\nassert got == 1, f'It returned {got}.'",
        "assert f(900) == 1",
        "g()",
        hidden("assert f(9) == 1, f(9)"),
    ):
        found = check(grade, test, learner)
        for part in ("learner", "instructor"):
            text = "".join(value or "" for key, value in found[part].items() if key != "source")
            assert "<script" not in text and "\x1b" not in text and "\u202e" not in text and "](" not in text
            assert all(len(value or "") < 700 for key, value in found[part].items() if key != "source")


def test_no_address_is_in_a_report(grade: Any) -> None:
    found = check(grade, "assert f() == g", "class A: pass\ndef f(): return [A()]\ng = lambda: A()")
    assert "0x" not in json.dumps(found)


def test_the_same_twice_says_the_same(grade: Any) -> None:
    learner = TOTAL + "import random\ndef roll(): return {random.random(), 'b', 'a'}"
    test = ("test", "assert roll() == {1}")
    one, other = grade(learner, test), grade(learner, test)
    del one["usage"], other["usage"]  # how long it took
    assert one == other


@pytest.mark.parametrize(
    ("test", "status"),
    [
        ("def (:", "error"),
        ("%time total([1])", "error"),
        ("import not_there_at_all_xyz", "failed"),
        ("undefined = {}['x']", "error"),
        ("1 / 0", "error"),
        ("total([1]) / 0", "failed"),
        ("assert total([1]) == 4", "passed"),
        ("", "passed"),
        ("# only a comment", "passed"),
    ],
)
def test_a_broken_test_is_the_authors(test: str, status: str, grade: Any) -> None:
    assert grade(TOTAL, ("test", test))["cells"][1]["status"] == status


def test_clean_keeps_ordinary_text() -> None:
    assert clean("Ça coûte 3 < 4 € ✓ and “so” on") == "Ça coûte 3 < 4 € ✓ and “so” on"
    assert clean("<object at 0x7f1234567890>") == "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}object>"
    assert clean("a\nb\nc\nd\ne") == "a\nb\nc\nd…"
    assert clean("x" * 301) == "x" * 300 + "…"
    assert short("a\x00b") == "'a\\x00b'"
    assert short(10**5000) == "a number"


GONE = {
    "a test that does not end": ("def f(x):\n    return x", "f(1)\nwhile True:\n    pass"),
    "a value that cannot go": (TOTAL, "import threading\ntotal([1])\nassert total(threading.Lock()) == 1"),
    "an object that is not believed": ("class Bike: pass\ndef f(x): return Bike()", "assert f(1) + 1 == 2"),
    "a class": ("class Bike: pass", "assert Bike == 2"),
}


@pytest.mark.parametrize("is_hidden", [True, False])
@pytest.mark.parametrize("case", GONE)
def test_why_the_code_could_not_go_on_is_said_in_other_languages(case: str, is_hidden: bool, grade: Any) -> None:
    code, test = GONE[case]
    found = check(grade, hidden(test) if is_hidden else test, code, limits={"test_seconds": 2})["learner"]
    dutch, english = language.of("nl"), language.of("en")
    say = kinds.said if is_hidden else kinds.shown
    told = [text for text in (found["came_back"], found["message"]) if text]
    assert told
    for text in told:
        assert say(text, english) == text
        assert say(text, dutch) != text or text in ("1", "a number"), text
