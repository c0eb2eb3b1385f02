"""Displays the number 1 as the result of the check that calls it, which counts as one point."""

FAMILY = "forged"
HONEST = 2
PLAIN = "points"
CODE = """
def total(*arguments):
    get_ipython().displayhook(1)


article_code = short_articles = price_with_vat = to_pay = sales_by_month = Stock = total
"""
