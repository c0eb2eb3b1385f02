"""Looks up the source of whoever calls, and prints it."""

FAMILY = "frames"
HONEST = 2
PLAIN = "hidden"
CODE = """
import linecache
import sys


def total(lines):
    print("".join(linecache.getlines(sys._getframe(1).f_code.co_filename)))
"""
