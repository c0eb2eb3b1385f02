"""Prints one line of four hundred million characters."""

FAMILY = "exhaustion"
HONEST = 2
PLAIN = "no: its own kernel is killed, and it has no points then"
ALONE = True
CODE = """
import sys

sys.stdout.write("a" * 400_000_000)
"""
