"""Takes ever more memory while a check waits for its answer."""

FAMILY = "exhaustion"
HONEST = 2
PLAIN = "no: its own kernel is killed, and it has no points then"
ALONE = True
CODE = r"""
def total(lines):
    taken = []
    while True:
        taken.append(b"\1" * 2**24)
"""
