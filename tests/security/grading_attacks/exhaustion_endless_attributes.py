"""Returns an object that has every attribute, item and call, each of which is such an object."""

FAMILY = "exhaustion"
HONEST = 2
PLAIN = "no: it equals nothing"
CODE = """
class Chain:
    def __getattr__(self, name):
        return Chain()

    def __call__(self, *arguments, **options):
        return Chain()

    def __getitem__(self, key):
        return Chain()

    def __len__(self):
        return 1


def total(lines):
    return Chain()


article_code = short_articles = to_pay = sales_by_month = Stock = price_with_vat = lambda *arguments: Chain()
"""
