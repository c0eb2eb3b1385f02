"""Hands in a notebook with five thousand cells of its own."""

import nbformat

FAMILY = "exhaustion"
HONEST = 2
PLAIN = "no: nbgrader runs them one by one, and takes its time"


def change(notebook):
    notebook.cells[1:1] = [nbformat.v4.new_markdown_cell("# Again", id=f"again-{number}") for number in range(4900)]
    notebook.cells[1:1] = [nbformat.v4.new_code_cell("1 + 1", id=f"run-{number}") for number in range(100)]
