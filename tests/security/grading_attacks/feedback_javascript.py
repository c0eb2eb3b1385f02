"""Displays JavaScript, and an application of it, as output."""

FAMILY = "feedback"
HONEST = 2
PLAIN = "markup"
CODE = """
from IPython.display import Javascript, display

display(Javascript("attack_runs()"))
display({"application/vnd.jupyter.widget-view+json": {"model_id": "attack_runs"}}, raw=True)
"""
