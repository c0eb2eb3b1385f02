"""Hands in a notebook whose file breaks off behind the right answer."""

FAMILY = "surgery"
HONEST = 2
PLAIN = "no: it is not graded at all"


def raw(content):
    return content[: content.index(b'"id": "discount-text"')]
