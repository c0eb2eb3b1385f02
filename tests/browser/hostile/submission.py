"""A course of one assignment, and what a hostile learner handed in for it, in an instructor's server."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode, v4

from doorstart import names
from doorstart.images.build import Image
from doorstart.settings import settings
from doorstart.site import containers
from doorstart.site.place import Place
from doorstart.site.units import SiteCourse

from .case import Case, File
from .notebook import notebook

COURSE, UNIT, NAME, LEARNER = "hostile.en", "unit", "work", "eve"


def assignment() -> NotebookNode:
    """A notebook with a task that is graded by a check, and one that the instructor grades."""
    task = v4.new_code_cell("### BEGIN SOLUTION\ndef two():\n    return 2\n### END SOLUTION")
    check = v4.new_code_cell("assert two() == 2")
    essay = v4.new_markdown_cell("Why?")
    marks: dict[str, dict[str, Any]] = {
        "two": {"grade": False, "solution": True, "locked": False, "task": False},
        "two-check": {"grade": True, "solution": False, "locked": True, "task": False, "points": 2},
        "why": {"grade": True, "solution": True, "locked": False, "task": False, "points": 3},
    }
    for cell, (name, mark) in zip((task, check, essay), marks.items(), strict=True):
        cell.metadata["nbgrader"] = {"schema_version": 3, "grade_id": name, **mark}
    made = v4.new_notebook(cells=[task, check, essay])
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return made


def make_course(site: Any, image: Image, folder: Path) -> None:
    """Put the course into the site."""
    source = folder / "source" / UNIT
    source.mkdir(parents=True)
    nbformat.write(assignment(), source / f"{NAME}.ipynb")
    (folder / "nbgrader_config.json").write_text(json.dumps({}))
    SiteCourse(site.client, Place(settings()), image.id, COURSE).generate(folder, [UNIT])


def work(cases: list[Case], canary: str) -> NotebookNode:
    """The handed-in notebook: honest answers, with the cases in them and behind them."""
    made = assignment()
    made.cells[0].source = "def two():\n    return 2"
    made.cells[2].source = "Because.\n\n" + "\n\n".join(case.filled(canary) for case in cases[:3])
    return notebook(cases, canary, made)


def files(handed_in: NotebookNode, beside: list[File], canary: str) -> dict[str, bytes]:
    """What is in the folder that was handed in."""
    found = {f"{NAME}.ipynb": nbformat.writes(handed_in).encode()}
    return found | {path: content.encode() for path, content in (file.filled(canary) for file in beside)}


def put(site: Any, server: str, folder: str, contents: Mapping[str, bytes]) -> None:
    """Put files into a folder of a server's container."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, content in contents.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.uid, entry.gid = len(content), names.SERVER_UID, names.SERVER_UID
            tar.addfile(entry, io.BytesIO(content))
    script = 'mkdir -p "$1" && tar -x -C "$1"'
    containers.execute(site.client, server, ["sh", "-c", script, "put", folder], buffer.getvalue())


def run(site: Any, server: str, command: str) -> str:
    """Run a shell command in the course's folder."""
    said = containers.execute(site.client, server, ["sh", "-c", f"cd {names.COURSE_ROOT} && {command} 2>&1"])
    return said.decode(errors="replace")
