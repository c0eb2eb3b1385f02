"""Hands in the notebook in the third version of the format, where cells are elsewhere."""

import json

FAMILY = "surgery"
HONEST = 2
PLAIN = "no: its cells are graded as any others"


def raw(content):
    notebook = json.loads(content)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["input"] = cell.pop("source")
            cell["language"] = "python"
    sheets = [{"cells": notebook.pop("cells"), "metadata": {}}]
    return json.dumps({"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": sheets}).encode()
