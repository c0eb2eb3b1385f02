"""Lets the display of any text add the source of the cell that is running."""

FAMILY = "hooks"
HONEST = 2
PLAIN = "hidden"
CODE = """
import builtins
import sys

shell = get_ipython()


def display_source(value):
    sys.stdout.write(shell.user_ns["In"][-1].encode().hex())


sys.displayhook = display_source
shell.display_trap.hook = display_source


def total(lines):
    return sys.displayhook(lines)
"""
