"""Says in the metadata that every check is worth a hundred points."""

FAMILY = "forged"
HONEST = 2
PLAIN = "no: the points are those in the gradebook"


def change(notebook):
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.metadata.nbgrader["points"] = 100
