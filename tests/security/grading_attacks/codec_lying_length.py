"""Returns lists that say that they have a trillion members, or fewer than none."""

FAMILY = "codec"
HONEST = 2
PLAIN = "absent: nothing of a value leaves plain nbgrader's kernel"
CODE = """
class Long(list):
    def __len__(self):
        return 10**12

    def __iter__(self):
        yield from range(10)

    def __getitem__(self, key):
        return self

    def __length_hint__(self):
        return -5


class Negative:
    def __len__(self):
        return -1


def total(lines):
    return Negative()


def short_articles(stock, least):
    return Long()
"""
