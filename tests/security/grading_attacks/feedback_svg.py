"""Displays a drawing with a script in it, and one that loads another."""

FAMILY = "feedback"
HONEST = 2
PLAIN = "no: nbconvert shows a drawing as a picture, in which no script runs"
CODE = """
from IPython.display import SVG, display

start = "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink'>"
display(SVG(start + "<script>attack_runs()</script><circle r='9' onclick='attack_runs()'/></svg>"))
display(SVG(start + "<image xlink:href='http://attack.invalid/a.png' href='http://attack.invalid/b.png'/></svg>"))
"""
