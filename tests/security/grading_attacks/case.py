"""The exam for the attacks, how an attack's file becomes a submission, and what to look for after it.

Nothing is run here: :mod:`.plain` runs submissions under nbgrader as it comes, and the tests run them on a site.

The exam has three tasks. In ``goods`` stands the attack; ``line`` is answered right and ``discount`` wrong, both
honestly. Its hidden checks hold :data:`HIDDEN`: texts that are nowhere else, so that what a learner gets back can be
searched for them.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import importlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from typing import Any

import nbformat

from doorstart.courses.cells import is_solution, solution, starter, without_hidden

ASSIGNMENT = "exam"
NOTEBOOK = "exam.ipynb"
KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}

FAMILIES = {
    "hooks": "IPython hooks and transformers",
    "patches": "patched builtins, AssertionError, __import__, excepthook, shadowed modules",
    "lies": "overloaded operators and lying objects",
    "frames": "frame, gc and traceback walking",
    "later": "settrace, atexit, threads and signals that act later",
    "forged": "forged outputs, metadata and execution counts",
    "surgery": "notebook surgery",
    "channels": "messages on the kernel's own channels, and forged replies",
    "codec": "values that are huge, deep, cyclic, type-confused, not finite, or look like markup",
    "exhaustion": "fork, memory, disk, output, sleep",
    "feedback": "script, markup, ANSI, links and images from outside in the feedback",
    "reading": "tokens, the gradebook, other submissions, hidden tests",
    "timing": "answers that depend on when, how often, or by whom they are asked",
}
"""Family of an attack, which is how the name of its file begins, and what it is about."""

HIDDEN = {
    "comment": "walrus-quince-7741",
    "line": "ochre-lanyard-3308",
    "number": "918273645",
    "text": "zyxomma-tern-5093",
    "argument": "marzipan-otter-6620",
}
"""Texts of the hidden checks: in a comment, in a line that checks nothing, as expected values, and as an argument.

No message of a check holds one, so none of them may reach a learner.
"""
NEAR = "velvet-ibex-2215"
"""Also in a hidden check, right beside an assertion: an ordinary traceback shows it, without any attack."""

SECRETS = {
    "solution": "heliotrope-solution-4417",
    "other": "magenta-letter-8820",
    "gradebook": "Vandenboek-3319",
}
"""In the reference solution, in the submission of another learner, and in the gradebook as a learner's last name."""

OUTSIDE = "attack.invalid"
"""The host of all addresses in attacks on the feedback's reader."""
CALLED = "attack_runs"
"""The name of all functions that attacks on the feedback's reader call."""


def _code(grade_id: str, source: str, **nbgrader: Any) -> nbformat.NotebookNode:
    defaults = {"grade": False, "locked": False, "solution": False, "task": False, "schema_version": 3}
    metadata = {"nbgrader": {**defaults, "grade_id": grade_id, **nbgrader}}
    if nbgrader.get("grade"):
        metadata["nbgrader"]["locked"] = True
    # The same exam has the same bytes: the id of a cell is made from its name.
    return nbformat.v4.new_code_cell(source.strip("\n"), id=grade_id, metadata=metadata)


