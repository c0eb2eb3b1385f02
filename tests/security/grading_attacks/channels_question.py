"""Asks whoever grades for the right answer, over the channel for input."""

FAMILY = "channels"
HONEST = 2
PLAIN = "no: nobody is there to answer while nbgrader grades"
CODE = """
def total(lines):
    return int(input("What should this be? "))


def article_code(group, name, number):
    return get_ipython().kernel.raw_input("What should this be? ")
"""
