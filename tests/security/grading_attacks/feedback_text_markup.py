"""Lets messages, names, errors and file names carry markup."""

FAMILY = "feedback"
HONEST = 2
PLAIN = "no: nbgrader escapes such text"
CODE = r"""
markup = "</pre></div><script>attack_runs()</script><img src='http://attack.invalid/a.png' onerror='attack_runs()'>"
print(markup)
print("\x1b[31m" + markup + "\x1b]8;;http://attack.invalid/\x07points\x1b]8;;\x07")


class Total:
    def __repr__(self):
        return markup


def total(lines):
    return Total()


def short_articles(stock, least):
    raise type(markup, (Exception,), {})(markup)
"""
