"""Claims a version of nbgrader's metadata that is too old, which ends the whole run."""

FAMILY = "surgery"
HONEST = 2
PLAIN = "harm"
ALONE = True


def change(notebook):
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader["schema_version"] = 1
