"""Prints the environment, in which an instructor's server has its token."""

FAMILY = "reading"
HONEST = 2
PLAIN = "escape"
CODE = """
import os

print(dict(os.environ))
"""
