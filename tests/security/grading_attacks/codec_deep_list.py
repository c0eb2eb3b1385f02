"""Returns a list inside a list inside a list, a hundred thousand deep."""

FAMILY = "codec"
HONEST = 2
PLAIN = "absent: nothing of a value leaves plain nbgrader's kernel"
CODE = """
def total(*arguments):
    made = []
    for _ in range(100_000):
        made = [made]
    return made


article_code = short_articles = price_with_vat = to_pay = sales_by_month = total
"""
