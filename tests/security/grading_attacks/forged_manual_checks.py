"""Declares the checks to be answers that the instructor reads, so that no program marks them."""

FAMILY = "forged"
HONEST = 2
PLAIN = "no: nbgrader gives up on a submission with such metadata, which has no points then"


def change(notebook):
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.metadata.nbgrader["solution"] = True
