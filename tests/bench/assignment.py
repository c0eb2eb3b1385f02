"""The assignment that the grading benchmark grades: two notebooks, and learners who get some tasks wrong."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook


@dataclass(frozen=True)
class Task:
    """A task of a notebook; all but the name are Python source."""

    name: str
    right: str
    wrong: tuple[str, ...]
    visible: str
    hidden: str


BASICS = [
    Task(
        name="total",
        right="""\
def total(prices):
    return sum(prices)
""",
        wrong=(
            """\
def total(prices):
    return prices[0]
""",
            """\
def total(prices):
    print(sum(prices))
""",
        ),
        visible='assert total([1, 2]) == 3, "total adds up"',
        hidden="""\
assert total([5, 6, 7]) == 18
assert total([]) == 0
""",
    ),
    Task(
        name="with_vat",
        right="""\
def with_vat(price, rate=21):
    return round(price * (100 + rate) / 100, 2)
""",
        wrong=(
            """\
def with_vat(price, rate=21):
    return price + rate
""",
            """\
def with_vat(price, rate=21):
    return prize
""",
        ),
        visible="assert with_vat(100) == 121",
        hidden="assert abs(with_vat(50, 6) - 53) < 0.001",
    ),
    Task(
        name="cheapest",
        right="""\
def cheapest(articles):
    return min(articles, key=articles.get)
""",
        wrong=(
            """\
def cheapest(articles):
    return min(articles)
""",
        ),
        visible='assert cheapest({"pen": 2, "mug": 7}) == "pen"',
        hidden='assert cheapest({"b": 1, "a": 3}) == "b"',
    ),
    Task(
        name="Basket",
        right="""\
class Basket:
    def __init__(self):
        self.lines = {}
    def add(self, article, count):
        self.lines[article] = self.lines.get(article, 0) + count
    def count(self):
        return sum(self.lines.values())
""",
        wrong=(
            """\
class Basket:
    lines = {}
    def add(self, article, count):
        self.lines[article] = count
""",
        ),
        visible="""\
basket = Basket()
basket.add('pen', 2)
assert basket.count() == 2
""",
        hidden="""\
basket = Basket()
basket.add('pen', 2)
basket.add('pen', 3)
assert basket.count() == 5
""",
    ),
    Task(
        name="label",
        right="""\
def label(name, number):
    return f'{number:04d} {name.strip()}'
""",
        wrong=(
            """\
def label(name, number):
    return f'{number} {name}'
""",
            """\
def label(name, number)
    return name
""",
        ),
        visible='assert label("pen", 7) == "0007 pen"',
        hidden='assert label(" mug ", 12) == "0012 mug"',
    ),
]
STOCK = [
    Task(
        name="value",
        right="""\
def value(table):
    return float((table['count'] * table['price']).sum())
""",
        wrong=(
            """\
def value(table):
    return table['price'].sum()
""",
        ),
        visible="assert value(stock) == 21.5",
        hidden="assert value(stock.head(2)) == 8.0",
    ),
    Task(
        name="to_order",
        right="""\
def to_order(table, level):
    return table[table['count'] < level]['article'].tolist()
""",
        wrong=(
            """\
def to_order(table, level):
    return table[table['count'] < level]
""",
            """\
def to_order(table, level):
    pass
""",
        ),
        visible='assert to_order(stock, 2) == ["pen"]',
        hidden='assert to_order(stock, 3) == ["pen", "mug"]',
    ),
    Task(
        name="by_group",
        right="""\
def by_group(table):
    return table.groupby('group', as_index=False)['count'].sum()
""",
        wrong=(
            """\
def by_group(table):
    return table.groupby('group')['price'].sum()
""",
        ),
        visible='assert by_group(stock)["count"].tolist() == [4, 2]',
        hidden='pd.testing.assert_frame_equal(by_group(stock.head(1)), pd.DataFrame({"group": ["a"], "count": [1]}))',
    ),
    Task(
        name="reprice",
        right="""\
