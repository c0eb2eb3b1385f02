"""The exporter of nbgrader's Autograde: reads what a learner handed in tolerantly, and what we wrote quickly."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory

from doorstart_grading import reading, remarks, repair
from doorstart_grading.remarks import Remark
from doorstart_grading.sentence import sentence
from doorstart_grading.submission import locate, notebooks_of


class SubmissionExporter(NotebookExporter):
    """For :attr:`Autograde.exporter_class`.

    Autograde converts each notebook twice: from the submitted folder to the autograded one, and then in place.
    """

    def from_filename(
        self, filename: str, resources: dict[str, Any] | None = None, **options: Any
    ) -> tuple[Any, dict[str, Any]]:
        """Convert the notebook with this path; it is the path by which the assignment knows it, not always the file's.

        Args:
            filename: the absolute path.
            resources: what nbgrader says about the notebook.
            options: as in nbconvert.
        """
        assert resources is not None  # noqa: S101  nbgrader's converters always say what it is
        path = Path(filename)
        resources["metadata"] = {"name": path.stem, "path": str(path.parent)}
        place = resources["nbgrader"]
        coursedir = self._coursedir
        folder = (place["student"], place["assignment"])
        submitted = Path(coursedir.format_path(coursedir.submitted_directory, *folder))
        if path.parent == submitted:
            autograded = Path(coursedir.format_path(coursedir.autograded_directory, *folder))
            source = Path(coursedir.format_path(coursedir.source_directory, ".", place["assignment"]))
            _remove_copies_of_links(submitted, autograded, source)
            notebook = self._submitted(path, place["assignment"])
        else:
            notebook = nbformat.from_dict(json.loads(path.read_bytes()))  # type: ignore[no-untyped-call]
            _join(notebook)
        return self.from_notebook_node(notebook, resources=resources, **options)

    def from_notebook_node(
        self, nb: NotebookNode, resources: Any | None = None, **kw: Any
    ) -> tuple[Any, dict[str, Any]]:
        """Convert a notebook, which is changed: it was made for this, so nothing is copied.

        Args:
            nb: the notebook.
            resources: what nbgrader says about it.
            kw: not used, as in nbconvert.

        Raises:
            ValidationError: what the preprocessors left is not a notebook.
        """
        found = self._init_resources(resources)  # type: ignore[no-untyped-call]
        for preprocessor in self._preprocessors:
            nb, found = preprocessor(nb, found)
        nbformat.validate(nb)
        found["output_suffix"] = ".nbconvert"
        return nbformat.v4.writes(nb) + "\n", found  # type: ignore[no-untyped-call]

    @property
    def _coursedir(self) -> CourseDirectory:
        converter: Any = self.parent
        return converter.coursedir

    def _submitted(self, path: Path, assignment: str) -> NotebookNode:
        file = path
        if not path.is_symlink() and not path.exists():
            file = locate(path.parent, notebooks_of(self._coursedir, assignment)).get(path.stem, path)
        notebook = repair.as_notebook(reading.read(file))
        if file != path:
            what = sentence("The notebook `%(name)s` was handed in as `%(file)s`.", name=path.stem, file=file.name)
            remarks.add(notebook, [Remark(what)])
        return notebook


def _remove_copies_of_links(submitted: Path, autograded: Path, source: Path) -> None:
    """nbgrader copied what a link in a submission leads to, which may be anything that the instructor can read."""
    for path in submitted.rglob("*"):
        name = path.relative_to(submitted)
        if path.is_symlink() and not (source / name).exists():
            (autograded / name).unlink(missing_ok=True)


def _join(notebook: NotebookNode) -> None:
    """Text as one string each, as in memory; in a file it is a list of lines."""
    for cell in notebook.cells:
        cell.source = _text(cell.source)
        for output in cell.get("outputs", []):
            if "text" in output:
                output.text = _text(output.text)
            for kind, data in output.get("data", {}).items():
                output.data[kind] = _text(data)


def _text(value: str | list[str]) -> str:
    return value if isinstance(value, str) else "".join(value)
