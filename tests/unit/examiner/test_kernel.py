"""The learner kernel: cells as in a notebook, outputs, limits, and what it survives."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from doorstart_examiner.local import Nursery

ENDED = {"limits": {"cell_seconds": 1, "test_seconds": 1}}


def outputs(grade: Any, *cells: str, **options: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = grade(*cells, **options)["cells"][-1]["outputs"]
    return found


def test_streams_are_merged_and_in_order(grade: Any) -> None:
    code = "import sys\nprint('a')\nprint('b')\nprint('c', file=sys.stderr)\nprint('d')"
    assert outputs(grade, code) == [
        {"output_type": "stream", "name": "stdout", "text": "a\nb\n"},
        {"output_type": "stream", "name": "stderr", "text": "c\n"},
        {"output_type": "stream", "name": "stdout", "text": "d\n"},
    ]


def test_results_and_display_data(grade: Any) -> None:
    code = "import pandas as pd\nt = pd.DataFrame({'a': [1]})\ndisplay(t)\nt"
    shown, result = outputs(grade, "1", code)
    assert shown["output_type"] == "display_data"
    assert result["output_type"] == "execute_result"
    assert result["execution_count"] == 2
    assert set(result["data"]) == {"text/plain", "text/html"} == set(shown["data"])


def test_figures_are_shown_at_the_end_of_a_cell(grade: Any) -> None:
    (figure,) = outputs(grade, "import matplotlib.pyplot as plt\nfig = plt.figure()\nplt.plot([1, 2]);")
    assert figure["output_type"] == "display_data"
    assert base64.b64decode(figure["data"]["image/png"]).startswith(b"\x89PNG")


def test_figures_of_a_test_do_not_appear_in_the_next_cell(grade: Any) -> None:
    learner = "import matplotlib.pyplot as plt\ndef f():\n    plt.plot([1])\n    return plt.gca()"
    cells = grade(learner, ("test", "assert len(f().lines) == 1"), "1")["cells"]
    assert [output["output_type"] for output in cells[2]["outputs"]] == ["execute_result"]


def test_errors_are_as_in_ipython(grade: Any) -> None:
    answer = grade("def f():\n    return 1 / 0\nf()", "2")["cells"]
    assert answer[0]["status"] == "error"
    (error,) = answer[0]["outputs"]
    assert (error["output_type"], error["ename"], error["evalue"]) == ("error", "ZeroDivisionError", "division by zero")
    assert "in f()" in re.sub("\x1b[^m]*m", "", "".join(error["traceback"]))
    assert answer[1]["status"] == "ok"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("%time x = 1\nprint('after')", "after\n"),
        ("!echo shell; echo err >&2", "shell\n"),
        ("files = !echo one\nprint(files[0])", "one\n"),
        ("import asyncio\nasync def f():\n    await asyncio.sleep(0)\n    return 3\nprint(await f())", "3\n"),
        ("%%capture out\nprint('no')", ""),
        ("import subprocess\nsubprocess.run(['echo', 'child'])\nprint('then')", "child\n"),
        ("import os\nos.write(1, b'low\\n');", "low\n"),
        ("import ctypes\nctypes.CDLL(None).write(1, b'c\\n', 2);", "c\n"),
        ("print('köln \\ud800 ✓')", "köln ? ✓\n"),
        ("print(type(get_ipython()).__name__)", "Shell\n"),
        ("print(In[1][:5], Out, _)", "print {} \n"),
        ("import sys\nprint(sys.stdin.isatty(), sys.stdout.isatty())", "False False\n"),
        ("import random, numpy as np\nprint(random.randint(1, 99), np.random.randint(1, 99))", "50 45\n"),
        ("import os\nprint(os.path.basename(os.getcwd()) in os.getcwd(), os.listdir())", "True []\n"),
    ],
)
def test_what_notebooks_do(code: str, text: str, grade: Any) -> None:
    answer = grade(code)["cells"][0]
    assert answer["status"] == "ok", answer
    found = "".join(o["text"] for o in answer["outputs"] if o.get("name") == "stdout")
    assert found == text or (text and text in found), answer


def test_input_is_refused_clearly(grade: Any) -> None:
    (error,) = outputs(grade, "name = input('Name? ')")
    assert error["ename"] == "EOFError"
    assert "asks for input" in error["evalue"]


def test_modules_beside_the_notebook_are_found_after_pythons_own(grade: Any) -> None:
    files = {"shop.py": b"rate = 0.21\nclass Stock:\n    n = 1", "json.py": b"1/0", "data/a.csv": b"x"}
    learner = "import shop, json\nprint(shop.rate, json.dumps([]), open('data/a.csv').read())"
    test = ("test", "import shop\nfrom shop import Stock, rate\nassert shop.rate == rate == 0.21 and Stock().n == 1")
    cells = grade(learner, test, files=files)["cells"]
    assert cells[0]["outputs"][0]["text"] == "0.21 [] x\n"
    assert cells[1]["status"] == "passed", cells[1]


@pytest.mark.parametrize(
    "flood",
    [
        "while n < 3000:\n    print('x' * 10000)\n    n += 1",
        "import os\nwhile n < 300:\n    os.write(1, b'x' * 100000)\n    n += 1",
        "import subprocess\nsubprocess.run('head -c 30000000 /dev/zero', shell=True)",
        "!head -c 30000000 /dev/zero",
        "print('x' * 30_000_000)",
        "from IPython.display import HTML\nfor _ in range(300):\n    display(HTML('x' * 100000))",
        "'x' * 30_000_000",
        "raise ValueError('x' * 30_000_000)",
    ],
)
def test_a_flood_of_output_is_cut(flood: str, grade: Any) -> None:
    answer = grade("n = 0\n" + flood, "print('next')", limits={"output_bytes": 100_000})
    first, second = answer["cells"]
    assert len(json.dumps(first["outputs"], ensure_ascii=False).replace("\\u0000", "0")) < 120_000
    assert "cut" in first["message"]
    assert second["outputs"][0]["text"] == "next\n"


def test_the_end_of_a_cells_output_is_there(grade: Any) -> None:
    """What a child wrote just before the cell ended is not lost, and does not come with the next cell."""
    for _ in range(5):
        cells = grade("import subprocess\nsubprocess.run('for i in $(seq 500); do echo $i; done', shell=True);", "1")[
            "cells"
        ]
        assert cells[0]["outputs"][0]["text"].endswith("499\n500\n")
        assert len(cells[1]["outputs"]) == 1


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("while True:\n    pass", "timeout"),
        ("import time\ntime.sleep(60)", "timeout"),
        (
            (
                "def spin():\n    while True:\n        pass\nwhile True:\n    try:\n        spin()\n"
                "    except KeyboardInterrupt:\n        pass"
            ),
            "ended",
        ),
        ("import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True:\n    pass", "ended"),
        ("import os\nos._exit(3)", "ended"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "ended"),
    ],
)
def test_a_cell_that_does_not_end(code: str, status: str, grade: Any) -> None:
    answer = grade("x = 1", code, "print(x)", ("test", "assert x == 1"), **ENDED)
    cells = answer["cells"]
    assert cells[1]["status"] == status
    if status == "timeout":
        assert cells[1]["outputs"][-1]["ename"] == "KeyboardInterrupt"
        assert [cell["status"] for cell in cells[2:]] == ["ok", "passed"]
    else:
        assert [cell["status"] for cell in cells[2:]] == ["not-run", "not-run"]
        assert answer["kernel"]["ended"]


@pytest.mark.parametrize(
    ("learner", "test"),
    [
        ("def f():\n    while True: pass", "f()"),
        ("def f():\n    while True: pass", "try:\n    f()\nexcept BaseException:\n    pass\nassert f2() == 1"),
        ("def f(g):\n    while True: g()", "f(lambda: 1)"),
        (
            (
                "def f(g):\n    while True:\n        try:\n            g()\n        "
                "except BaseException:\n            pass"
            ),
            "f(lambda: 1)",
        ),
        ("def f():\n    while True: yield 1", "n = 0\nfor x in f():\n    n += 1"),
        ("def f():\n    while True: yield 1", "list(f())"),
        ("f = 1", "while True:\n    pass"),
        ("f = 1", "while True:\n    try:\n        f\n    except BaseException:\n        pass"),
        ("def f(): import os; os._exit(0)", "f()"),
        ("def f(): return [0] * 10 ** 8", "assert len(f()) == 10 ** 8"),
        ("def f(): return 'x' * 10 ** 8", "assert len(f()) == 10 ** 8"),
        ("def f():\n    x = []\n    for _ in range(10 ** 5): x = [x]\n    return x", "assert f() == []"),
        ("def f():\n    x = ()\n    for _ in range(1000): x = (x,)\n    return x", "assert f() == ()"),
        ("def f(): return 10 ** 10 ** 6", "assert f() == 1"),
        ("def f(g): return g(g)", "f(lambda g: f(g))"),
        (
            (
                "class A:\n    def __getattr__(self, n): return A()\n    "
                "def __iter__(self): return self\n    def __next__(self): return 1"
            ),
            "sum(A())",
        ),
    ],
)
def test_an_operation_that_does_not_end_or_is_too_large(learner: str, test: str, grade: Any) -> None:
    begun = time.monotonic()
    answer = grade(learner, ("test", test), limits={"cell_seconds": 2, "test_seconds": 2})
    assert answer["cells"][1]["status"] in ("failed", "error"), answer
    assert time.monotonic() - begun < 20


def test_a_large_value_that_fits_comes_back(grade: Any) -> None:
    learner = "import numpy as np\ndef f(): return np.arange(1_000_000)\ndef g(): return list(range(200_000))"
    test = "assert f().sum() == 499999500000 and sum(g()) == 19999900000"
    assert grade(learner, ("test", test))["cells"][1]["status"] == "passed"


def test_a_signal_while_nothing_runs_does_nothing(nursery: Nursery, tmp_path: Path) -> None:
    channel, process = nursery.fork("kernel", tmp_path)
    channel.send(b"X", b'{"source": "1", "output_bytes": 1000}')
    channel.receive(30)
    for _ in range(20):
        os.kill(process, signal.SIGINT)
    channel.send(b"X", b'{"source": "2", "output_bytes": 1000}')
    assert b'"text/plain": "2"' in channel.receive(30)[1]
    channel.close()


def test_names_of_earlier_test_cells(grade: Any) -> None:
    cells = grade(
        "def f(x): return x + 1",
        ("test", "def check(n): assert f(n) == n + 1\nbase = [1]\nclass Case: n = 3"),
        "def check(n): pass\nbase = 0\ndef f(x): return x",
        ("test", "check(1)"),
        ("test", "assert base == [1] and Case.n == 3"),
        ("test", "from decimal import Decimal"),
        ("test", "assert f(Decimal(1)) == Decimal(1)"),
    )["cells"]
    assert [cell["status"] for cell in cells if cell["kind"] == "test"] == [
        "passed",
        "failed",
        "passed",
        "passed",
        "passed",
    ]


def test_imports_of_the_instructor_come_first(grade: Any) -> None:
    learner = "class np:\n    allclose = staticmethod(lambda *a: True)\nclass pd:\n    pass\ndef f(): return 1"
    test = ("test", "assert np.allclose(f(), 2)")
    imports = ("import numpy as np", "import pandas as pd", "import not_there_anywhere")
    assert grade(learner, test, imports=imports)["cells"][1]["status"] == "failed"


def test_what_the_learner_names_like_a_builtin_is_not_used(grade: Any) -> None:
    learner = "def len(x): return 3\ndef isinstance(*a): return True\nsum = lambda x: 5\ndef f(): return []"
    test = ("test", "assert len(f()) == 0 and not isinstance(f(), int) and sum([1]) == 1")
    assert grade(learner, test)["cells"][1]["status"] == "passed"


def test_a_subclass_of_a_learners_class_is_refused_with_a_reason(grade: Any) -> None:
    answer = grade("class A: pass", ("test", "class B(A):\n    pass"))["cells"][1]
    assert "subclass of A" in answer["check"]["instructor"]["message"]


def test_what_cannot_be_passed_is_refused_with_a_reason(grade: Any) -> None:
    answer = grade("def f(x): return x", ("test", "import numpy as np\nf(np.random.default_rng(1))"))["cells"][1]
    assert "Generator" in answer["message"]


def test_functions_of_a_test_are_called_and_not_looked_into(grade: Any) -> None:
    learner = """
