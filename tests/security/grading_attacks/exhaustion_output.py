"""Prints without end while a check waits for its answer."""

FAMILY = "exhaustion"
HONEST = 2
PLAIN = "no: its own kernel is killed, and it has no points then"
ALONE = True
CODE = """
def total(lines):
    while True:
        print("attack " * 100_000)
"""
