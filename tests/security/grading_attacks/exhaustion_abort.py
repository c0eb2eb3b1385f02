"""Ends its own process in the middle of a call."""

FAMILY = "exhaustion"
HONEST = 2
PLAIN = "no: its own kernel is gone, and it has no points then"
CODE = """
import os


def total(lines):
    os.abort()
"""
