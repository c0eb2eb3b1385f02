"""Learner's code that lies: objects that are equal to everything, and a learner kernel that is no longer ours.

All of these pass, or do harm, where tests run in the learner's own process.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy
import pytest

from doorstart_examiner.examiner import Examiner, KernelGone
from doorstart_examiner.values import dumps, encode

HIDDEN = ("### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS")

LIAR = """
class Liar:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    __lt__ = __le__ = __gt__ = __ge__ = __contains__ = lambda self, other: True
    def __hash__(self): return hash(4)
    def __bool__(self): return True
    def __len__(self): return 4
    def __iter__(self): return iter([self] * 4)
    def __getitem__(self, key): return self
    def __getattr__(self, name): return lambda *a, **k: True
    def __call__(self, *a, **k): return True
    def __sub__(self, other): return 0.0
    def __rsub__(self, other): return 0.0
    __add__ = __radd__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __sub__
    def __abs__(self): return 0.0
    def __round__(self, n=0): return self
    def __instancecheck__(self, other): return True
    __class__ = int
class Lying(list):
    def __eq__(self, other): return True
    def __contains__(self, item): return True
    def __lt__(self, other): return True
    __gt__ = __le__ = __ge__ = __lt__
    def equals(self, other): return True
class Text(str):
    def __eq__(self, other): return True
    def __hash__(self): return hash("right")
    def __contains__(self, item): return True
    def startswith(self, *a): return True
    def __str__(self): return self
class Number(float):
    def __eq__(self, other): return True
    def __hash__(self): return 4
    def __sub__(self, other): return Number(0)
    def __rsub__(self, other): return 0.0
    def __abs__(self): return 0.0
    def __lt__(self, other): return True
    __gt__ = __le__ = __ge__ = __lt__
class Kind(type):
    def __eq__(self, other): return True
    def __instancecheck__(self, other): return True
    def __subclasscheck__(self, other): return True
    def __hash__(self): return 1
class Anything(metaclass=Kind):
    def __eq__(self, other): return True
class AllErrors(Exception, metaclass=Kind):
    pass
