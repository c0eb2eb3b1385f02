"""Writes scores, comments and an approval into the metadata of notebook and cells."""

FAMILY = "forged"
HONEST = 2
PLAIN = "no: nbgrader gives up on a submission with such metadata, which has no points then"


def change(notebook):
    notebook.metadata["nbgrader"] = {"score": 19, "max_score": 19, "graded": True, "manual_score": 19}
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader |= {"score": 3, "comment": "Excellent: full marks.", "manual_score": 3}