def _text(cell_id: str, source: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_markdown_cell(source, id=cell_id)


GOODS = f"""
def total(lines):
    return ...


### BEGIN SOLUTION
# {SECRETS["solution"]}
def total(lines):
    return sum(pieces * price for pieces, price in lines)


def article_code(group, name, number):
    return f"{{group}}-{{name}}-{{number}}"


def short_articles(stock, least):
    return sorted(name for name, pieces in stock.items() if pieces < least)


def price_with_vat(price, rate):
    return price * (100 + rate) / 100


def to_pay(price, discount):
    return price - discount


def sales_by_month(sales):
    return sales.groupby("month", as_index=False)["amount"].sum()


class Stock:
    def __init__(self):
        self.articles = {{}}

    def add(self, name, pieces):
        self.articles[name] = self.pieces(name) + pieces

    def pieces(self, name):
        return self.articles.get(name, 0)

    def __len__(self):
        return len(self.articles)

    def __contains__(self, name):
        return name in self.articles


### END SOLUTION
"""

TOTAL = """
# Check of task 1
got = total([(2, 5), (1, 4)])
assert got == 14, (
    f"You called total([(2, 5), (1, 4)]). It returned {got}, but 14 was expected. "
    "Next step: multiply pieces by price in each line, then add up."
)
"""

TOTAL_MORE = f"""
# After you submit, this check tries other lines, such as none.
### BEGIN HIDDEN TESTS
# {HIDDEN["comment"]}
marker = "{HIDDEN["line"]}"
cases = [
    ([(1, 918273600), (9, 5)], {HIDDEN["number"]}),
    ([], 0),
    ([(3, 7)], 21),
    ([(10, 2), (-1, 2)], 18),
    ([(1, 1), (1, 1), (1, 1)], 3),
]
assert len(cases) == 5 and marker
passed = 0
failed = 0
seen = []
for case_lines, expected in cases:
    seen.append(len(case_lines))
    got = total(case_lines)
    # {NEAR}
    assert got == expected, (
        f"total was called with {{len(case_lines)}} lines. What it returned is not right. "
        "Next step: start with 0, and add pieces times price for each line."
    )
    passed += 1
### END HIDDEN TESTS
"""

CODE_CHECK = f"""
# After you submit, this check makes the code of an article.
### BEGIN HIDDEN TESTS
expected = "{HIDDEN["text"]}"
group = "zyxomma"
name = "tern"
number = 5093
length = len(group) + len(name) + 6
kinds = [str, str, int]
assert [type(group), type(name), type(number)] == kinds
tried = 0
tried += 1
got = article_code(group, name, number)
assert got == expected and len(got) == length and got.startswith(group), (
    "article_code does not put the three parts together. Next step: write a hyphen between them."
)
### END HIDDEN TESTS
"""

SHORT_CHECK = """
# After you submit, this check looks for the articles that run short.
### BEGIN HIDDEN TESTS
for case_stock, case_least, expected in [
    ({"Mug": 2, "Pen": 40}, 5, ["Mug"]),
    ({}, 5, []),
    ({"Rug": 1, "Bag": 0, "Cap": 9}, 2, ["Bag", "Rug"]),
]:
    got = short_articles(case_stock, case_least)
    assert isinstance(got, list), "short_articles must return a list. Next step: start with an empty list."
    assert len(got) == len(expected) and all(name in got for name in expected), (
        "short_articles does not return the right articles. Next step: compare pieces with least."
    )
    assert sorted(got) == expected and got[:1] == expected[:1], "The articles must be sorted by name."
### END HIDDEN TESTS
"""

VAT_CHECK = """
# After you submit, this check tries other prices and rates.
### BEGIN HIDDEN TESTS
from statistics import mean

for case_price, case_rate, expected in [(100.0, 21, 121.0), (50.0, 6, 53.0), (0.0, 21, 0.0), (-10.0, 0, -10.0)]:
    got = price_with_vat(case_price, case_rate)
    assert got is not None and abs(got - expected) < 1e-9, (
        f"price_with_vat was called with price {case_price} and rate {case_rate}. What it returned is not right."
    )
    assert round(got, 2) == expected, "The price is not right to the cent."
got = [price_with_vat(10.0, 0), price_with_vat(20.0, 10)]
assert abs(mean(got) - 16.0) < 1e-9, "The prices are not right on average."
### END HIDDEN TESTS
"""

PAY_CHECK = """
# After you submit, this check tries other prices and discounts.
### BEGIN HIDDEN TESTS
from decimal import Decimal

got = []
for case_price, case_discount, expected in [("9.99", "0.50", "9.49"), ("5.00", "5.00", "0.00"), ("0.1", "0.3", "-0.2")]:
    got.append(to_pay(Decimal(case_price), Decimal(case_discount)))
    assert got[-1] == Decimal(expected), (
        f"to_pay was called with a price of {case_price} and a discount of {case_discount}. That is not what is to pay."
    )
assert sum(got, Decimal(0)) == Decimal("9.29"), "The amounts do not add up."
### END HIDDEN TESTS
"""

TABLE_CHECK = """
# After you submit, this check adds up the sales of another year.
### BEGIN HIDDEN TESTS
sales = pd.DataFrame({"month": ["2031-04", "2031-05", "2031-04"], "amount": [10.25, 12.0, 20.5]})
got = sales_by_month(sales)
assert isinstance(got, pd.DataFrame), "sales_by_month must return a table."
assert list(got.columns) == ["month", "amount"], "The columns must be month and amount."
assert len(got) == 2 and got["amount"].tolist() == [30.75, 12.0], "The amounts of the months are not right."
assert got.loc[got["month"] == "2031-04", "amount"].iloc[0] == 30.75, "The amount of April is not right."
assert abs(got["amount"].sum() - sales["amount"].sum()) < 1e-9, "The months do not add up to all sales."
pd.testing.assert_frame_equal(
    got.reset_index(drop=True), pd.DataFrame({"month": ["2031-04", "2031-05"], "amount": [30.75, 12.0]})
)
### END HIDDEN TESTS
"""

STOCK_CHECK = f"""
# After you submit, this check fills a stock.
### BEGIN HIDDEN TESTS
article = "{HIDDEN["argument"]}"
pieces = 3
others = ["Mug", "Mug"]
more = [2, 5]
names = [article, *others]
numbers = [pieces, *more]
assert len(names) == len(numbers) == 3
absent = "Pen"
stock = Stock()
for case_name, case_pieces in zip(names, numbers, strict=True):
    stock.add(case_name, case_pieces)
assert isinstance(stock, Stock) and len(stock) == 2, "A stock does not count its articles."
assert "Mug" in stock, "An article that was added is not in the stock."
assert absent not in stock, "An article that was not added is in the stock."
assert stock.pieces("Mug") == 7, "A stock does not add up the pieces of an article."
assert [stock.pieces(name) for name in (absent, "Mug")] == [0, 7], "An article that is not there has no pieces."
### END HIDDEN TESTS
"""

LINE = """
def line_total(pieces, price):
    return ...


### BEGIN SOLUTION
def line_total(pieces, price):
    return pieces * price


### END SOLUTION
"""

LINE_CHECK = """
# Check of task 2
got = line_total(3, 4)
assert got == 12, f"You called line_total(3, 4). It returned {got}, but 12 was expected. Next step: use *."
"""

LINE_MORE = """
# After you submit, this check tries other numbers.
### BEGIN HIDDEN TESTS
for case_pieces, case_price, expected in [(0, 5, 0), (7, 8, 56), (-2, 3, -6)]:
    got = line_total(case_pieces, case_price)
    assert got == expected, f"line_total was called with {case_pieces} and {case_price}. It returned {got}."
### END HIDDEN TESTS
"""

DISCOUNT = """
def discount_on(amount):
    return ...


### BEGIN SOLUTION
def discount_on(amount):
    return 5 if amount >= 100 else 0


### END SOLUTION
"""

DISCOUNT_CHECK = """
# Check of task 3
got = discount_on(100)
assert got == 5, f"You called discount_on(100). It returned {got}, but 5 was expected. Next step: use if."
"""

DISCOUNT_MORE = """
# After you submit, this check tries other amounts.
### BEGIN HIDDEN TESTS
for case_amount, expected in [(99, 0), (250, 5), (0, 0)]:
    got = discount_on(case_amount)
    assert got == expected, f"discount_on was called with {case_amount}. It returned {got}."
### END HIDDEN TESTS
"""

POINTS = {
    "total-check": 1,
    "total-check-more": 2,
    "code-check": 1,
    "short-check": 2,
    "vat-check": 2,
    "pay-check": 2,
    "table-check": 3,
    "stock-check": 2,
    "line-check": 1,
    "line-check-more": 1,
    "discount-check": 1,
    "discount-check-more": 1,
}
"""Points of each check."""
ALL = sum(POINTS.values())
LINE_POINTS = 2
"""What the right answer to task 2 deserves, whatever stands in task 1."""

CHECKS = {
    "total-check": TOTAL,
    "total-check-more": TOTAL_MORE,
    "code-check": CODE_CHECK,
    "short-check": SHORT_CHECK,
    "vat-check": VAT_CHECK,
    "pay-check": PAY_CHECK,
    "table-check": TABLE_CHECK,
    "stock-check": STOCK_CHECK,
    "line-check": LINE_CHECK,
    "line-check-more": LINE_MORE,
    "discount-check": DISCOUNT_CHECK,
    "discount-check-more": DISCOUNT_MORE,
}


def source_notebook() -> nbformat.NotebookNode:
    """The exam as the instructor wrote it, with solutions and hidden checks."""
    cells = [
        _text("exam-text", "# Exam"),
        _code("setup", "from decimal import Decimal\n\nimport pandas as pd", locked=True),
    ]
    for task, source in {"goods": GOODS, "line": LINE, "discount": DISCOUNT}.items():
        cells += [_text(f"{task}-text", f"## Task: {task}"), _code(task, source, solution=True)]
        own = [one for one in CHECKS if one.startswith(task)] or list(CHECKS)[:8]
        cells += [_code(one, CHECKS[one], grade=True, points=POINTS[one]) for one in own]
    metadata = {"kernelspec": KERNELSPEC, "language_info": {"name": "python"}}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=metadata)
    notebook.nbformat_minor = 5
    nbformat.validate(notebook)
    return notebook


