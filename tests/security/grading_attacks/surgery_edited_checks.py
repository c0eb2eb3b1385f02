"""Replaces the text of every check by `pass`."""

FAMILY = "surgery"
HONEST = 2
PLAIN = "no: nbgrader puts the text of a locked cell back"


def change(notebook):
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.source = "pass"
