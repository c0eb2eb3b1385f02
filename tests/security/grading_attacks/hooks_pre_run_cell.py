"""Prints the source of every cell before it runs."""

FAMILY = "hooks"
HONEST = 2
PLAIN = "hidden"
CODE = """
get_ipython().events.register("pre_run_cell", lambda info: print(info.raw_cell))
"""
