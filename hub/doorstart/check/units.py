"""A unit in a server: its files go there as a learner's would, and its cells run one after the other."""

from __future__ import annotations

import base64
from pathlib import PurePosixPath

from doorstart.check.client import ClientError, Server
from doorstart.check.exercise import Exercise

CELL_TIMEOUT = 120.0
"""Longest run of one cell, in seconds."""


class UnitError(Exception):
    """A unit does not run in a server; the message has the cell and the error."""


def run(server: Server, exercise: Exercise) -> int:
    """Run all code cells of a unit, with the reference solutions, in a fresh kernel; how many there were.

    Raises:
        UnitError: a cell ended in an error.
        ClientError: the server does not do what it should.
    """
    folder = f"promotion-{exercise.course}-{exercise.unit}".replace(".", "-")
    _put(server, folder, exercise)
    path = f"{folder}/{exercise.unit}.ipynb"
    session = {"path": path, "name": exercise.unit, "type": "notebook", "kernel": {"name": "python3"}}
    kernel = str(server.json("POST", "api/sessions", json=session)["kernel"]["id"])
    try:
        cells = exercise.code()
        for number, source in enumerate(cells, start=1):
            try:
                server.run_in(kernel, source, CELL_TIMEOUT)
            except ClientError as error:
                raise UnitError(f"Code cell {number} of {exercise.course} {exercise.unit} failed: {error}") from None
        return len(cells)
    finally:
        server.request("DELETE", f"api/kernels/{kernel}")


def _put(server: Server, folder: str, exercise: Exercise) -> None:
    made: set[str] = set()
    for name, content in exercise.files.items():
        path = PurePosixPath(folder) / name
        for parent in [str(one) for one in reversed(path.parents) if str(one) != "."]:
            if parent not in made:
                server.json("PUT", f"api/contents/{parent}", json={"type": "directory"})
                made.add(parent)
        body = {"type": "file", "format": "base64", "content": base64.b64encode(content).decode()}
        server.json("PUT", f"api/contents/{path}", json=body)