def f(*a, **k): return Liar()
def items(*a): return Lying([1])
def text(*a): return Text("wrong")
def number(*a): return Number(1)
def many(*a): return [Liar(), Liar()]
def table(*a): return {"a": Liar(), Liar(): 4}
def anything(*a): return Anything()
def fail(*a): raise AllErrors("x")
def kind(*a): return AllErrors
"""

WRONG = [
    "assert f(2) == 4",
    "assert 4 == f(2)",
    "assert not f(2) != 4",
    "assert f(2) > 3",
    "assert 3 < f(2)",
    "assert abs(f(2) - 4.0) < 0.001",
    "assert abs(4.0 - f(2)) < 0.001",
    "assert f(2) in [1, 4]",
    "assert f(2) in {1, 4}",
    "assert f(2) in {4: 'x'}",
    "assert {4: 'x'}[f(2)] == 'x'",
    "assert 4 in f(2)",
    "assert f(2).equals([4])",
    "assert f(2).startswith('x')",
    "assert (f(2) == 4).all()",
    "import math\nassert math.isclose(f(2), 4)",
    "import numpy as np\nassert np.allclose(f(2), 4)",
    "import numpy as np\nassert np.array_equal(f(2), [4])",
    "import numpy as np\nassert (np.array([4]) == f(2)).all()",
    "import numpy as np\nnp.testing.assert_allclose(f(2), [4.0])",
    "import pandas as pd\npd.testing.assert_frame_equal(f(2), pd.DataFrame({'a': [1]}))",
    "import pandas as pd\nassert pd.DataFrame({'a': [1]}).equals(f(2))",
    "import pandas as pd\nassert pd.Series([4]).eq(f(2)).all()",
    "import unittest\nunittest.TestCase().assertEqual(f(2), 4)",
    "import unittest\nunittest.TestCase().assertAlmostEqual(f(2), 4.0)",
    "import unittest\nunittest.TestCase().assertIn(4, f(2))",
    "import unittest\nunittest.TestCase().assertCountEqual(f(2), [4])",
    "import pytest\nassert f(2) == pytest.approx(4.0)",
    "assert isinstance(f(2), int)",
    "assert type(f(2)) is int",
    "assert f(2) is True",
    "assert sum([f(2), 1]) == 5",
    "assert max(f(2), 3) == 4",
    "assert sorted([f(1), 3, f(2)]) == [1, 3, 4]",
    "assert round(f(2), 2) == 4.0",
    "assert str(f(2)) == '4'",
    "assert f'{f(2)}' == '4'",
    "assert '4'.startswith(f(2))",
    "match f(2):\n    case 4:\n        pass\n    case _:\n        assert False",
    "match f(2):\n    case int():\n        pass\n    case _:\n        assert False",
    "match f(2):\n    case [a, b, c, d]:\n        assert a == 1\n    case _:\n        assert False",
    "assert items(1) == [4]",
    "assert [4] == items(1)",
    "assert 4 in items(1)",
    "assert items(1) > [3]",
    "assert items(1).equals([4])",
    "assert text() == 'right'",
    "assert text() in ['right']",
    "assert text() in {'right'}",
    "assert 'right' in text()",
    "assert text().startswith('right')",
    "assert f'{text()}' == 'right'",
    "assert str(text()) == 'right'",
    "assert number() == 4",
    "assert number() > 3",
    "assert abs(number() - 4) < 0.1",
    "assert abs(4 - number()) < 0.1",
    "import math\nassert math.isclose(number(), 4)",
    "assert many() == [4, 4]",
    "assert set(many()) == {4}",
    "assert table() == {'a': 4, 4: 4}",
    "assert table()['a'] == 4",
    "assert anything() == 4",
    "assert anything in [4]",
    "assert isinstance(4, Anything) and 4 == 5 or isinstance(4, Anything)",
    "try:\n    raise ValueError('of the test')\nexcept kind():\n    pass",
    "try:\n    f.nothing_wrong = 1\n    assert f(1) == 1\nexcept AssertionError as error:\n    assert error == 4",
]


@pytest.mark.parametrize("test", WRONG)
def test_an_object_is_not_what_it_claims_to_be(test: str, grade: Any) -> None:
    # An object that contains itself for ever is searched for as long as a test may take.
    cells = grade(LIAR, ("test", test), limits={"test_seconds": 3})["cells"]
    assert cells[0]["status"] == "ok", cells[0]
    assert cells[1]["status"] in ("failed", "error"), cells[1]


def test_a_class_that_the_test_names_may_answer_for_itself(grade: Any) -> None:
    learner = "class Bag:\n    def __contains__(self, item):\n        return True\ndef make():\n    return Bag()"
    assert grade(learner, ("test", "assert 4 in Bag()"))["cells"][1]["status"] == "passed"
    assert grade(learner, ("test", "assert 4 in make()"))["cells"][1]["status"] == "failed"


@pytest.mark.parametrize(
    "attack",
    [
        "import builtins\nbuiltins.AssertionError = Exception\nbuiltins.__import__ = None\nbuiltins.len = lambda x: 3",
        "import sys\nsys.modules['doorstart_examiner.values'].encode = None",
        "get_ipython().input_transformers_cleanup.append(lambda lines: ['pass\\n'])",
        "get_ipython().events.register('pre_run_cell', lambda info: print(info.raw_cell))",
        (
            "import gc\nfrom doorstart_examiner.kernel.objects import KernelLink\n"
            "KernelLink.operate = lambda self, payload: b'[]'"
        ),
        (
            "from doorstart_examiner.kernel.objects import KernelLink\n"
            "KernelLink.serve = lambda self, head: self.send(('value', True))"
        ),
        (
            "from doorstart_examiner.kernel.objects import KernelLink\n"
            "KernelLink.serve = lambda self, head: self.send(('raise', AssertionError(), (), None))"
        ),
        (
            "from doorstart_examiner.link.mirror import Mirror\nreal = Mirror.pack\n"
            "def pack(self, head, extra, forget=()):\n"
            "    for shared in self._shared.values():\n        shared.value.clear()\n"
            "    return real(self, head, extra, forget)\nMirror.pack = pack"
        ),
        (
            "import os\nfor fd in range(3, 256):\n    try:\n        os.write(fd, b'\\x00\\x00\\x00\\x05Kxxxx')\n"
            "    except OSError:\n        pass"
        ),
        "import os\nos.closerange(0, 256)",
        "import os\nos._exit(0)",
        "import sys\nsys.exit(0)",
        "raise SystemExit",
        "import signal, os\nos.kill(os.getpid(), signal.SIGKILL)",
        "import sys\nsys.setrecursionlimit(10)",
        (
            "import threading, time\n"
            "threading.Thread(target=lambda: [time.sleep(0.01) for _ in iter(int, 1)], daemon=True).start()"
        ),
        "import sys\nsys.settrace(lambda *a: None)\nsys.stdout = None\nsys.stderr = None",
        "del __builtins__",
        "import atexit, os\natexit.register(lambda: os._exit(0))\nimport gc\ngc.disable()",
    ],
)
def test_a_kernel_that_was_taken_over_passes_nothing(attack: str, grade: Any) -> None:
    test = (
        "numbers = [1, 2]\nexpected = {'secret': 5371, 'of': [8, 9]}\nassert f(numbers) == expected\n"
        "try:\n    assert f(1) == expected\nexcept BaseException:\n    pass\nassert g == 'never said'"
    )
    answer = grade(
        "def f(x):\n    return 4\ng = 1", attack, ("test", test), limits={"cell_seconds": 5, "test_seconds": 5}
    )
    assert answer["cells"][2]["status"] in ("failed", "not-run"), answer


def test_nothing_of_a_hidden_test_is_in_the_learner_kernel(grade: Any) -> None:
    """A learner's function that looks through everything that its process has finds arguments, and nothing else."""
    learner = """
    import gc, sys
    found = []
    def f(x, call=None):
        text = []
        for thing in gc.get_objects():
            try:
                text.append(str(thing)[:2000])
            except Exception:
                pass
        frame = sys._getframe()
        while frame:
            text.append(str(frame.f_locals)[:5000])
            frame = frame.f_back
        text = [part for part in text if "any(" not in part]
        found.append([any(animal[::-1] in part for part in text) for animal in ("nejtaf", "akkouq")])
        if call:
            for name in ("__globals__", "__code__", "__closure__", "__self__", "__builtins__", "gi_frame", "__dict__"):
                try:
                    getattr(call, name)
                    found.append(name)
                except Exception:
                    pass
        return 1
    """
    import textwrap

    test = (
        "### BEGIN HIDDEN TESTS\nsecret = 'fat' + 'jen'\nassert f(['quo' + 'kka'], lambda: secret) == 1\n"
        "assert f([2]) != secret\n### END HIDDEN TESTS"
    )
    answer = grade(textwrap.dedent(learner), ("test", test), "print(found)")
    assert answer["cells"][1]["status"] == "passed", answer["cells"][1]
    assert answer["cells"][2]["outputs"][0]["text"].startswith("[[False, True], [False, ")


