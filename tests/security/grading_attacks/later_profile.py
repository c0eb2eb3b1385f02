"""Has the interpreter report every call, and prints the constants of each cell."""

FAMILY = "later"
HONEST = 2
PLAIN = "hidden"
CODE = """
import sys


def report(frame, event, argument):
    if event == "call" and frame.f_code.co_name == "<module>" and "ipykernel" in frame.f_code.co_filename:
        print(frame.f_code.co_consts)


sys.setprofile(report)
"""
