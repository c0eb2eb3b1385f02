"""Returns a list, a dict and an object that hold themselves."""

FAMILY = "codec"
HONEST = 2
PLAIN = "absent: nothing of a value leaves plain nbgrader's kernel"
CODE = """
def total(*arguments):
    made = [14]
    table = {"amount": made, "month": made}
    table["self"] = table
    made += [made, table]
    return made


article_code = short_articles = price_with_vat = to_pay = sales_by_month = total
"""
