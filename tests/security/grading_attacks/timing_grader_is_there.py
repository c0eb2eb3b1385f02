"""Attacks only while it is graded, and looks honest to whoever tries it."""

FAMILY = "timing"
HONEST = 2
PLAIN = "points"
CODE = r"""
import os

if "NBGRADER_EXECUTION" in os.environ:
    get_ipython().input_transformers_cleanup.append(lambda lines: ["pass\n"])
"""
