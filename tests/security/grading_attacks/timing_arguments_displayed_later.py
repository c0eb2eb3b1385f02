"""Keeps the arguments of every call, and displays them where the learner's own last cell runs."""

FAMILY = "timing"
HONEST = 2
PLAIN = "hidden"
CODE = """
kept = []


class Stock:
    def add(self, name, pieces):
        kept.append(name)
"""
ANSWERS = {
    "discount": """
def discount_on(amount):
    return amount


print(",".join(str(ord(sign)) for sign in "".join(kept)))
""",
}
