"""A unit to drive through a site: its source notebook, which has the solutions, and the files beside it.

It comes from a course's folder, or from the volume of a course that a site has loaded.
"""

from __future__ import annotations

import io
import re
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import docker
import nbformat
from docker.errors import NotFound
from docker.types import Mount

from doorstart import names
from doorstart.courses import build_course
from doorstart.courses.cells import grade_id, is_solution, solution
from doorstart.courses.format import Language
from doorstart.courses.reference import fill_in

_IMPORT = re.compile(r"^\s*(?:import|from)\s+([A-Za-z_]\w*)", re.MULTILINE)


@dataclass(frozen=True)
class Exercise:
    """One unit.

    Attributes:
        course: The course's id.
        unit: The unit's id, which is also its notebook's name.
        files: What is in the unit's folder, by path; the notebook is one of them.
        config: nbgrader's ``nbgrader_config.json`` of the course.
    """

    course: str
    unit: str
    files: Mapping[str, bytes]
    config: bytes

    @cached_property
    def notebook(self) -> nbformat.NotebookNode:
        """The source notebook."""
        content = self.files[f"{self.unit}.ipynb"].decode()
        read: nbformat.NotebookNode = nbformat.reads(content, as_version=4)  # type: ignore[no-untyped-call]
        return read

    @property
    def points(self) -> float:
        """The points of all tasks together."""
        return sum(_points(cell) for cell in self.notebook.cells)

    @property
    def autograded_points(self) -> float:
        """The points that checks give, without those that the instructor gives."""
        return sum(_points(cell) for cell in self.notebook.cells if not is_solution(cell))

    @property
    def imports(self) -> set[str]:
        """The modules that its code imports."""
        return {
            name for cell in self.notebook.cells if cell.cell_type == "code" for name in _IMPORT.findall(cell.source)
        }

    def code(self) -> list[str]:
        """Its code cells in order, with the reference solutions; not those that end in an error on purpose."""
        cells = [cell for cell in self.notebook.cells if cell.cell_type == "code"]
        cells = [cell for cell in cells if "raises-exception" not in cell.metadata.get("tags", [])]
        return [solution(cell.source) if is_solution(cell) else str(cell.source) for cell in cells]

    def solved(self, fetched: Any) -> nbformat.NotebookNode:
        """A learner's notebook of this unit, filled in with the reference solutions.

        Raises:
            KeyError: it is not a notebook of this unit.
        """
        answers = {grade_id(cell): solution(cell.source) for cell in self.notebook.cells if is_solution(cell)}
        return fill_in(nbformat.from_dict(fetched), answers)  # type: ignore[no-untyped-call]

    def lay_out(self, folder: Path, assignment: str) -> None:
        """Write nbgrader's course folder with this unit as its only one.

        Args:
            folder: Where.
            assignment: What the unit is called there.
        """
        for path, content in self.files.items():
            target = folder / "source" / assignment / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        (folder / "nbgrader_config.json").write_bytes(self.config)


def _points(cell: nbformat.NotebookNode) -> float:
    graded = cell.metadata.get("nbgrader", {})
    return float(graded.get("points", 0)) if graded.get("grade") else 0.0


def first_of(folder: Path, language: Language) -> Exercise:
    """The first unit of a course in a folder.

    Raises:
        CourseError: the course's source is wrong.
    """
    with tempfile.TemporaryDirectory() as scratch:
        built = Path(scratch)
        unit = build_course(folder, language, built)[0]
        top = built / "source" / unit
        files = {str(path.relative_to(top)): path.read_bytes() for path in sorted(top.rglob("*")) if path.is_file()}
        return Exercise(folder.name, unit, files, (built / "nbgrader_config.json").read_bytes())


def of_site(client: docker.DockerClient, site: str, image: str, course: str) -> list[Exercise]:
    """All units of a course that a site has.

    Args:
        client: The engine.
        site: The site's name.
        image: Digest of any image of the engine: nothing of it runs.
        course: The course's id.
    """
    volume = Mount(str(names.COURSE_ROOT), f"{site}-course-{course}", type="volume", read_only=True)
    container = client.containers.create(image, entrypoint=["-"], network_mode="none", mounts=[volume])
    try:
        source, config = _files(container, "source"), _files(container, "nbgrader_config.json")
    finally:
        container.remove(force=True)
    units: dict[str, dict[str, bytes]] = {}
    for path, content in source.items():
        unit, _, rest = path.partition("/")
        units.setdefault(unit, {})[rest] = content
    settings = next(iter(config.values()), b"{}")
    return [
        Exercise(course, unit, files, settings) for unit, files in sorted(units.items()) if f"{unit}.ipynb" in files
    ]


def courses_of_site(client: docker.DockerClient, site: str) -> list[str]:
    """The ids of the courses that a site has, each in one language only: its code is the same in all of them."""
    prefix = f"{site}-course-"
    ids = sorted(one.name.removeprefix(prefix) for one in client.volumes.list() if one.name.startswith(prefix))
    return list(
        {course.partition(".")[0]: course for course in reversed(ids) if names.COURSE_ID.match(course)}.values()
    )


def most_demanding(units: list[Exercise]) -> Exercise:
    """The unit whose code imports most, the first of those that import as much."""
    return max(units, key=lambda one: len(one.imports))


def _files(container: Any, name: str) -> dict[str, bytes]:
    """The files in a folder below the course's, by their path in it; empty if it is not there."""
    try:
        stream, _ = container.get_archive(f"{names.COURSE_ROOT}/{name}")
    except NotFound:
        return {}
    with tarfile.open(fileobj=io.BytesIO(b"".join(stream))) as tar:
        found = {entry.name: tar.extractfile(entry) for entry in tar if entry.isfile()}
        return {path.partition("/")[2] or path: file.read() for path, file in found.items() if file}
