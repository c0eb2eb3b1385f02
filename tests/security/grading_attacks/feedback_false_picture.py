"""Displays pictures that are not, and whose text breaks out of where it is put."""

FAMILY = "feedback"
HONEST = 2
PLAIN = "markup"
CODE = r"""
from IPython.display import display

display({"image/png": "AAAA\"><script>attack_runs()</script>"}, raw=True)
about = {"image/jpeg": {"width": "1\" onload=\"attack_runs()", "alt": "'><b>"}}
display({"image/jpeg": "AAAA"}, metadata=about, raw=True)
"""