def learner_notebook() -> nbformat.NotebookNode:
    """The exam as learners get it: starters, and the visible part of the checks."""
    notebook = source_notebook()
    for one in notebook.cells:
        one.source = starter(one.source) if is_solution(one) else without_hidden(one.source)
    return notebook


def cell(notebook: nbformat.NotebookNode, grade_id: str) -> nbformat.NotebookNode:
    """The cell of a notebook with a grade id; the first if there are several."""
    return next(one for one in notebook.cells if one.metadata.get("nbgrader", {}).get("grade_id") == grade_id)


def honest(**answers: str) -> nbformat.NotebookNode:
    """The exam with ``line`` right, ``discount`` wrong, and ``goods`` not answered, but for what is given."""
    notebook = learner_notebook()
    given = {"line": solution(LINE), "discount": "def discount_on(amount):\n    return amount", **answers}
    for name, answer in given.items():
        cell(notebook, name).source = answer.strip("\n")
    return notebook


def right() -> nbformat.NotebookNode:
    """The exam with everything right, and a private text of this learner in it."""
    goods = solution(GOODS).replace(SECRETS["solution"], SECRETS["other"])
    return honest(goods=goods, discount=solution(DISCOUNT))


def to_bytes(notebook: nbformat.NotebookNode) -> bytes:
    """A notebook as a file."""
    return (json.dumps(notebook, indent=1, sort_keys=True) + "\n").encode()


