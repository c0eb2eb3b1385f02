"""Writes the line that begins hidden checks into the answer, so that making feedback fails."""

FAMILY = "feedback"
HONEST = 2
PLAIN = "no: it fails for this learner only"
CODE = """
### BEGIN HIDDEN TESTS
def total(lines):
    return 0
"""
