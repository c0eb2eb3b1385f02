"""Make nbgrader's course folder from a course: source notebooks, data files, and the little configuration they need.

The same course gives the same bytes every time. To make the learner's version of a unit, run in the built folder::

    nbgrader generate_assignment UNIT --create --force
"""

from __future__ import annotations

import json
from pathlib import Path

import nbformat

from doorstart.courses.cells import read_cells
from doorstart.courses.data import data_files
from doorstart.courses.format import CourseError, Language, read_course, read_unit

KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}

NBGRADER_CONFIG = {"ClearSolutions": {"code_stub": {"python": ""}, "text_stub": ""}}
"""A learner gets the starter that the author wrote, in the course's language, and no stub of nbgrader's own below it.

Written beside ``source`` as ``nbgrader_config.json``, where nbgrader and formgrader look for it.
"""


def course_id(folder: Path, language: Language) -> str:
    """The id that the course in ``folder`` has in a site, for example ``programming.en``."""
    return f"{folder.resolve().name}.{language}"


def build_course(folder: Path, language: Language, destination: Path) -> list[str]:
    """Build all units of a course in one language.

    Args:
        folder: the course folder, for example ``courses/programming``.
        language: one of the course's languages.
        destination: nbgrader's course folder; made if missing. In it, ``source/<unit>/`` and
            ``nbgrader_config.json`` are written; nothing is removed.

    Returns:
        The ids of the units, in the order of learning; each is the id of an assignment.

    Raises:
        CourseError: something in the course is not right. All is read before anything is written.
        OSError: the destination cannot be written.
    """
    course = read_course(folder)
    if language not in course.languages:
        offered = ", ".join(course.languages)
        raise CourseError(folder / "course.toml", "field languages", f"there is no {language!r}, only {offered}")
    files: dict[Path, bytes] = {Path("nbgrader_config.json"): _json(NBGRADER_CONFIG)}
    for name in course.units:
        source = Path("source") / name
        notebook = source_notebook(folder / "units" / name, language)
        notebook.metadata["doorstart"]["course_title"] = course.title[language]
        files[source / f"{name}.ipynb"] = _json(notebook)
        for file, content in data_files(folder / "units" / name, language).items():
            files[source / "data" / file] = content
    for path, content in files.items():
        target = destination / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return course.units


def source_notebook(folder: Path, language: Language) -> nbformat.NotebookNode:
    """nbgrader's source notebook (nbformat 4.5) of the unit in ``folder``, with solutions and hidden checks.

    Raises:
        CourseError: something in the unit is not right.
    """
    unit = read_unit(folder)
    if language not in unit.title:
        raise CourseError(folder / "unit.toml", "field title", f"it lacks the language {language}")
    notebook: nbformat.NotebookNode = nbformat.v4.new_notebook(  # type: ignore[no-untyped-call]
        cells=read_cells(folder, unit, language),
        metadata={
            "kernelspec": KERNELSPEC,
            "language_info": {"name": "python"},
            "title": unit.title[language],
            # Read by the exchange when the unit is released, for learners' lists: doorstart.exchange.store.described.
            # ``ledgers`` by the bar above the notebook: extensions/lab/ui/bar.ts.
            "doorstart": {
                "title": unit.title[language],
                "minutes": unit.minutes,
                **({"ledgers": True} if unit.ledgers else {}),
            },
        },
    )
    notebook.nbformat_minor = 5
    nbformat.validate(notebook)
    return notebook


def _json(content: object) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
