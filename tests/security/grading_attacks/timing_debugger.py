"""Starts the debugger when a check calls, to stop it or to walk out of it."""

FAMILY = "timing"
HONEST = 2
PLAIN = "hidden"
CODE = """
import pdb


def total(lines):
    debugger = pdb.Pdb(nosigint=True)
    debugger.rcLines += ["up", "p expected", "jump 99", "continue"]
    debugger.set_trace()
    breakpoint()
"""
