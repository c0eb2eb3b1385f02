"""Gives cells with `pass` the names of the checks, and takes the checks away."""

FAMILY = "surgery"
HONEST = 2
PLAIN = "no: a cell with the name of a check gets its text"


def change(notebook):
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            name = cell.metadata.nbgrader["grade_id"]
            cell.source = "pass"
            cell.metadata["nbgrader"] = {
                "grade": True,
                "grade_id": name,
                "locked": False,
                "points": 3,
                "schema_version": 3,
                "solution": False,
                "task": False,
            }
