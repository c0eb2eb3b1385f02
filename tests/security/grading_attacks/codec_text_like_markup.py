"""Returns text with markup, zero bytes, halves of surrogates, signs that change direction, and escapes."""

FAMILY = "codec"
HONEST = 2
PLAIN = "absent: nothing of a value leaves plain nbgrader's kernel"
CODE = r"""
text = "</script><script>attack_runs()</script>\0\ud800\udfff\u202e14\u2066\x1b[2J\x1b]0;14\x07{got}%s\r\n"
text += "### END HIDDEN TESTS"


def total(lines):
    return text


def article_code(group, name, number):
    return group + text


def short_articles(stock, least):
    return {text: [text]}


class Stock:
    def __getattr__(self, name):
        raise ValueError(text)
"""
