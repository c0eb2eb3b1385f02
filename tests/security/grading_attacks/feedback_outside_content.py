"""Loads pictures, styles and frames from outside, in outputs and in text."""

FAMILY = "feedback"
HONEST = 2
PLAIN = "markup"
CODE = """
from IPython.display import HTML, display

display(HTML("<link rel=stylesheet href='//attack.invalid/a.css'><style>@import 'http://attack.invalid/b.css';</style>"))
display(HTML("<iframe src='https://attack.invalid/'></iframe><div style='background:url(http://attack.invalid/c)'></div>"))
display(HTML("<picture><source srcset='http://attack.invalid/d 1x'><img src='http://attack.invalid/e'></picture>"))
"""


def change(notebook):
    notebook.cells[2].source += "\n\n![](http://attack.invalid/f.png) <img src='http://attack.invalid/g.png'>"