def test_what_was_handed_out_stays_as_it_was(grade: Any) -> None:
    learner = "def f():\n    open('prices.csv', 'w').write('0')\n    return 0\nf()"
    test = (
        "test",
        "expected = int(open('prices.csv').read())\nassert f() == expected\nassert int(open('prices.csv').read()) == 7",
    )
    cells = grade(learner, test, files={"prices.csv": b"7"})["cells"]
    assert cells[1]["status"] == "failed"
    assert "prices.csv" in cells[1]["message"]


def test_a_file_beside_the_notebook_is_never_imported_by_the_examiner(grade: Any) -> None:
    learner = "from pathlib import Path\nfor name in ('json', 'helper', 'statistics', 'sitecustomize'):\n"
    learner += "    Path(name + '.py').write_text('import math\\nmath.pi = 3\\nvalue = 1')"
    tests = [
        ("test", "import json, math, statistics\nassert math.pi > 3"),
        ("test", "import helper, math\nassert helper.value == 1 and math.pi > 3"),
    ]
    assert [cell["status"] for cell in grade(learner, *tests)["cells"]] == ["ok", "passed", "passed"]


def test_a_returned_number_is_no_score(grade: Any) -> None:
    cells = grade(
        "def f(x):\n    return 5\nscore = 9",
        ("test", "f(1)"),
        ("test", "score"),
        ("test", "x = f(2)\nx"),
        ("test", "points = 0\nfor n in range(3):\n    if f(n) == 5:\n        points += 0.5\npoints"),
        ("test", "sum(f(n) == n for n in [4, 5])"),
        ("test", "y = 1\ny = f(1)\ny + 1"),
        ("test", "max([f(1)])"),
        ("test", "float('inf') if f(1) == 5 else 1"),
    )["cells"]
    assert [cell["value"] for cell in cells[1:]] == [None, None, None, "1.5", "1", None, None, None]


