"""A class that keeps nothing, and answers each question of the check in turn."""

FAMILY = "lies"
HONEST = 2
PLAIN = "points"
CODE = """
class Yes(int):
    def __eq__(self, other):
        return True

    __hash__ = int.__hash__


class Stock:
    asked = 0

    def add(self, name, pieces):
        pass

    def __len__(self):
        return 2

    def __contains__(self, name):
        self.asked += 1
        return self.asked == 1

    def pieces(self, name):
        return Yes()
"""