@dataclass(frozen=True)
class Attack:
    """One malicious submission, as its module describes it."""

    name: str
    """The module's name."""
    tries: str
    """The first line of the module's docstring."""
    family: str
    honest: int
    """The points that the honest part deserves."""
    plain: str
    """What comes of it under plain nbgrader: some of :data:`OUTCOMES`, or why nothing does."""
    plain_may: frozenset[str]
    """What else may come of it under plain nbgrader, by chance."""
    alone: bool
    """Whether the attack may disturb others of its run, so that it gets a run of its own."""
    twice: bool
    """Whether it is handed in by two learners, one after the other."""
    spoils: bool
    """Whether it may by chance have fewer points than it deserves, by its own doing."""
    source: ModuleType = field(repr=False, compare=False)

    @property
    def learners(self) -> tuple[str, ...]:
        """Who hands it in."""
        name = self.name.replace("_", "-")
        return (f"{name}.1", f"{name}.2") if self.twice else (name,)

    @property
    def outcomes(self) -> frozenset[str]:
        """What comes of it under plain nbgrader; empty if nothing does."""
        return frozenset() if self.plain.startswith(("no: ", "absent: ")) else frozenset(self.plain.split())

    @property
    def in_plain(self) -> bool:
        """Whether plain nbgrader has what it attacks."""
        return not self.plain.startswith("absent: ")

    def files(self) -> dict[str, bytes]:
        """The files of the submission, by their path."""
        code: str | None = getattr(self.source, "CODE", None)
        answers: Mapping[str, str] = getattr(self.source, "ANSWERS", {})
        notebook = honest(**({} if code is None else {"goods": code}), **answers)
        change: Callable[[nbformat.NotebookNode], None] = getattr(self.source, "change", lambda notebook: None)
        change(notebook)
        raw: Callable[[bytes], bytes] = getattr(self.source, "raw", lambda content: content)
        files: Mapping[str, str] = getattr(self.source, "FILES", {})
        return {NOTEBOOK: raw(to_bytes(notebook)), **{name: text.encode() for name, text in files.items()}}


