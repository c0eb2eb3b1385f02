"""Returns a table of one row and ten million columns, and an array with sixty-four dimensions."""

FAMILY = "codec"
HONEST = 2
PLAIN = "absent: nothing of a value leaves plain nbgrader's kernel"
CODE = """
import numpy as np
import pandas as pd


def sales_by_month(sales):
    return pd.DataFrame(np.zeros((1, 10**7), dtype="int8"))


def total(lines):
    return np.zeros((1,) * 64)
"""
