"""Swaps the names of the checks of the right answer with those of the wrong ones."""

FAMILY = "surgery"
HONEST = 2
PLAIN = "no: the text of the instructor follows the name"


def change(notebook):
    cells = {one.id: one for one in notebook.cells}
    for good, bad in (("line-check", "total-check-more"), ("line-check-more", "table-check")):
        cells[good].metadata, cells[bad].metadata = cells[bad].metadata, cells[good].metadata
        cells[good].source, cells[bad].source = cells[bad].source, cells[good].source
