"""Computes without end, and takes no interrupt."""

FAMILY = "exhaustion"
HONEST = 2
PLAIN = "no: nbgrader gives up on this submission, which has no points then"
ALONE = True
CODE = """
import signal

signal.signal(signal.SIGINT, signal.SIG_IGN)


def total(lines):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
"""
