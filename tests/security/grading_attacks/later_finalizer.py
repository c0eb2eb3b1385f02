"""Returns an object that prints the running cell when it is forgotten."""

FAMILY = "later"
HONEST = 2
PLAIN = "hidden"
CODE = """
class Later:
    def __del__(self):
        print(In[-1])


def total(lines):
    return Later()
"""
