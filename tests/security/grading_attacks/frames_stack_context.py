"""Asks the inspect module for the stack with eighty lines around each call, and prints it backwards."""

FAMILY = "frames"
HONEST = 2
PLAIN = "hidden"
CODE = """
import inspect


def total(lines):
    for frame in inspect.stack(context=80):
        if frame.function == "<module>":
            print("".join(frame.code_context or [])[::-1])
"""
