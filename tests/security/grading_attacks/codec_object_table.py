"""Returns a table with lying objects for cells, twice the same column, and names that are no text."""

FAMILY = "codec"
HONEST = 2
PLAIN = "absent: nothing of a value leaves plain nbgrader's kernel"
CODE = """
import pandas as pd


class Yes(float):
    def __eq__(self, other):
        return True

    __hash__ = float.__hash__


def sales_by_month(sales):
    cells = [[object(), Yes(1), [1], None], [lambda: 1, Yes(2), {1: 2}, 2j]]
    columns = ["month", "month", ("amount", 1), float("nan")]
    return pd.DataFrame(cells, columns=columns, index=[Yes(0), Yes(0)], dtype=object)
"""
