"""Displays HTML with a script, and with events that run one."""

FAMILY = "feedback"
HONEST = 2
PLAIN = "markup"
CODE = """
from IPython.display import HTML, display

display(HTML("<script>attack_runs()</script><b>fine</b>"))
display(HTML("<img src=x onerror='attack_runs()'><svg onload='attack_runs()'></svg>"))
display(HTML("<details ontoggle=attack_runs() open>"))
"""
