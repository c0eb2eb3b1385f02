"""Hands in a notebook with bytes that are no text, in the middle of a cell."""

FAMILY = "surgery"
HONEST = 2
PLAIN = "no: it is not graded at all"


def raw(content):
    return content.replace(b"## Task: goods", b"## Task: g\xff\xfe\x80oods")
