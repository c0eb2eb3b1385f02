"""Prints the source of every cell after it ran, in base64, so that a search for it finds nothing."""

FAMILY = "hooks"
HONEST = 2
PLAIN = "hidden"
CODE = """
import base64


def tell(result):
    print(base64.b64encode(result.info.raw_cell.encode()).decode())


get_ipython().events.register("post_run_cell", tell)
"""
