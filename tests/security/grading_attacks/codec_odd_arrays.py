"""Returns arrays of records, of objects, of dates out of range, of text, and without any memory of their own."""

FAMILY = "codec"
HONEST = 2
PLAIN = "absent: nothing of a value leaves plain nbgrader's kernel"
CODE = """
import numpy as np


def total(lines):
    return np.lib.stride_tricks.as_strided(np.zeros(1), shape=(10**12,), strides=(0,))


def price_with_vat(price, rate):
    return np.array([(1, "a")], dtype=[("__class__", "i8"), ("v", "U1")])


def to_pay(price, discount):
    return np.array([np.datetime64("NaT"), np.datetime64(2**62, "as")])


def short_articles(stock, least):
    return np.array(["article"] * 3, dtype=object)
"""
