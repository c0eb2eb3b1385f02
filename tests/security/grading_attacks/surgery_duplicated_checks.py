"""Puts a check of the same name that always passes before and behind each check, which ends the whole run."""

import copy

FAMILY = "surgery"
HONEST = 2
PLAIN = "harm"
ALONE = True


def change(notebook):
    cells = []
    for cell in notebook.cells:
        copies = [copy.deepcopy(cell), cell, copy.deepcopy(cell)]
        for one in (copies[0], copies[2]):
            one.source = "pass"
        cells += copies if cell.metadata.get("nbgrader", {}).get("grade") else [cell]
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    notebook.cells = cells
