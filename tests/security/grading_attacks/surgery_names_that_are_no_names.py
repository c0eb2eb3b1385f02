"""Names cells by lists, numbers and paths."""

FAMILY = "surgery"
HONEST = 2
PLAIN = "no: nbgrader gives up on this submission, which has no points then"


def change(notebook):
    names = [["total-check"], 5, None, "../../source", "", {"name": "total-check"}]
    wrong = [
        one for one in notebook.cells if one.id in ("goods", "total-check", "code-check", "vat-check", "pay-check")
    ]
    for cell, name in zip(wrong, names, strict=False):
        cell.metadata.nbgrader["grade_id"] = name
