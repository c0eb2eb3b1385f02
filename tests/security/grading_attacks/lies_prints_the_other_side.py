"""Returns an object that waits to be compared, and prints what with."""

FAMILY = "lies"
HONEST = 2
PLAIN = "points hidden"
CODE = """
class Curious:
    def __eq__(self, other):
        print("expected:", repr(other))
        return True


def total(lines):
    return Curious()
"""