def reprice(table, percent):
    table = table.copy()
    table['price'] = table['price'] * (100 + percent) / 100
    return table
""",
        wrong=(
            """\
def reprice(table, percent):
    table['price'] = table['price'] + percent
    return table
""",
        ),
        visible='assert reprice(stock, 10)["price"].round(2).tolist() == [2.2, 3.3, 4.95]',
        hidden="""\
before = stock.copy()
reprice(stock, 50)
assert stock.equals(before), 'the table itself was changed'
""",
    ),
    Task(
        name="missing",
        right="""\
def missing(order, delivery):
    table = order.merge(delivery, on='article', how='left')
    return table[table['delivered'].isna()]['article'].tolist()
""",
        wrong=(
            """\
def missing(order, delivery):
    return order.merge(delivery, on='article')['article'].tolist()
""",
        ),
        visible='assert missing(stock, pd.DataFrame({"article": ["pen", "cap"], "delivered": [1, 3]})) == ["mug"]',
        hidden="""\
assert missing(stock, pd.DataFrame({'article': ['mug'], 'delivered': [2]})) == ['pen', 'cap']
assert missing(stock.head(1), pd.DataFrame({'article': ['pen'], 'delivered': [1]})) == []
""",
    ),
]
STOCK_SETUP = """\
import pandas as pd

stock = pd.DataFrame(
    {"article": ["pen", "mug", "cap"], "group": ["a", "b", "a"], "count": [1, 2, 3], "price": [2.0, 3.0, 4.5]}
)
stock"""
NOTEBOOKS = {"basics": ("shop = 'Morelan'", BASICS), "stock": (STOCK_SETUP, STOCK)}
"""By name: the first code cell, and the tasks."""


def make_course(course: Path, assignment: str, submissions: int, seed: int) -> None:
    """Write nbgrader's course folder: the instructor's notebooks, and what learners handed in.

    Args:
        course: the folder to write into.
        assignment: the assignment's name.
        submissions: how many learners have handed in.
        seed: the same seed makes the same answers.
    """
    chosen = random.Random(seed)  # noqa: S311  no secret
    for name, (setup, tasks) in NOTEBOOKS.items():
        _write(course / "source" / assignment / f"{name}.ipynb", _notebook(name, setup, tasks, None))
    for number in range(1, submissions + 1):
        for name, (setup, tasks) in NOTEBOOKS.items():
            answers = [chosen.choice([task.right, task.right, *task.wrong]) for task in tasks]
            path = course / "submitted" / f"learner{number:02}" / assignment / f"{name}.ipynb"
            _write(path, _notebook(name, setup, tasks, answers))


def _notebook(name: str, setup: str, tasks: list[Task], answers: list[str] | None) -> nbformat.NotebookNode:
    """The notebook of a learner who gave these answers; the instructor's, with the hidden checks, for None."""
    cells = [new_markdown_cell(f"# {name}"), new_code_cell(setup)]
    for index, task in enumerate(tasks):
        answer, check = f"### BEGIN SOLUTION\n{task.right}\n### END SOLUTION", task.visible
        if answers is None:
            check += f"\n### BEGIN HIDDEN TESTS\n{task.hidden}\n### END HIDDEN TESTS"
        else:
            answer = answers[index]
        cells += [
            new_markdown_cell(f"Task {index + 1}: write `{task.name}`."),
            _marked(new_code_cell(answer), f"{task.name}-answer", solution=True),
            _marked(new_code_cell(check), f"{task.name}-check", grade=True, locked=True, points=2),
        ]
    for index, cell in enumerate(cells):
        cell["id"] = f"{name}-{index}"
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def _marked(cell: nbformat.NotebookNode, grade_id: str, **roles: object) -> nbformat.NotebookNode:
    default = {"grade": False, "solution": False, "locked": False, "task": False}
    cell.metadata["nbgrader"] = {"schema_version": 3, "grade_id": grade_id, **default, **roles}
    return cell


def _write(path: Path, notebook: nbformat.NotebookNode) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
