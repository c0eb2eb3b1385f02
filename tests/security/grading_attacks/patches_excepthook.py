"""Replaces sys.excepthook and the handler of unraisable errors."""

FAMILY = "patches"
HONEST = 2
PLAIN = "no: the shell does not use them for the errors of a cell"
CODE = """
import sys

sys.excepthook = sys.unraisablehook = lambda *arguments: None


def total(lines):
    return 0
"""
