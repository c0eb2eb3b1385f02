"""Hands in execution counts that are text, negative and enormous, in cells and outputs."""

FAMILY = "forged"
HONEST = 2
PLAIN = "no: nbgrader takes them off"


def change(notebook):
    for cell, count in zip(notebook.cells, [None, -1, None, 10**400, "all passed"], strict=False):
        if cell.cell_type == "code":
            cell.execution_count = count
