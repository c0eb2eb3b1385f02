"""Returns an object whose text takes for ever, or has a gigabyte."""

FAMILY = "exhaustion"
HONEST = 2
PLAIN = "no: nbgrader interrupts it when its time is over"
CODE = """
import time


class Slow:
    def __repr__(self):
        time.sleep(600)
        return "slow"


class Large:
    def __repr__(self):
        return "a" * 10**9


def total(lines):
    return Slow() if len(lines) == 2 else Large()


def line_total(pieces, price):
    return Large()
"""
