"""Asks in the metadata for another language and a kernel that checks nothing."""

FAMILY = "forged"
HONEST = 2
PLAIN = "no: nbgrader puts back the kernel of the assignment"


def change(notebook):
    notebook.metadata["kernelspec"] = {"name": "bash", "language": "bash", "display_name": "No checks"}
    notebook.metadata["language_info"] = {"name": "bash", "file_extension": ".sh", "mimetype": "text/x-sh"}
