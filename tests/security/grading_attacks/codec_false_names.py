"""Returns objects of classes that call themselves int, Decimal, list and DataFrame of the right modules."""

FAMILY = "codec"
HONEST = 2
PLAIN = "absent: nothing of a value leaves plain nbgrader's kernel"
CODE = """
def named(name, module):
    return type(name, (), {"__module__": module, "__eq__": lambda self, other: NotImplemented, "__hash__": None})()


def total(lines):
    return named("int", "builtins")


def short_articles(stock, least):
    return named("list", "builtins")


def price_with_vat(price, rate):
    return named("float64", "numpy")


def to_pay(price, discount):
    return named("Decimal", "decimal")


def sales_by_month(sales):
    return named("DataFrame", "pandas.core.frame")
"""
