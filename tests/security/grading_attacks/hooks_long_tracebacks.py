"""Asks for tracebacks with sixty lines around each error, and calls what is not there."""

FAMILY = "hooks"
HONEST = 2
PLAIN = "hidden"
CODE = """
import functools

report = get_ipython().InteractiveTB
report.structured_traceback = functools.partial(report.structured_traceback, context=60)
"""