OUTCOMES = {
    "points": "more points than the honest part deserves",
    "hidden": "the learner gets back text of hidden checks",
    "escape": "it reads what is not the learner's, or changes what must not change",
    "harm": "the run ends, hangs, or costs another learner points",
    "markup": "active or outside content reaches whoever opens the feedback",
}
"""What an attack can come to."""


def attacks() -> list[Attack]:
    """All attacks, by name."""
    found = []
    for path in sorted(Path(__file__).parent.glob("*_*.py")):
        if path.stem != "__init__":
            module = importlib.import_module(f".{path.stem}", __package__)
            found.append(
                Attack(
                    name=path.stem,
                    tries=(module.__doc__ or "").strip().partition("\n")[0],
                    family=module.FAMILY,
                    honest=module.HONEST,
                    plain=module.PLAIN,
                    plain_may=frozenset(getattr(module, "PLAIN_MAY", "").split()),
                    alone=getattr(module, "ALONE", False),
                    twice=getattr(module, "TWICE", False),
                    spoils=getattr(module, "SPOILS", False),
                    source=module,
                )
            )
    return found


def found_in(returned: Mapping[str, bytes], wanted: Mapping[str, str]) -> frozenset[str]:
    """Which of the wanted texts stand in files, also encoded in one of the ways that attacks use.

    Args:
        returned: Files by path; the paths are searched too.
        wanted: Texts by a name.

    Returns:
        The names of those that were found.
    """
    readings = [reading for path, content in returned.items() for reading in _readings(path.encode() + b"\n" + content)]
    return frozenset(name for name, text in wanted.items() if any(text.lower() in reading for reading in readings))


_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){8,}")
_NUMBERS = re.compile(r"\d{1,3}(?:[ ,;]+\d{1,3}){7,}")


def _readings(content: bytes) -> Iterable[str]:
    """All that a file can be read as, in lower case."""
    text = content.decode("utf-8", "replace")
    for plain in (text, html.unescape(re.sub(r"<[^>]*>", "", text))):
        yield plain.lower()
        yield plain[::-1].lower()
        yield codecs.decode(plain, "rot13").lower()
        joined = plain.replace("\\n", "").replace("\n", "")
        for run in {*_BASE64.findall(plain), *_BASE64.findall(joined)}:
            # The run may begin in the middle of a group of four.
            for start in range(4):
                part = run[start:].rstrip("=")
                part = part[:-1] if len(part) % 4 == 1 else part
                part += "=" * (-len(part) % 4)
                for alphabet in (b"+/", b"-_"):
                    try:
                        decoded = base64.b64decode(part, altchars=alphabet)
                    except (binascii.Error, ValueError):
                        continue
                    yield decoded.decode("utf-8", "replace").lower()
        for run in _HEX.findall(joined):
            yield bytes.fromhex(run).decode("utf-8", "replace").lower()
        for run in _NUMBERS.findall(plain):
            yield "".join(chr(int(one)) for one in re.findall(r"\d+", run)).lower()


def markup_in(page: bytes) -> frozenset[str]:
    """What of an attack's making is active or loads from outside in a page, in a few words each."""
    reader = _Reader()
    reader.feed(page.decode("utf-8", "replace"))
    return frozenset(reader.found)


_ACTIVE = ("form", "iframe", "object", "embed", "base", "meta")


class _Reader(HTMLParser):
    """Reads a page as a browser does, and notes what an attack could have put into it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self._raw = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._raw = tag if tag in ("script", "style") else ""
        for name, value in attrs:
            text = re.sub(r"[\s\0]", "", (value or "").lower())
            if name.startswith("on") and CALLED in text:
                self.found.add(f"{name} of {tag}")
            elif text.startswith(("javascript:", "data:text/html")) and CALLED in text:
                self.found.add(f"{name} of {tag} runs")
            elif OUTSIDE in text and not (tag == "a" and name == "href"):
                self.found.add(f"{name} of {tag} from outside")
        if tag in _ACTIVE and any("attack" in (value or "") for _, value in attrs):
            self.found.add(tag)

    def handle_endtag(self, tag: str) -> None:
        self._raw = ""

    def handle_data(self, data: str) -> None:
        if self._raw == "script" and CALLED in data:
            self.found.add("script")
        if self._raw == "style" and OUTSIDE in data:
            self.found.add("style from outside")
