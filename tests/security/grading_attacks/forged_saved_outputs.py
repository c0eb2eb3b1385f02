"""Hands in checks that have been run, with perfect results and execution counts."""

FAMILY = "forged"
HONEST = 2
PLAIN = "no: nbgrader takes all outputs off, and runs the notebook itself"


def change(notebook):
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "code":
            cell.execution_count = number
            result = {"text/plain": "3"}
            cell.outputs = [
                {"output_type": "execute_result", "execution_count": number, "metadata": {}, "data": result},
                {"output_type": "stream", "name": "stdout", "text": "All checks passed. Score: 19 / 19"},
            ]