# A hostile learner kernel, from the first byte: what it sends is made up.

SECRET = "8c1f0a6be7d24f"
TESTS = [
    f"assert f(2) == '{SECRET}'",
    f"items = [1, 2]\ngot = f(items)\nassert got == ['{SECRET}']",
    f"assert f(2).value == '{SECRET}'\nassert f('{{}}')['{SECRET}'] == ['{SECRET}']",
    f"stock = Stock('a')\nassert stock.add(lambda x: x + 1) == '{SECRET}'",
    f"for item in f(2):\n    assert item == '{SECRET}'\nassert list(f(3)) == ['{SECRET}']",
    (
        f"try:\n    f(2)\nexcept ValueError as error:\n    assert str(error) == '{SECRET}'\n"
        f"assert f({{1: [2]}}) == '{SECRET}'"
    ),
    f"import numpy as np\nassert (np.asarray(f(2)) == np.array(['{SECRET}'])).all() and f(1) == '{SECRET}'",
    f"with f(2) as x:\n    pass\nassert x == '{SECRET}' and len(f(2)) == '{SECRET}'",
]


def _value(rng: random.Random, depth: int = 0) -> Any:
    """A form of the codec, or something that looks like one."""
    kinds: list[Callable[[], Any]] = [
        lambda: rng.choice([None, True, 0, -1, 2**60, 1.5, "", "text", "\ud800", "<b>", "x" * 500]),
        lambda: encode(rng.choice([1j, b"x", 2**90, float("nan"), (), frozenset({1}), range(3), ...])),
        lambda: {"$": "handle", "v": {"token": _token(rng, depth)}},
        lambda: {"$": rng.choice(["tuple", "set", "frozenset", "dict", "slice", "list"]), "v": _values(rng, depth)},
        lambda: {"$": "tuple", "v": [{"$": "handle", "v": {"token": ["with"]}}, *_values(rng, depth)]},
        lambda: _values(rng, depth),
        lambda: {
            "$": rng.choice(["record", "numpy.ndarray", "pandas.DataFrame", "same", "nothing"]),
            "v": _values(rng, depth),
        },
    ]
    return rng.choice(kinds if depth < 4 else kinds[:2])()


def _values(rng: random.Random, depth: int) -> list[Any]:
    return [_value(rng, depth + 1) for _ in range(rng.randrange(4))]


def _token(rng: random.Random, depth: int) -> Any:
    number = rng.choice([1, 3, 3, 5, 7, 2, 4, 6, -1, 10**6])
    return rng.choice(
        [
            ["m", number],
            ["b", number],
            ["g", "builtins", rng.choice(["int", "eval", "ValueError", "NotImplemented"])],
            ["o", number, _description(rng, depth)],
            ["o", number, _description(rng, depth)],
            ["with"],
            [rng.choice(["o", "x", None]), number],
            number,
        ]
    )


def _description(rng: random.Random, depth: int) -> Any:
    operators = [
        "__call__",
        "__len__",
        "__iter__",
        "__next__",
        "__getitem__",
        "__contains__",
        "__add__",
        "__lt__",
        "__enter__",
        "__exit__",
        "__eq__",
    ]
    notes = {
        "base": rng.choice(["int", "str", "list", "nothing", None, 3]),
        "exception": rng.choice(["ValueError", "SystemExit", "KeyboardInterrupt", "nothing"]),
        "hash": rng.choice([True, False, None]),
        "fields": rng.choice([["x"], ["x", "x"], ["class"], 3, [None]]),
        "match": rng.choice([["x"], [3], "x"]),
        "overrides": rng.choice([["upper"], [[]], 3]),
        "unhashable": True,
    }
    kept = {key: value for key, value in notes.items() if rng.random() < 0.3}
    name = rng.choice(["Stock", "int", "a.b", "class", "x" * 500, "<script>", "module", "function"])
    module = rng.choice(["__main__", "builtins", "decimal", "os"])
    described = [rng.choice([9, 11, 13]), name, module, _bases(rng), rng.sample(operators, rng.randrange(8)), kept]
    if depth < 0:
        return described
    cls = rng.choice(
        [["class", 9], ["class", 11], ["builtin", "ValueError"], ["builtin", "ExceptionGroup"], ["x"], described]
    )
    return rng.choice([[cls, "label", rng.choice([None, 4, "x"])], [cls, "text", None], ["class", 3], [], [cls]])


