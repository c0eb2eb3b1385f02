"""Returns nan, infinity and negative zero, alone, in arrays, in tables and as Decimal."""

FAMILY = "codec"
HONEST = 2
PLAIN = "absent: nothing of a value leaves plain nbgrader's kernel"
CODE = """
from decimal import Decimal

import numpy as np
import pandas as pd


def total(lines):
    return float("nan")


def price_with_vat(price, rate):
    return np.float64("nan") if rate else float("-inf")


def to_pay(price, discount):
    return Decimal("sNaN")


def short_articles(stock, least):
    return [float("nan"), -0.0, complex("nan")]


def sales_by_month(sales):
    return pd.DataFrame({"month": ["2031-04", "2031-05"], "amount": [np.nan, np.inf]})
"""
