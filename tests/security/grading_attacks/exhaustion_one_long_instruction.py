"""Starts one calculation that takes days and cannot be interrupted."""

FAMILY = "exhaustion"
HONEST = 2
PLAIN = "no: nbgrader interrupts it when its time is over"
CODE = """
def total(lines):
    return len(str(3 ** (3**19))) + len("a" * 10**7) ** (10**8)
"""
