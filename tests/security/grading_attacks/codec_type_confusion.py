"""Returns dicts and lists that look like the messages of a codec, for values that would be right."""

FAMILY = "codec"
HONEST = 2
PLAIN = "absent: nothing of a value leaves plain nbgrader's kernel"
CODE = r"""
def total(lines):
    return {"$": "int", "v": "14", "value": 14, "type": "int", "__class__": "int", "$type": "int"}


def article_code(group, name, number):
    return ["str", f"{group}-{name}", {"$": "handle", "v": 0}, {"$": "ref", "v": 1}]


def short_articles(stock, least):
    return ({"$": "list", "v": sorted(stock)},)


def price_with_vat(price, rate):
    return {"$": "float", "v": "__import__('os').system('id')"}


def to_pay(price, discount):
    return {"$": "decimal.Decimal", "v": "9" * 50_000}


def sales_by_month(sales):
    return {"$": "pandas.DataFrame", "columns": ["month", "amount"], "data": [["2031-04", 30.75]], "v": "cos\nsystem\n"}
"""
