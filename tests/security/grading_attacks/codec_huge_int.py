"""Returns an int of ten million digits."""

FAMILY = "codec"
HONEST = 2
PLAIN = "absent: nothing of a value leaves plain nbgrader's kernel"
CODE = """
def total(*arguments):
    return 1 << 33_000_000


article_code = short_articles = price_with_vat = to_pay = sales_by_month = total
"""
