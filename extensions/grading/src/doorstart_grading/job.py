"""What the sandbox is asked to grade: the cells of one notebook and the files beside it, as a tar archive."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Literal

from nbformat import NotebookNode
from nbgrader import utils

from doorstart_sandbox_kernel.workfolder import WorkFolderError, add_files

VERSION = 1
MAX_SOURCE = 1024 * 1024
"""Longest text, in bytes of JSON, of a learner's cell that is run."""
MAX_SOURCES = 8 * 1024 * 1024
"""The same for all of a learner's cells of a notebook; the sandbox has a limit too."""
MAX_CELLS = 9_000
"""Most of a learner's cells that are run."""


@dataclass(frozen=True)
class JobCell:
    """A code cell of the notebook."""

    kind: Literal["learner", "test"]
    source: str


@dataclass(frozen=True)
class Job:
    """The code cells of a notebook, in order, and what the examiner has to know about the assignment."""

    cells: Sequence[JobCell]
    hidden: tuple[str, str]
    """What a line holds that begins, and one that ends, a region of hidden tests: nbgrader's setting."""
    imports: Sequence[str] = ()
    limits: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> bytes:
        """As the sandbox reads it."""
        cells = [{"kind": cell.kind, "source": cell.source} for cell in self.cells]
        content = {
            "version": VERSION,
            "cells": cells,
            "imports": list(self.imports),
            "hidden": list(self.hidden),
            "limits": self.limits,
        }
        return json.dumps(content, ensure_ascii=False).encode()

    def pack(self, folder: Path, archive: BinaryIO, max_bytes: int) -> bool:
        """Write the job, and the files that go along, to a tar archive.

        Notebooks stay behind: those in the folder have been made complete, and hold hidden tests.

        Args:
            folder: the autograded submission's.
            archive: opened for writing; left at its end.
            max_bytes: most bytes of files.

        Returns:
            Whether the files are there; if they are too many or too large, none is.
        """
        start = archive.tell()
        try:
            self._write(archive, folder, max_bytes)
        except WorkFolderError:
            archive.seek(start)
            archive.truncate()
            self._write(archive, None, max_bytes)
            return False
        return True

    def _write(self, archive: BinaryIO, folder: Path | None, max_bytes: int) -> None:
        with tarfile.open(fileobj=archive, mode="w:", format=tarfile.PAX_FORMAT) as tar:
            content = self.to_json()
            member = tarfile.TarInfo("job.json")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
            if folder is not None:
                add_files(tar, folder, max_bytes, prefix="files/", wanted=lambda name: not name.endswith(".ipynb"))


def runnable(cells: Iterable[NotebookNode]) -> list[NotebookNode]:
    """The code cells that are run: every check, and a learner's cells up to the limits of this module."""
    chosen = []
    count = total = 0
    for cell in cells:
        if cell.cell_type != "code":
            continue
        if not is_check(cell):
            size = len(json.dumps(cell.source, ensure_ascii=False).encode())
            if size > MAX_SOURCE or total + size > MAX_SOURCES or count == MAX_CELLS:
                continue
            count, total = count + 1, total + size
        chosen.append(cell)
    return chosen


def job_cell(cell: NotebookNode) -> JobCell:
    """A code cell as the sandbox gets it."""
    return JobCell("test" if is_check(cell) else "learner", cell.source)


def is_check(cell: NotebookNode) -> bool:
    """Whether points hang on what happens when the cell is run."""
    return bool(cell.cell_type == "code" and utils.is_grade(cell) and not utils.is_solution(cell))