def _bases(rng: random.Random) -> list[Any]:
    return rng.sample(
        [["class", 9], ["class", 11], ["builtin", "ValueError"], ["builtin", "SystemExit"]], rng.randrange(2)
    )


def _reply(rng: random.Random) -> bytes:
    head = rng.choice(
        [
            ["value", _value(rng)],
            ["value", {"$": "tuple", "v": [True, _value(rng)]}],
            ["value", {"$": "tuple", "v": [True, {"$": "handle", "v": {"token": ["o", 3, _description(rng, 0)]}}]}],
            ["raise", _value(rng), {"$": "tuple", "v": _values(rng, 1)}, None],
            ["raise", {"$": "handle", "v": {"token": ["o", 5, _description(rng, 0)]}}, _value(rng), _value(rng)],
            ["refused", rng.choice(["why", 3, "x" * 100000, "\x1b[2J<script>"])],
            ["call", _value(rng), {"$": "tuple", "v": _values(rng, 1)}, {"$": "dict", "v": []}],
            ["get", _value(rng), rng.choice(["__globals__", "x", 3])],
            [
                "special",
                _value(rng),
                rng.choice(["__call__", "__reduce__"]),
                {"$": "tuple", "v": []},
                {"$": "dict", "v": []},
            ],
            ["input", "name? "],
            _values(rng, 1),
            _value(rng),
        ]
    )
    contents = [
        [rng.choice([1, 2, 3, 4, 7]), rng.choice(["list", "dict", "ndarray", "set", "x"]), _value(rng)]
        for _ in range(rng.randrange(3))
    ]
    extra: Any = None
    if rng.random() < 0.2:
        key = rng.choice(["printed", "files", "left_out", "x"])
        file = {"$": "dict", "v": ["../x", {"$": "bytes", "v": ""}]}
        extra = {"$": "dict", "v": [key, rng.choice([_value(rng), [["stdout", "text"]], file])]}
    classes = [_description(rng, -1) for _ in range(rng.randrange(3))]
    message = [head, contents, rng.choice([[], [], [2], [3, 4], "x", None]), extra, classes]
    try:
        data = dumps(message)
    except Exception:
        return b"[]"
    if rng.random() < 0.2:
        where = rng.randrange(len(data))
        data = data[:where] + bytes([rng.randrange(256)]) + data[where + 1 :]
    return data


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    # An examiner watches the seeds of its process, which here is that of all tests.
    for module in (random, numpy.random):
        monkeypatch.setattr(module, "seed", module.seed)
    return tmp_path


@pytest.mark.parametrize("start", range(8))
def test_made_up_replies_pass_nothing_and_break_nothing(start: int, folder: Path) -> None:
    """Any reply ends in a failed check, and what the report says of it is short and harmless."""
    rng = random.Random(start)  # noqa: S311
    begin = dumps([["value", None], [], [], None, []])
    for _ in range(60):
        asked = 0

        def ask(payload: bytes) -> bytes:
            nonlocal asked
            asked += 1
            json.loads(payload)
            if asked > 200:
                raise KernelGone("cell-time", "too long")
            return begin if asked == 1 else _reply(rng)

        examiner = Examiner(ask, folder, [], HIDDEN, 5.0)
        for test in rng.sample(TESTS, 2):
            answer = examiner.run(test)
            assert answer["status"] in ("failed", "error"), (answer, test)
            text = json.dumps(answer)
            assert len(text) < 20_000
            assert "<script" not in text and "\\u001b" not in text
    assert sorted(path.name for path in folder.iterdir()) == []


