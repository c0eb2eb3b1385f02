"""A class whose class says that everything is one of it, and that it has whatever is asked for."""

FAMILY = "lies"
HONEST = 2
PLAIN = "points"
CODE = """
class Everything(type):
    def __instancecheck__(cls, instance):
        return True

    def __call__(cls, *arguments):
        return "Mug"

    def __getattr__(cls, name):
        return lambda *arguments: True


class Any(int, metaclass=type):
    def __eq__(self, other):
        return True


class Text(str):
    def add(self, name, pieces):
        pass

    def pieces(self, name):
        return Any()

    def __len__(self):
        return 2


class Stock(metaclass=Everything):
    pass


Everything.__call__ = lambda cls, *arguments: Text("Mug")
"""
