"""Honest cases: what a learner wrote, a test cell, and whether the test passes.

Each is run as in the learner's own notebook, in one namespace, and through examiner and learner kernel. Both must
agree.
"""

from __future__ import annotations

from textwrap import dedent
from typing import NamedTuple


class Case(NamedTuple):
    """One case."""

    name: str
    learner: str
    test: str
    passes: bool


CASES: list[Case] = []


def case(name: str, learner: str, *passing: str, failing: tuple[str, ...] = ()) -> None:
    for number, test in enumerate(passing):
        CASES.append(Case(f"{name} {number}" if len(passing) > 1 else name, dedent(learner), dedent(test), True))
    for number, test in enumerate(failing):
        CASES.append(Case(f"{name}, wrong {number}", dedent(learner), dedent(test), False))


TOTAL = """
def total(numbers, start=0):
    "Adds up."
    for number in numbers:
        start += number
    return start
"""
case(
    "calls",
    TOTAL,
    "assert total([1, 2]) == 3",
    "assert total([1, 2], 4) == 7",
    "assert total(numbers=[1], start=2) == 3",
    "assert total(*[[1, 2]], **{'start': 1}) == 4",
    "for case in [[], [1], [1, 2]]:\n    assert total(case) == sum(case)",
    "def check(numbers, expected):\n    assert total(numbers) == expected\ncheck([1, 2], 3)\ncheck([], 0)",
    "assert [total([n]) for n in range(3)] == [0, 1, 2]",
    "assert (lambda: total([2]))() == 2",
    "assert list(map(total, [[1], [2]])) == [1, 2]",
    "assert eval('total([1])') == 1",
    failing=(
        "assert total([1, 2]) == 4",
        "assert total([1, 2]) != 3",
        "assert not total([1, 2])",
        "total(1)",
        "total()",
        "assert total([1, 2]) is None",
        "for case in [[1], [1, 2]]:\n    assert total(case) == 1",
    ),
)
case(
    "names of functions",
    TOTAL,
    "assert total.__name__ == 'total'",
    "assert 'Adds' in total.__doc__",
    "assert callable(total)",
    "import inspect\nassert list(inspect.signature(total).parameters) == ['numbers', 'start']",
    "import inspect\nassert inspect.signature(total).parameters['start'].default == 0",
    "assert not hasattr(total, 'nothing')",
    "assert type(total).__name__ == 'function'",
    "import types\nassert isinstance(total, types.FunctionType)",
    "import inspect\nassert inspect.isfunction(total)",
    failing=("assert total.nothing", "assert nothing == 1", "assert not callable(total)"),
)
case(
    "variables",
    """
    number, text, nothing = 42, "köln ✓", None
    fruits = ["apple", "pear"]
    prices = {"apple": 1.5, ("a", 1): {2, 3}}
    import math
    limit = math.inf
    """,
    "assert number == 42 and type(number) is int",
    "assert isinstance(text, str) and text.startswith('k')",
    "assert nothing is None",
    "assert fruits == ['apple', 'pear'] and 'pear' in fruits and len(fruits) == 2",
    "assert fruits is fruits",
    "assert prices[('a', 1)] == {2, 3}",
    "assert limit > 10 ** 9",
    "assert fruits[0][1:3] == 'pp'",
    "assert sorted(fruits, reverse=True) == ['pear', 'apple']",
    "assert f'{number:05d} {text!r}' == \"00042 'köln ✓'\"",
    "a, b = fruits\nassert b == 'pear'",
    "assert {**prices, 'x': 1}['x'] == 1",
    "match fruits:\n    case ['apple', other]:\n        assert other == 'pear'\n    case _:\n        assert False",
    failing=("assert number == 43", "assert 'plum' in fruits", "assert isinstance(number, float)"),
)
case(
    "all plain types come back",
    """
    from decimal import Decimal
    from fractions import Fraction
    from datetime import date, datetime, timedelta, time
    from pathlib import Path
    import collections
    same = lambda value: value
    def make(name):
        return eval(name)
    """,
    """
    from decimal import Decimal
    from fractions import Fraction
    from datetime import date, datetime, timedelta, time
    from pathlib import Path
    from collections import Counter, OrderedDict, defaultdict, deque
    for value in [
        None, True, 0, -1, 2 ** 200, 1.5, float("inf"), 1j, "", "a\\n", b"x", [], [1, [2]], (), (1, (2,)), set(), {1},
        frozenset({1}), {}, {"a": [1], 2: None}, Decimal("1.10"), Fraction(1, 3), date(2024, 2, 29),
        datetime(2024, 1, 1, 12), timedelta(days=1), time(3), Path("a/b"), range(3), bytearray(b"x"), slice(1, 2),
        Counter("aab"), OrderedDict(a=1), deque([1]), ..., int, ValueError, Decimal,
    ]:
        back = same(value)
        assert back == value and type(back) is type(value), value
        assert make(repr(value).replace("datetime.", "").replace("PosixPath", "Path")) == value if type(value) in (
            list, tuple, dict, set, int, str, Decimal, Fraction, date) else True
    nan = same(float("nan"))
    assert nan != nan
    numbers = defaultdict(list)
    same(numbers)["x"].append(1)
    assert numbers == {"x": [1]}
    """,
    "assert str(same(Decimal('1.10'))) == '1.10'",
    "l = [1]\nl.append(l)\nassert same(l) is l",
    "a = []\npair = same([a, a])\nassert pair[0] is pair[1] is a",
)
case(
    "numpy and pandas",
    """
    import numpy as np
    import pandas as pd
    def double(values):
        return values * 2
    def total(table):
        return table["a"].sum()
    def add(table):
        table["c"] = table["a"] + 1
    def fill(values):
        values[:] = 0
        values[0] = 7
    def mean(values):
        return np.mean(values)
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", None]})
    series = frame["a"]
    array = np.arange(6.0).reshape(2, 3)
    """,
    "import numpy as np\nassert (double(np.array([1, 2])) == np.array([2, 4])).all()",
    "import numpy as np\nnp.testing.assert_allclose(double(np.array([1.5])), [3.0])",
    "import numpy as np\nassert np.allclose(array.sum(axis=0), [3, 5, 7]) and array.shape == (2, 3)",
    "import numpy as np\nvalues = np.ones(3)\nview = values[1:]\nfill(values)\nassert values.tolist() == [7, 0, 0]",
    "import numpy as np\nvalues = np.ones(3)\nfill(values[1:])\nassert values.tolist() == [1, 7, 0]",
    "import pandas as pd\nassert total(pd.DataFrame({'a': [1, 2]})) == 3",
    "import pandas as pd\npd.testing.assert_frame_equal(frame, pd.DataFrame({'a': [1, 2], 'b': ['x', None]}))",
    (
        "import pandas as pd\n"
        "pd.testing.assert_series_equal(double(pd.Series([1.0], name='q')), pd.Series([2.0], name='q'))"
    ),
    "import pandas as pd\nt = pd.DataFrame({'a': [1, 2]})\nadd(t)\nassert t['c'].tolist() == [2, 3]",
    "import pandas as pd\nt = pd.DataFrame({'a': [1, 2]})\nadd(t)\nassert list(t.columns) == ['a', 'c']",
    "import pandas as pd\nassert isinstance(frame, pd.DataFrame) and list(frame.columns) == ['a', 'b']",
    "assert series.max() == 2 and frame.loc[0, 'b'] == 'x' and frame['b'].isna().sum() == 1",
    "assert frame.groupby('b')['a'].sum().to_dict() == {'x': 1}",
    "import pandas as pd\nt = pd.DataFrame({'a': [3]})\nassert total(t) == 3\nt.loc[0, 'a'] = 5\nassert total(t) == 5",
    "assert abs(mean([1, 2]) - 1.5) < 1e-9",
    "import pandas as pd\nassert double(pd.Timedelta(days=1)) == pd.Timedelta(days=2)",
    "assert np.mean([1, 3]) == 2 and pd.Series([1]).sum() == 1",
    failing=(
        "import pandas as pd\npd.testing.assert_frame_equal(frame, pd.DataFrame({'a': [1, 3], 'b': ['x', None]}))",
        "import numpy as np\nassert (double(np.array([1, 2])) == np.array([2, 5])).all()",
        "import numpy as np\nassert np.allclose(array, array + 1)",
    ),
)
case(
    "changed in place",
    """
    def add(items, item):
        items.append(item)
    def grow(items=[]):
        items.append(len(items))
        return items
    def put(board, row, column):
        board[row][column] = "x"
    def rename(person):
        person["name"] = person["name"].upper()
        del person["age"]
    def both(one, other):
        one.append(1)
        return len(other)
    kept = []
    def keep(items):
        kept.append(items)
    def change_kept():
        kept[0].append("later")
    def swap(items):
        items[0], items[1] = items[1], items[0]
    def clear(items):
        items.clear()
    """,
    "items = [1]\nadd(items, 2)\nassert items == [1, 2]",
    "items = [1]\nadd(items, items)\nassert items[1] is items",
    "assert grow() == [0]\nassert grow() == [0, 1]",
    "first = grow()\nsecond = grow()\nassert first is second and first == [0, 1]",
    "board = [['.'] * 3 for _ in range(3)]\nrow = board[1]\nput(board, 1, 2)\nassert row == ['.', '.', 'x']",
    "row = ['.'] * 3\nboard = [row, row]\nput(board, 0, 0)\nassert board[1][0] == 'x'",
    "p = {'name': 'a', 'age': 3}\nrename(p)\nassert p == {'name': 'A'}",
    "same = []\nassert both(same, same) == 1",
    "items = []\nkeep(items)\nchange_kept()\nassert items == ['later']",
    "items = []\nkeep(items)\nitems.append('mine')\nassert kept[0] == ['mine']",
    "items = [1]\nkeep((items, 2))\nassert kept[0][0] is items",
    "items = [[1], [2]]\none, two = items\nswap(items)\nassert items[0] is two and items[1] is one",
    "items = {1, 2}\nclear(items)\nassert items == set()",
    "items = bytearray(b'ab')\nclear(items)\nassert items == b''",
    "kept.append(5)\nassert kept == [5]\nkept[0] = 6\nassert len(kept) == 1 and kept[-1] == 6",
    failing=("items = [1]\nadd(items, 2)\nassert items == [1]", "assert grow() == [1]"),
)
STOCK = """
class Stock:
    "A stock."
    count = 0
    def __init__(self, owner, start=None):
        self.owner = owner
        self.items = dict(start or {})
        Stock.count += 1
    def add(self, name, number=1):
        if number < 0:
            raise ValueError(f"{number} of {name}")
        self.items[name] = self.items.get(name, 0) + number
        return self
    def __len__(self):
        return len(self.items)
    def __contains__(self, name):
        return name in self.items
    def __getitem__(self, name):
        return self.items[name]
    def __setitem__(self, name, number):
        self.items[name] = number
    def __delitem__(self, name):
        del self.items[name]
    def __iter__(self):
        return iter(self.items)
    def __str__(self):
        return f"Stock of {self.owner}"
    def __repr__(self):
        return f"Stock({self.owner!r})"
    def __eq__(self, other):
        return isinstance(other, Stock) and self.items == other.items
    def __lt__(self, other):
        return len(self) < len(other)
    def __add__(self, other):
        return Stock(self.owner, {**self.items, **other.items})
    def __bool__(self):
        return bool(self.items)
    def __enter__(self):
        self.add("open")
        return self
    def __exit__(self, *error):
        self.add("closed")
        return error[0] is KeyError
    @property
    def size(self):
        return sum(self.items.values())
    @classmethod
    def empty(cls):
        return cls("nobody")
    @staticmethod
    def rate():
        return 0.21
class Shop(Stock):
    pass
def make():
    return Stock("made")
def owner_of(stock):
    return stock.owner
def same(x):
    return x
"""
case(
    "objects",
    STOCK,
    "stock = Stock('An')\nstock.add('A', 3)\nassert stock.items == {'A': 3} and stock.owner == 'An'",
    "stock = Stock('An')\nassert stock.add('A').add('A') is stock\nassert stock['A'] == 2",
    "stock = Stock('An').add('A')\nassert 'A' in stock and 'B' not in stock and len(stock) == 1",
    "stock = Stock('An').add('A').add('B')\nassert list(stock) == ['A', 'B'] and sorted(stock) == ['A', 'B']",
    "stock = Stock('An')\nstock['x'] = 4\ndel stock['x']\nassert not stock\nstock['y'] = 1\nassert stock",
    "stock = Stock('An')\nstock.owner = 'Bo'\nassert owner_of(stock) == 'Bo'\ndel stock.owner\n"
    "assert not hasattr(stock, 'owner')",
    "stock = Stock('An')\nstock.items['direct'] = 2\nassert stock['direct'] == 2 and stock.size == 2",
    "stock = Stock('An')\nassert str(stock) == 'Stock of An' and repr(stock) == \"Stock('An')\" and f'{stock}'",
    "assert Stock('a') == Stock('b') and Stock('a').add('x') != Stock('b')",
    "assert Stock('a') < Stock('b').add('x')",
    "assert (Stock('a').add('x') + Stock('b').add('y')).items == {'x': 1, 'y': 1}",
    "with Stock('a') as stock:\n    assert 'open' in stock\nassert 'closed' in stock",
    "with Stock('a') as stock:\n    raise KeyError('swallowed')\nassert 'closed' in stock",
    "assert isinstance(make(), Stock) and not isinstance(3, Stock) and not isinstance(make(), Shop)",
    "assert isinstance(Shop('x'), Stock) and issubclass(Shop, Stock) and not issubclass(Stock, Shop)",
    "assert type(make()) is Stock and type(make()).__name__ == 'Stock' and make().__class__.__name__ == 'Stock'",
    "assert Shop.__mro__[1] is Stock and Shop.__bases__ == (Stock,)",
    (
        "assert Stock.count == 0\nStock('a')\nassert Stock.count == 1\nStock.count = 10\nStock('b')\n"
        "assert Stock.count == 11"
    ),
    "assert Stock.empty().owner == 'nobody' and Stock.rate() == 0.21 and Stock.__doc__ == 'A stock.'",
    "stock = make()\nassert same(stock) is stock and owner_of(stock) == 'made'",
    "stocks = [Stock('a'), Stock('b')]\nassert same(stocks)[1] is stocks[1]",
    (
        "import copy\none = Stock('a').add('x')\ntwo = copy.deepcopy(one)\ntwo.add('y')\n"
        "assert len(one) == 1 and len(two) == 2"
    ),
    "import copy\none = Stock('a').add('x')\ntwo = copy.copy(one)\ntwo.owner = 'c'\nassert one.owner == 'a'",
    "method = Stock('An').add\nmethod('A')\nassert method.__name__ == 'add' and callable(method)",
    "assert vars(Stock('An')) == {'owner': 'An', 'items': {}}",
    "assert 'add' in dir(Stock('An')) and hasattr(Stock, 'add') and getattr(Stock('x'), 'nope', 5) == 5",
    "assert max([Stock('a'), Stock('b').add('x')]).owner == 'b'",
    "match Stock('An'):\n    case Stock(owner='Bo'):\n        assert False\n    case Stock(owner=name):\n"
    "        assert name == 'An'\n    case _:\n        assert False",
    "import inspect\nassert list(inspect.signature(Stock).parameters) == ['owner', 'start']",
    "assert next(iter(Stock('a').add('q'))) == 'q'",
    "assert [*Stock('a').add('q')] == ['q'] and dict(zip(Stock('a').add('q'), [1])) == {'q': 1}",
    failing=(
        "assert Stock('An').owner == 'Bo'",
        "assert isinstance(make(), Shop)",
        "Stock('An').add('A', -1)",
        "Stock()",
        "Stock('x').nothing",
        "assert 'B' in Stock('An')",
        "with Stock('a'):\n    raise ValueError('not swallowed')",
        "assert Stock('a').add('x') == Stock('b')",
        "assert type(make()) is Shop",
    ),
)
case(
    "records",
    """
    from dataclasses import dataclass, field
    from collections import namedtuple
    from enum import Enum, IntEnum
    from typing import NamedTuple
    from decimal import Decimal
    @dataclass
    class Point:
        x: int
        y: int = 0
        tags: list = field(default_factory=list)
        def move(self, dx):
            self.x += dx
            return self
    @dataclass(frozen=True, order=True)
    class Fixed:
        a: int
    Pair = namedtuple("Pair", "left right")
    class Trio(NamedTuple):
        a: int
        b: int
        c: int = 3
    class Color(Enum):
        RED = 1
        BLUE = "b"
    class Size(IntEnum):
        SMALL = 1
        LARGE = 2
    class Money(Decimal):
        def __str__(self):
            return f"EUR {super().__str__()}"
    class Name(str):
        def shout(self):
            return self.upper() + "!"
    class Stack(list):
        def top(self):
            return self[-1]
    def swap(pair):
        return Pair(pair.right, pair.left)
    def moved(point):
        return point.move(1)
    board = {Pair(0, 1): "x", Fixed(1): "y"}
    """,
    "p = Point(1)\nassert moved(p) is p and p.x == 2 and p == Point(2) and repr(p) == 'Point(x=2, y=0, tags=[])'",
    "p = Point(1)\np.tags.append('a')\np.y = 5\nassert p.tags == ['a'] and p == Point(1, 5, ['a'])",
    "import dataclasses\nassert dataclasses.asdict(Point(1, 2)) == {'x': 1, 'y': 2, 'tags': []}",
    "import dataclasses\nassert dataclasses.is_dataclass(Point) and dataclasses.replace(Point(1), y=3).y == 3",
    "assert Fixed(1) < Fixed(2) and sorted([Fixed(3), Fixed(1)])[0].a == 1 and {Fixed(1): 2}[Fixed(1)] == 2",
    "pair = swap(Pair(1, 2))\nassert pair == (2, 1) and pair.left == 2 and pair == Pair(2, 1) and pair[1] == 1",
    "left, right = swap(Pair(1, 2))\nassert (left, right) == (2, 1) and len(Pair(1, 2)) == 2",
    "assert isinstance(Pair(1, 2), tuple) and Pair._fields == ('left', 'right')",
    "assert Pair(1, 2)._asdict() == {'left': 1, 'right': 2} and Pair(1, 2)._replace(left=5) == (5, 2)",
    "assert board[(0, 1)] == 'x' and board[Pair(0, 1)] == 'x' and (0, 1) in board and board[Fixed(1)] == 'y'",
    "assert sum(Trio(1, 2)) == 6 and max(Trio(1, 2)) == 3 and Trio(1, 2) + (4,) == (1, 2, 3, 4)",
    (
        "match Trio(1, 2):\n    case Trio(a, b, c):\n        assert (a, b, c) == (1, 2, 3)\n    "
        "case _:\n        assert False"
    ),
    "match Point(4):\n    case Point(x, y=0):\n        assert x == 4\n    case _:\n        assert False",
    (
        "assert Color.RED is Color.RED and Color(1) is Color.RED and Color['BLUE'].value == 'b' and "
        "Color.RED.name == 'RED'"
    ),
    "assert Color.RED != Color.BLUE and {Color.RED: 1}[Color.RED] == 1 and isinstance(Color.RED, Color)",
    "assert [color.name for color in Color] == ['RED', 'BLUE'] and len(Color) == 2",
    "assert Size.LARGE == 2 and Size.LARGE > Size.SMALL and Size.LARGE > 1 and Size.LARGE + 1 == 3 and Size(1).name",
    "assert Money('1.5') == Decimal('1.5') and str(Money('2')) == 'EUR 2' and Money('2') > 1",
    "assert Money('2') + 1 == 3 and sum([Money('1'), Money('2')]) == 3 and isinstance(Money('1'), Decimal)",
    "name = Name('bo')\nassert name == 'bo' and name.shout() == 'BO!' and name.upper() == 'BO' and name[0] == 'b'",
    "assert Name('bo') + 'x' == 'box' and 'b' in Name('bo') and Name('bo') in ['bo'] and {'bo': 1}[Name('bo')] == 1",
    (
        "s = Stack([1])\ns.append(2)\n"
        "assert s == [1, 2] and s.top() == 2 and len(s) == 2 and 2 in s and s[0] == 1 and s[:] == [1, 2]"
    ),
    "assert isinstance(Stack(), list) and not Stack() and list(Stack([1])) == [1]",
    failing=(
        "assert Point(1) == Point(2)",
        "assert swap(Pair(1, 2)) == (1, 2)",
        "assert Money('1.5') == 2",
        "assert Color.RED is Color.BLUE",
        "assert Stack([1]) == [2]",
        "assert 9 in Stack([1])",
        "Fixed(1).a = 2",
    ),
)
case(
    "what is printed",
    """
    import sys
    def greet(name):
        print("Hello", name)
    def warn():
        print("careful", file=sys.stderr)
    """,
    "import io\nfrom contextlib import redirect_stdout\nwith redirect_stdout(io.StringIO()) as out:\n    greet('An')\n"
    "assert out.getvalue() == 'Hello An\\n'",
    "import io, contextlib\nbuffer = io.StringIO()\nwith contextlib.redirect_stderr(buffer):\n    warn()\n"
    "assert buffer.getvalue() == 'careful\\n'",
    "import io, sys\nold, sys.stdout = sys.stdout, io.StringIO()\ntry:\n    greet('Bo')\n    "
    "text = sys.stdout.getvalue()\n"
    "finally:\n    sys.stdout = old\nassert text.strip() == 'Hello Bo'",
    "import io, contextlib\nwith contextlib.redirect_stdout(io.StringIO()) as out:\n    print('a')\n    greet('b')\n"
    "    print('c')\nassert out.getvalue().split() == ['a', 'Hello', 'b', 'c']",
    "warn()",
    failing=(
        (
            "import io, contextlib\nwith contextlib.redirect_stdout(io.StringIO()) as out:\n    greet('An')\n"
            "assert out.getvalue() == 'Hello\\n'"
        ),
    ),
)
case(
    "functions of the test as arguments",
    """
    def apply(function, *values):
        return [function(value) for value in values]
    def twice(function, value):
        return function(function(value))
    def call(function):
        return function()
    def caught(function):
        try:
            function()
        except ValueError as error:
            return f"caught {error}"
        return "nothing"
    def compose(f, g):
        return lambda x: f(g(x))
    def same(x):
        return x
    def by(key, values):
        return sorted(values, key=key)
    def change(function, items):
        function(items)
        return items
    def fill(target):
        for n in range(3):
            target.append(n)
    def inc(x):
        return x + 1
    def first(iterable):
        return next(iter(iterable))
    def lines(file):
        return [line.strip() for line in file]
    def write(file):
        file.write("written")
    def describe(thing):
        return thing.name + str(thing.double(2)) + str(len(thing))
    """,
    "assert apply(lambda x: x + 1, 1, 2) == [2, 3]",
    "def triple(x):\n    return 3 * x\nassert twice(triple, 2) == 18",
    "calls = []\nassert apply(calls.append, 1, 2) == [None, None] and calls == [1, 2]",
    "import math\nassert apply(math.sqrt, 4) == [2] and apply(len, 'ab') == [2] and apply(str.upper, 'a') == ['A']",
    "def fail():\n    raise ValueError('mine')\nassert caught(fail) == 'caught mine'",
    "class Mine(Exception):\n    pass\nerror = Mine('x')\ndef fail():\n    raise error\ntry:\n    call(fail)\n"
    "    assert False, 'nothing was raised'\nexcept Mine as caught_error:\n    assert caught_error is error",
    "assert compose(lambda x: x * 2, lambda x: x + 1)(3) == 8",
    "f = lambda: 1\nassert same(f) is f",
    "assert same(twice) is twice and twice(inc, 1) == 3 and apply(inc, 1) == [2]",
    "assert by(len, ['aaa', 'b']) == ['b', 'aaa'] and by(lambda w: w[-1], ['ab', 'ba']) == ['ba', 'ab']",
    "assert change(lambda items: items.append(9), [1]) == [1, 9]",
    "items = []\nfill(items)\nassert items == [0, 1, 2]",
    "def outer(n):\n    return n if n == 0 else apply(outer, n - 1)[0] + 1\nassert outer(5) == 5",
    "assert apply(lambda f: f(1), inc) == [2]",
    "def numbers():\n    yield 1\n    yield 2\nassert first(numbers()) == 1 and first(x for x in 'ab') == 'a'",
    "assert first({'a': 1}.keys()) == 'a' and first(map(str, [1])) == '1'",
    "import io\nassert lines(io.StringIO('a\\nb\\n')) == ['a', 'b']",
    "import io\nfile = io.StringIO()\nwrite(file)\nassert file.getvalue() == 'written'",
    "class Thing:\n    name = 'thing'\n    def double(self, n):\n        return 2 * n\n    def __len__(self):\n"
    "        return 7\nassert describe(Thing()) == 'thing47'",
    "from unittest.mock import Mock\nm = Mock(return_value=3)\nassert call(m) == 3\nm.assert_called_once_with()",
    "import functools\nassert apply(functools.partial(max, 3), 1, 5) == [3, 5]",
    (
        "import operator\n"
        "assert apply(operator.neg, 1) == [-1] and by(operator.itemgetter(1), ['ab', 'ba']) == ['ba', 'ab']"
    ),
    failing=(
        "def fail():\n    raise KeyError('mine')\ncaught(fail)",
        "def fail():\n    assert False, 'inside'\ncall(fail)",
        "assert apply(lambda x: x + 1, 1) == [3]",
    ),
)
case(
    "exceptions",
    """
    import sys
    from decimal import Decimal, InvalidOperation
    class Empty(Exception):
        def __init__(self, name, level=3):
            super().__init__(f"{name} is empty")
            self.name = name
            self.level = level
    class Worse(Empty, ValueError):
        pass
    def fail(kind, *arguments):
        raise kind(*arguments)
    def empty(name="box"):
        raise Empty(name)
    def worse():
        raise Worse("bin")
    def divide(a, b):
        return a / b
    def leave():
        sys.exit(3)
    def stop():
        raise StopIteration("done")
    def interrupt():
        raise KeyboardInterrupt
    def several():
        raise ExceptionGroup("many", [ValueError("a"), KeyError("b")])
    def to_number(text):
        return Decimal(text)
    def generate():
        yield 1
        raise RuntimeError("in the middle")
    def missing():
        return {}["key"]
    def opened():
        return open("not there.txt")
    def safe(function):
        try:
            return function()
        except Empty as error:
            return error.level
    def deep(n):
        return deep(n + 1)
    """,
    "for kind in [ValueError, TypeError, KeyError, IndexError, ZeroDivisionError, RuntimeError, "
    "AssertionError, OSError,\n"
    "        NotImplementedError, AttributeError, NameError, LookupError, ArithmeticError, StopIteration]:\n"
    "    try:\n        fail(kind, 'text')\n    except kind as error:\n"
    "        assert type(error) is kind and error.args == ('text',), kind\n    else:\n        assert False, kind",
    "try:\n    divide(1, 0)\nexcept ZeroDivisionError as error:\n    assert str(error) == 'division by zero'\n"
    "else:\n    assert False",
    "try:\n    empty()\nexcept Empty as error:\n    assert str(error) == 'box is empty' and error.name == 'box' and "
    "error.level == 3\nelse:\n    assert False",
    "try:\n    worse()\nexcept ValueError as error:\n    assert isinstance(error, Empty) and type(error) is Worse\n"
    "else:\n    assert False",
    "try:\n    worse()\nexcept KeyError:\n    assert False\nexcept (TypeError, Empty):\n    pass",
    "import unittest\ncase = unittest.TestCase()\nwith case.assertRaises(Empty) as caught:\n    empty('jar')\n"
    "assert caught.exception.name == 'jar'\ncase.assertRaises(ZeroDivisionError, divide, 1, 0)",
    "import unittest\nwith unittest.TestCase().assertRaisesRegex(Empty, 'jar is'):\n    empty('jar')",
    "import pytest\nwith pytest.raises(Empty, match='is empty') as info:\n    empty()\nassert info.value.level == 3",
    (
        "import pytest\nwith pytest.raises(ValueError):\n    worse()\n"
        "with pytest.raises(ZeroDivisionError):\n    divide(1, 0)"
    ),
    "try:\n    leave()\nexcept SystemExit as error:\n    assert error.code == 3\nelse:\n    assert False",
    "try:\n    stop()\nexcept StopIteration as error:\n    assert error.value == 'done'",
    "try:\n    [stop() for _ in range(2)]\nexcept StopIteration:\n    pass\ntry:\n    list(stop() for _ in range(2))\n"
    "except RuntimeError:\n    pass\nelse:\n    assert False",
    "try:\n    interrupt()\nexcept KeyboardInterrupt:\n    pass\nassert divide(4, 2) == 2",
    "try:\n    several()\nexcept* ValueError as group:\n    assert group.exceptions[0].args == ('a',)\n"
    "except* KeyError as group:\n    assert len(group.exceptions) == 1",
    (
        "from decimal import InvalidOperation\ntry:\n    to_number('x')\nexcept InvalidOperation:\n    "
        "pass\nelse:\n    assert False"
    ),
    "numbers = generate()\nassert next(numbers) == 1\ntry:\n    next(numbers)\nexcept RuntimeError as error:\n"
    "    assert 'middle' in str(error)\nelse:\n    assert False",
    "try:\n    missing()\nexcept KeyError as error:\n    assert error.args[0] == 'key' and str(error) == \"'key'\"",
    "import errno\ntry:\n    opened()\nexcept FileNotFoundError as error:\n    assert error.errno == errno.ENOENT and "
    "error.filename == 'not there.txt'\nelse:\n    assert False",
    "def fail_here():\n    raise Empty('here', level=9)\nassert safe(fail_here) == 9 and safe(empty) == 3",
    "try:\n    deep(0)\nexcept RecursionError:\n    pass\nelse:\n    assert False",
    "try:\n    raise Empty('mine')\nexcept Empty as error:\n    assert error.name == 'mine'",
    (
        "try:\n    empty()\nexcept Exception as error:\n    kept = error\n"
        "assert isinstance(kept, Empty) and kept.name == 'box'"
    ),
    failing=(
        "empty()",
        "leave()",
        "interrupt()",
        "several()",
        "import pytest\nwith pytest.raises(ValueError):\n    divide(1, 0)",
        "import pytest\nwith pytest.raises(ValueError):\n    divide(1, 1)",
        "import unittest\nwith unittest.TestCase().assertRaises(Empty):\n    divide(4, 2)",
        "try:\n    divide(1, 0)\nexcept ValueError:\n    pass",
    ),
)
case(
    "generators and other lazy results",
    """
    def count(n):
        for number in range(n):
            yield number
    def endless():
        number = 0
        while True:
            yield number
            number += 1
    def squares(values):
        return (value ** 2 for value in values)
    def upper(words):
        return map(str.upper, words)
    def pairs(a, b):
        return zip(a, b)
    def echo():
        got = None
        while True:
            got = yield got
    def keys(table):
        return table.keys()
    """,
    "assert list(count(3)) == [0, 1, 2] and sum(count(4)) == 6",
    "import itertools\nassert list(itertools.islice(endless(), 3)) == [0, 1, 2]",
    "numbers = endless()\nassert next(numbers) == 0 and next(numbers) == 1 and numbers.__next__() == 2",
    (
        "assert [*squares([1, 2])] == [1, 4] and list(upper(['a'])) == ['A'] and dict(pairs('ab', [1, "
        "2])) == {'a': 1, 'b': 2}"
    ),
    "for index, value in enumerate(count(3)):\n    assert index == value",
    "import types, collections.abc\nassert isinstance(count(1), types.GeneratorType) and "
    "isinstance(count(1), collections.abc.Iterator)",
    "g = echo()\nnext(g)\nassert g.send('x') == 'x'\ng.close()",
    "assert sorted(keys({'b': 1, 'a': 2})) == ['a', 'b'] and list(keys({'q': 1})) == ['q']",
    "assert next(count(0), 'none') == 'none' and list(count(0)) == []",
    "assert 2 in list(endless_part) if (endless_part := [n for n, _ in zip(endless(), 'abc')]) else False",
    failing=("assert list(count(3)) == [1, 2, 3]", "next(count(0))", "assert count(3) == [0, 1, 2]"),
)
case(
    "seeds",
    """
    import random
    import numpy as np
    def roll():
        return random.randint(1, 1000)
    def sample():
        return np.random.rand(3)
    """,
    "import random\nrandom.seed(1)\nfirst = roll()\nrandom.seed(1)\nassert roll() == first",
    "import random\nrandom.seed(1)\nfirst = roll()\nrandom.seed(1)\nassert random.randint(1, 1000) == first",
    "import numpy as np\nnp.random.seed(7)\nfirst = sample()\nnp.random.seed(7)\nassert (sample() == first).all()",
    (
        "from numpy.random import seed\nimport numpy as np\nseed(3)\na = sample()\nseed(3)\n"
        "assert np.allclose(a, np.random.rand(3))"
    ),
)
case(
    "input",
    """
    import sys
    def ask():
        name = input("Name? ")
        return "Hello " + name
    def ask_all():
        answers = []
        while (answer := input()) != "stop":
            answers.append(int(answer))
        return answers
    def read():
        return sys.stdin.readline().strip()
    """,
    "from unittest.mock import patch\nwith patch('builtins.input', return_value='An'):\n    assert ask() == 'Hello An'",
    "from unittest.mock import patch\nwith patch('builtins.input', side_effect=['1', '2', 'stop']):\n"
    "    assert ask_all() == [1, 2]",
    "from unittest import mock\nwith mock.patch('builtins.input', side_effect=['1']) as fake:\n    "
    "try:\n        ask_all()\n"
    "    except StopIteration:\n        pass\n    assert fake.call_count == 2",
    "import io, sys\nold, sys.stdin = sys.stdin, io.StringIO('Bo\\n')\ntry:\n    assert read() == 'Bo'\n"
    "finally:\n    sys.stdin = old",
    "import builtins\nreal = builtins.input\nanswers = iter(['5', 'stop'])\n"
    "builtins.input = lambda prompt='': next(answers)\n"
    "try:\n    assert ask_all() == [5]\nfinally:\n    builtins.input = real",
    "prompts = []\nfrom unittest.mock import patch\ndef answer(prompt=''):\n    "
    "prompts.append(prompt)\n    return 'x'\n"
    "with patch('builtins.input', answer):\n    ask()\nassert prompts == ['Name? ']",
    failing=(
        (
            "from unittest.mock import patch\nwith patch('builtins.input', return_value='An'):\n    "
            "assert ask() == 'Hello Bo'"
        ),
        "ask()",
    ),
)
case(
    "files",
    """
    import csv, os
    from pathlib import Path
    def read(name):
        with open(name, encoding="utf-8") as file:
            return file.read()
    def rows(name):
        with open(name, newline="") as file:
            return list(csv.reader(file))
    def save(name, text):
        Path(name).write_text(text)
    def remove(name):
        os.remove(name)
    def folder(name):
        os.mkdir(name)
        Path(name, "inside.txt").write_text("in")
    def append(name):
        with open(name, "a") as file:
            file.write("+")
    with open("from_learner.txt", "w") as file:
        file.write("early")
    """,
    (
        "open('in.txt', 'w').write('köln')\nopen('in.txt', 'w', encoding='utf-8').write('köln')\n"
        "assert read('in.txt') == 'köln'"
    ),
    "with open('a.csv', 'w') as file:\n    file.write('a,b\\n1,2\\n')\nassert rows('a.csv')[1] == ['1', '2']",
    (
        "import pandas as pd\npd.DataFrame({'a': [1]}).to_csv('t.csv', index=False)\n"
        "assert rows('t.csv') == [['a'], ['1']]"
    ),
    "save('out.txt', 'done')\nassert open('out.txt').read() == 'done'",
    "import os\nsave('out.txt', 'x')\nremove('out.txt')\nassert not os.path.exists('out.txt')",
    "assert open('from_learner.txt').read() == 'early'",
    "from pathlib import Path\nfolder('new')\nassert Path('new/inside.txt').read_text() == 'in'",
    "from pathlib import Path\nfor n in range(20):\n    Path('n.txt').write_text(str(n % 10))\n    append('n.txt')\n"
    "    assert Path('n.txt').read_text() == f'{n % 10}+'\n    save('n.txt', 'ab')\n"
    "    assert Path('n.txt').read_text() == 'ab'",
    "import tempfile, os\nwith tempfile.NamedTemporaryFile('w', dir='.', suffix='.txt') as f:\n    "
    "f.write('t')\n    f.flush()\n"
    "    assert read(os.path.basename(f.name)) == 't'",
    "try:\n    read('nowhere.txt')\nexcept FileNotFoundError:\n    pass\nelse:\n    assert False",
    failing=("save('out.txt', 'done')\nassert open('out.txt').read() == 'other'",),
)
case(
    "figures",
    """
    import matplotlib.pyplot as plt
    def plot(names, values):
        fig, ax = plt.subplots()
        ax.bar(names, values, label="sales")
        ax.set_title("Sales")
        ax.set_xlabel("month")
        ax.legend()
        return ax
    def line():
        plt.figure()
        plt.plot([1, 2, 3], [2, 4, 8], color="red")
        plt.title("Growth")
        plt.ylabel("euro")
    """,
    "ax = plot(['a', 'b'], [1, 2])\nassert ax.get_title() == 'Sales' and ax.get_xlabel() == 'month'",
    "ax = plot(['a', 'b'], [1, 2])\nassert [bar.get_height() for bar in ax.patches] == [1, 2]",
    "ax = plot(['a', 'b'], [1, 2])\nassert len(ax.patches) == 2 and ax.get_legend() is not None",
    "ax = plot(['a', 'b'], [1, 2])\nassert [t.get_text() for t in ax.get_legend().get_texts()] == ['sales']",
    "import matplotlib.pyplot as plt\nline()\nax = plt.gca()\nassert ax.get_title() == 'Growth' and "
    "list(ax.lines[0].get_ydata()) == [2, 4, 8]",
    "import matplotlib.pyplot as plt\nline()\nassert plt.gcf().axes[0].get_ylabel() == 'euro'\nplt.close('all')",
    "from matplotlib import pyplot as plt\nimport matplotlib.colors\nline()\n"
    "assert matplotlib.colors.to_hex(plt.gca().lines[0].get_color()) == '#ff0000'",
    "import matplotlib.pyplot\nplt.close('all')\nline()\nassert len(matplotlib.pyplot.get_fignums()) == 1",
    "import numpy as np\nline()\nnp.testing.assert_allclose(plt.gca().lines[0].get_xydata()[:, 1], [2, 4, 8])",
    failing=(
        "ax = plot(['a'], [1])\nassert ax.get_title() == 'Other'",
        "import matplotlib.pyplot as plt\nline()\nassert plt.gca().get_xlabel() == 'x'",
    ),
)
case(
    "unittest",
    TOTAL,
    "import unittest\nt = unittest.TestCase()\nt.assertEqual(total([1, 2]), 3)\n"
    "t.assertAlmostEqual(total([0.1, 0.2]), 0.3)\n"
    "t.assertIn(total([1]), [1, 2])\nt.assertIsInstance(total([1]), int)\nt.assertTrue(total([1]) > 0)",
    "import unittest\nclass T(unittest.TestCase):\n    def test_one(self):\n        self.assertEqual(total([1]), 1)\n"
    "result = unittest.TextTestRunner(verbosity=0).run(unittest.defaultTestLoader.loadTestsFromTestCase(T))\n"
    "assert result.wasSuccessful()",
    failing=(
        "import unittest\nunittest.TestCase().assertEqual(total([1, 2]), 4)",
        "import unittest\nunittest.TestCase().assertTrue(total([]))",
    ),
)
case(
    "modules",
    "import math\nimport statistics as st\nfrom math import pi\nimport datetime as dt",
    "assert math.sqrt(4) == 2 and math.pi == pi",
    "assert st.mean([1, 3]) == 2",
    "assert dt.date(2024, 1, 1).year == 2024",
    "import math\nassert math.floor(2.5) == 2",
)
case(
    "numbers that are not exactly numbers",
    """
    class Vector:
        def __init__(self, x, y):
            self.x, self.y = x, y
        def __add__(self, other):
            return Vector(self.x + other.x, self.y + other.y)
        def __mul__(self, factor):
            return Vector(self.x * factor, self.y * factor)
        __rmul__ = __mul__
        def __matmul__(self, other):
            return self.x * other.x + self.y * other.y
        def __neg__(self):
            return Vector(-self.x, -self.y)
        def __abs__(self):
            return (self.x ** 2 + self.y ** 2) ** 0.5
        def __eq__(self, other):
            return (self.x, self.y) == (other.x, other.y)
        def __hash__(self):
            return hash((self.x, self.y))
        def __call__(self, z):
            return self.x + z
        def __iadd__(self, other):
            self.x += other.x
            return self
        def __round__(self, n=0):
            return Vector(round(self.x, n), round(self.y, n))
        def __float__(self):
            return float(self.x)
    """,
    "v = Vector(1, 2) + Vector(3, 4)\nassert (v.x, v.y) == (4, 6) and v == Vector(4, 6)",
    "assert Vector(1, 2) * 3 == Vector(3, 6) and 3 * Vector(1, 2) == Vector(3, 6)",
    "assert Vector(1, 2) @ Vector(3, 4) == 11 and abs(Vector(3, 4)) == 5 and -Vector(1, 2) == Vector(-1, -2)",
    "assert len({Vector(1, 2), Vector(1, 2), Vector(2, 1)}) == 2 and Vector(1, 2)(5) == 6",
    "v = Vector(1, 2)\nw = v\nv += Vector(1, 1)\nassert v is w and v.x == 2",
    "assert round(Vector(1.26, 2), 1).x == 1.3 and float(Vector(2, 0)) == 2.0",
    "try:\n    Vector(1, 2) - Vector(1, 2)\nexcept TypeError:\n    pass\nelse:\n    assert False",
    "try:\n    len(Vector(1, 2))\nexcept TypeError:\n    pass\nelse:\n    assert False",
    "assert Vector(1, 2) in [Vector(2, 1), Vector(1, 2)] and [Vector(0, 0)].count(Vector(0, 0)) == 1",
    "assert [Vector(1, 2)] == [Vector(1, 2)] and {'a': Vector(1, 2)} == {'a': Vector(1, 2)}",
    failing=("assert Vector(1, 2) == Vector(1, 3)", "assert (Vector(1, 2) + Vector(1, 1)).x == 3"),
)