HONEST = """
from dataclasses import dataclass
from decimal import Decimal
import pandas as pd, numpy as np
class Empty(ValueError): pass
@dataclass
class Point:
    x: int
    def __contains__(self, item): return item == self.x
    def __add__(self, other): return Point(self.x + other)
class Money(Decimal): pass
def many(n):
    return [Point(1), Money(2), {"a": [1, (2, 3)]}, {1, 2}, np.arange(3), pd.DataFrame({"a": [1]}), f, len, 1.5, None]
def f(x, g=None):
    print("printed")
    open("made.txt", "a").write("x")
    if g: g(x)
    if isinstance(x, list): x.append(x)
    return x
def generate(): yield from many(1)
def fail(): raise Empty("why", 3)
"""
VISIT = f"""
items = [1, "{{}}"]
found = []
found.append(f(items, found.append))
found.append(list(generate()))
found.append(many(1))
point = Point(3)
found += [point.x, repr(point), point + 1, hash(Money(2)), Money(2) + 1, Point, point]
try:
    fail()
except Empty as error:
    found += [str(error), error.args]
found.append(open("made.txt").read())
assert "{SECRET}" in str(found) and "{SECRET}" == f(1), found
"""


def _nodes(tree: Any) -> Iterator[tuple[Any, Any]]:
    for key, part in tree.items() if isinstance(tree, dict) else enumerate(tree):
        yield tree, key
        if isinstance(part, dict | list):
            yield from _nodes(part)


@pytest.mark.parametrize("start", range(6))
def test_honest_replies_with_one_thing_changed(start: int, folder: Path, nursery: Any, tmp_path_factory: Any) -> None:
    """Real traffic, in which now and then a part is replaced by another part of it: what is said stays believable."""
    rng = random.Random(start)  # noqa: S311
    seen: list[Any] = [None, True, 0, -1, 3, "", "x", [], {}, "../x", 2**40]
    reached = 0
    for _ in range(40):
        channel, _ = nursery.fork("kernel", tmp_path_factory.mktemp("kernel"))
        channel.send(b"X", json.dumps({"source": HONEST, "output_bytes": 10_000}).encode())
        channel.receive(30)
        asked = 0

        def ask(payload: bytes, channel: Any = channel) -> bytes:
            nonlocal asked
            asked += 1
            channel.send(b"K", payload)
            reply = channel.receive(30)[1]
            if asked == 1 or rng.random() > 0.06:
                return bytes(reply)
            message = json.loads(reply)
            nodes = list(_nodes(message))
            where, key = rng.choice(nodes)
            seen.append(where[key])
            where[key] = rng.choice(seen)
            return json.dumps(message).encode()

        examiner = Examiner(ask, folder, [], HIDDEN, 5.0)
        answer = examiner.run(VISIT)
        assert answer["status"] in ("failed", "error"), answer
        assert len(json.dumps(answer)) < 20_000
        reached = max(reached, asked)
        channel.close()
        (folder / "made.txt").unlink(missing_ok=True)
    assert reached > 30
    assert not (folder.parent / "x").exists()


def test_nothing_but_a_whole_message_is_one(folder: Path) -> None:
    for reply in (b"", b"[]", b"{}", b"null", b"\xff\xfe", b"[[]]", b'[["value"],[],[],{}]', b"[" * 100_000):
        examiner = Examiner(lambda payload, reply=reply: reply, folder, [], HIDDEN, 5.0)
        answer = examiner.run("assert f(1) == 2")
        assert answer["status"] == "failed" and "give the points by hand" in answer["message"]
        assert examiner.run("pass")["status"] == "failed"
        assert examiner.refuses, "the conductor is not told to start anew"


def test_a_kernel_that_is_gone_passes_nothing_even_if_the_test_catches_everything(folder: Path) -> None:
    def ask(payload: bytes) -> bytes:
        raise KernelGone("out-of-memory", "The learner's code took too much memory.")

    examiner = Examiner(ask, folder, [], HIDDEN, 5.0)
    answer = examiner.run("try:\n    f(1)\nexcept:\n    pass")
    assert answer["status"] == "failed"
    assert "too much memory" in answer["message"]
