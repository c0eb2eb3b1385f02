"""What ``course check`` says about test cells that cannot work, or that prove nothing."""

from __future__ import annotations

import pytest

from doorstart_examiner.examiner.traps import traps

LEARNER = """
import math
def total(numbers):
    return rate * 2 + math.fsum(numbers)
def sum(numbers):
    return 0
class Stock:
    pass
rate = 0.21
"""


@pytest.mark.parametrize(
    ("test", "line", "level", "says"),
    [
        ("x = 1\nassert sum([1]) == 1", 2, "error", "Python's own"),
        ("assert get_ipython() is not None", 1, "error", "get_ipython"),
        ("x = 1\n%matplotlib inline", 2, "error", "% and !"),
        ("!ls", 1, "error", "% and !"),
        ("files = !ls", 1, "error", "% and !"),
        ("assert _ == 3", 1, "error", "IPython"),
        ("assert Out[1] == 3", 1, "error", "IPython"),
        ("assert 'total' in globals()", 1, "error", "globals()"),
        ("assert locals()['total']", 1, "error", "locals()"),
        ("import inspect\nassert 'for' in inspect.getsource(total)", 2, "error", "source of total"),
        ("from unittest.mock import patch\nwith patch('__main__.total'):\n    pass", 2, "error", "__main__.total"),
        (
            ("from unittest import mock\nwith mock.patch('random.randint', return_value=3):\n    pass"),
            2,
            "error",
            "random.randint",
        ),
        ("from unittest import mock\nmock.patch.object(time, 'sleep').start()", 2, "error", "time.sleep"),
        ("import random\nrandom.randint = lambda a, b: 3", 2, "error", "random.randint"),
        ("class Special(Stock):\n    pass", 1, "error", "subclass of Stock"),
        ("assert total([1]) == total([2])", 1, "warning", "plain data"),
        ("assert total([1]) == rate", 1, "warning", "(rate)"),
        ("await total([1])", 1, "error", "await"),
        ("from not_installed_anywhere import *", 1, "error", "import *"),
        ("import time\nstart = time.time()", 2, "warning", "chance"),
        ("rate = 0.5\nassert total([1]) == 2", 1, "error", "reads rate"),
        ("data = [2, 1]\nassert total(data) == len(data)", 2, "warning", "Compute it before"),
        ("x = = 2", 1, "error", "not Python"),
    ],
)
def test_each_trap_is_found_in_its_line(test: str, line: int, level: str, says: str) -> None:
    found = [trap for trap in traps([("learner", LEARNER), ("test", test)]) if says in trap.reason]
    assert [(trap.cell, trap.line, trap.level) for trap in found] == [(1, line, level)]


@pytest.mark.parametrize(
    "test",
    [
        "assert total([1, 2]) == 3",
        "got = total([1])\nassert got == 1, f'It returned {got}.'",
        "from unittest.mock import patch\nwith patch('builtins.input', return_value='1'):\n    total([1])",
        "import io, sys\nsys.stdout = io.StringIO()",
        "from math import *\nassert sqrt(4) == 2",
        "class Helper:\n    pass\nclass Other(Helper):\n    pass",
        "stock = Stock()\nassert isinstance(stock, Stock)",
        "for _ in range(3):\n    total([_])",
        "def sum(numbers):\n    return 1\nassert sum([]) == 1",
        "data = [1, 2]\ntotal(data)\nassert data == [1, 2]",
        "async def wait():\n    await something()",
    ],
)
def test_honest_tests_have_none(test: str) -> None:
    assert traps([("learner", LEARNER), ("test", test)]) == []


def test_a_name_of_an_earlier_test_hides_the_learners() -> None:
    cells = [("test", "total = 3"), ("learner", LEARNER), ("test", "assert total([1]) == 1")]
    (trap,) = traps(cells)
    assert (trap.cell, trap.line, trap.level) == (2, 1, "error")
    assert "earlier test cell" in trap.reason


def test_learner_cells_with_commands_are_read() -> None:
    cells = [("learner", "%matplotlib inline\ndef max(a):\n    return a"), ("test", "assert max([1]) == [1]")]
    assert len(traps(cells)) == 1


def test_a_learner_cell_that_is_not_python_does_no_harm() -> None:
    assert traps([("learner", "def ("), ("test", "assert f(1) == 2")]) == []
