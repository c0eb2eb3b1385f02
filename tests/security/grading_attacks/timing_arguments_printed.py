"""Prints the arguments of every call, for the learner to read later."""

FAMILY = "timing"
HONEST = 2
PLAIN = "hidden"
CODE = """
class Stock:
    def add(self, name, pieces):
        print("argument:", name)


def total(lines):
    print("argument:", lines)
"""
