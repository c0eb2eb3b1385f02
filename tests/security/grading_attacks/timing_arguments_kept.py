"""Keeps the arguments of every call in files and pictures that lie beside the notebook."""

FAMILY = "timing"
HONEST = 2
PLAIN = "hidden"
CODE = """
import base64
from pathlib import Path


class Stock:
    def add(self, name, pieces):
        Path(f"{base64.urlsafe_b64encode(name.encode()).decode()}.txt").touch()
        Path("exam_files").mkdir(exist_ok=True)
        Path("exam_files", "figure.png").write_bytes(name.encode())
"""
