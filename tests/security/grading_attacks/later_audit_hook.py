"""Adds an audit hook that cannot be taken away, and writes down all code that is executed."""

FAMILY = "later"
HONEST = 2
PLAIN = "hidden"
CODE = r"""
import sys


def report(event, arguments):
    if event == "exec" and arguments[0].co_name == "<module>":
        log.write(repr(arguments[0].co_consts) + "\n")
        log.flush()


log = open("log.txt", "w")
sys.addaudithook(report)
"""
