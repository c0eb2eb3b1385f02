"""What learners wrote into the notebooks of a unit, out of the folders of the course, in whatever state it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nbgrader.coursedir import CourseDirectory

from doorstart_course_page.similar_score import MOST_CELLS, Cell
from doorstart_course_page.similar_tokens import LONGEST_TEXT
from doorstart_grading import fingerprint, master
from doorstart_grading.course import Course
from doorstart_grading.reading import read
from doorstart_grading.submission import SUFFIX, locate, notebooks_of


@dataclass(frozen=True)
class Work:
    """One learner's submission."""

    learner: str
    digest: str
    """Of its files."""
    notebooks: dict[str, Path]
    """The files by the name of the notebook that they are."""
    cells: tuple[Cell, ...]


def digests_of(course: Course, unit: str) -> dict[str, str]:
    """The digests of all submissions of a unit that were collected, by learner: see :attr:`Work.digest`."""
    return {learner: fingerprint.of_folder(_folder(course, unit, learner)) for learner in course.submissions(unit)}


def work_of(course: Course, unit: str, learner: str) -> Work:
    """One learner's submission of a unit; without cells if nothing of it can be read.

    Raises:
        MissingEntry: the gradebook does not know the unit.
    """
    coursedir: CourseDirectory = course.coursedir
    folder = _folder(course, unit, learner)
    notebooks = locate(folder, notebooks_of(coursedir, unit))
    cells = [cell for name in sorted(notebooks) for cell in _written(coursedir, unit, name, notebooks[name])]
    return Work(learner, fingerprint.of_folder(folder), notebooks, tuple(cells[:MOST_CELLS]))


def given(course: Course, unit: str) -> list[Cell]:
    """What is everybody's: the released notebooks, and the instructor's own with the reference solutions."""
    coursedir: CourseDirectory = course.coursedir
    found = []
    for step in (coursedir.release_directory, coursedir.source_directory):
        for path in sorted(Path(coursedir.format_path(step, ".", unit)).glob(f"*{SUFFIX}")):
            found += [Cell(path.stem, one.name or "", one.cell_type == "code", one.source) for one in read(path).cells]
    return found


def digest_of_given(course: Course, unit: str) -> str:
    """Of the instructor's files of the unit."""
    coursedir: CourseDirectory = course.coursedir
    steps = (coursedir.release_directory, coursedir.source_directory)
    return "".join(fingerprint.of_folder(Path(coursedir.format_path(step, ".", unit))) for step in steps)


def _folder(course: Course, unit: str, learner: str) -> Path:
    return Path(course.coursedir.format_path(course.coursedir.submitted_directory, learner, unit))


def _written(coursedir: CourseDirectory, unit: str, notebook: str, path: Path) -> Iterator[Cell]:
    known = master.load(coursedir, unit, notebook).by_name
    unchanged = {(one.released or "").strip() for one in known.values()}
    task = ""
    for cell in read(path).cells:
        original = known.get(cell.name or "")
        if original and original.solution:
            task = original.name
        if (original and original.keeps_source) or not cell.source.strip() or cell.source.strip() in unchanged:
            continue
        if cell.cell_type in ("code", "markdown"):
            # Cut here, so that a class of hostile submissions does not have to fit into memory.
            source = cell.source[:LONGEST_TEXT]
            yield Cell(notebook, cell.name or "", cell.cell_type == "code", source, f"{notebook}/{task}")