def look(thing):
    found = []
    for name in dir(thing) + ["__globals__", "__code__", "__closure__", "__self__", "__class__", "gi_frame", "f_back",
                              "func", "args", "__dict__", "__init__", "__reduce__"]:
        try:
            value = getattr(thing, name)
        except (AttributeError, TypeError):
            continue
        found.append((name, "zebra" in str(value)))
    return [name for name, seen in found if seen]
"""
    test = (
        "secret = 'zebra'\nimport functools, io\nclass Thing:\n    def __init__(self): self._own = secret\n"
        "    def m(self): return secret\n"
        "for thing in [lambda: secret, functools.partial(print, secret), (secret for _ in 'a'), Thing(), Thing().m]:\n"
        "    assert look(thing) == [], thing"
    )
    answer = grade(learner, ("test", test))["cells"][1]
    assert answer["status"] == "passed", answer


def test_a_test_with_threads(grade: Any) -> None:
    test = (
        "from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor(4) as pool:\n"
        "    assert sorted(pool.map(f, range(20))) == list(range(1, 21))"
    )
    assert grade("def f(x): return x + 1", ("test", test))["cells"][1]["status"] == "passed"


def test_too_many_files_are_left_out_and_the_instructor_is_told(grade: Any) -> None:
    learner = "for n in range(400):\n    open(f'{n}.txt', 'w').write('x')\ndef f(): return 1"
    cells = grade(learner, ("test", "assert f() == 1"), ("test", "assert f() == 2"))["cells"]
    assert [cell["status"] for cell in cells[1:]] == ["passed", "failed"]


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("10 ** 10 ** 6", "an int of more than"),
        ("'x' * 10 ** 8", "a str of more than"),
        ("b'x' * 10 ** 8", "bytes"),
        ("tuple(range(10 ** 6 + 1))", "values"),
        ("__import__('functools').reduce(lambda x, _: (x,), range(1000), ())", "too deep"),
        ("__import__('functools').reduce(lambda x, _: [x], range(100_000), [])", "too deep"),
        ("__import__('functools').reduce(lambda x, _: {1: x}, range(100_000), {})", "too deep"),
    ],
)
def test_what_is_too_large_is_told_and_the_next_test_runs(value: str, why: str, grade: Any) -> None:
    answer = grade("n = 5", f"def f(): return {value}", ("test", "f() == 1"), ("test", "assert n == 5"), "m = 6")
    assert answer["kernel"]["ended"] is None
    assert [cell["status"] for cell in answer["cells"][2:]] == ["failed", "passed", "ok"]
    assert why in answer["cells"][2]["message"]


@pytest.mark.parametrize("ends", ["lambda: 1 / 0", "__import__('sys').exit"])
def test_what_is_raised_after_a_test_says_nothing_of_an_earlier_one(ends: str, grade: Any) -> None:
    learner = f"import matplotlib.pyplot as plt\nplt.get_fignums = {ends}\ndef f(): return 1"
    hidden = (
        "import unittest\n### BEGIN HIDDEN TESTS\nunittest.TestCase().assertEqual([f()], [4711])\n### END HIDDEN TESTS"
    )
    answer = grade(learner, ("test", hidden), ("test", "assert f() == 1"), ("test", "assert f() == 1"), "2")
    assert answer["kernel"]["ended"] is None
    assert [cell["status"] for cell in answer["cells"][1:]] == ["failed", "failed", "failed", "ok"]
    for cell in answer["cells"][1:4]:
        assert "4711" not in json.dumps(cell["check"]["learner"])
    for cell in answer["cells"][2:4]:
        assert "4711" not in json.dumps(cell)


def test_text_of_a_subclass_in_a_table_is_text(grade: Any) -> None:
    learner = (
        "import enum\nimport numpy as np\nimport pandas as pd\n"
        "class Size(enum.StrEnum):\n    S = 'small'\n"
        "class Loud(str):\n    def __str__(self): return 'loud'\n"
        "names = [np.str_('a'), Size.S, Loud('b')]\n"
        "def f(): return pd.Series(names, index=pd.Index(names, dtype='str'), dtype='str')\n"
        "def g(): return pd.DataFrame([[1, 2, 3]], columns=pd.Index(names, dtype='str'))"
    )
    test = (
        "names = ['a', 'small', 'b']\nassert f().tolist() == names and f().index.tolist() == names\n"
        "assert g().columns.tolist() == names and g()['small'].tolist() == [2]"
    )
    answer = grade(learner, ("test", test))
    assert answer["cells"][1]["status"] == "passed", answer
