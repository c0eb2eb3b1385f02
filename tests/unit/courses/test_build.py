"""The built notebooks: the same every time, and valid for nbgrader. What is in them: test_check.py."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbgrader.nbgraderformat import MetadataValidator

from doorstart.courses import build_course, course_id, read_course, read_unit
from doorstart.courses.check.load import load
from doorstart.courses.format import Language
from doorstart.names import ASSIGNMENT_ID, COURSE_ID

COURSES = Path(__file__).parents[3] / "courses"
OFFERED = [
    pytest.param((file.parent, language), id=f"{file.parent.name}.{language}")
    for file in sorted(COURSES.glob("*/course.toml"))
    for language in read_course(file.parent).languages
]


@dataclass(frozen=True)
class Offered:
    """A course in one language, built in ``root``."""

    course: Path
    language: Language
    root: Path
    units: list[str]

    def notebooks(self) -> Iterator[tuple[str, nbformat.NotebookNode]]:
        """The built notebooks with their units' ids."""
        for unit in self.units:
            yield unit, nbformat.read(self.root / "source" / unit / f"{unit}.ipynb", as_version=4)


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module", params=OFFERED)
def offered(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Offered:
    """A shipped course in one language, built."""
    course, language = request.param
    root = tmp_path_factory.mktemp("built")
    return Offered(course, language, root, build_course(course, language, root))


def test_same_input_same_bytes(offered: Offered, tmp_path: Path) -> None:
    assert offered.units == read_course(offered.course).units
    build_course(offered.course, offered.language, tmp_path)
    assert tree(tmp_path) == tree(offered.root)
    build_course(offered.course, offered.language, tmp_path)
    assert tree(tmp_path) == tree(offered.root)


def test_valid_for_nbgrader(offered: Offered) -> None:
    for unit, notebook in offered.notebooks():
        nbformat.validate(notebook)
        MetadataValidator().validate_nb(notebook)
        ids = [cell.id for cell in notebook.cells]
        assert len(set(ids)) == len(ids)
        assert notebook.metadata.kernelspec.name == "python3"
        points = sum(cell.metadata.nbgrader.get("points", 0) for cell in notebook.cells if "nbgrader" in cell.metadata)
        assert points == read_unit(offered.course / "units" / unit).points


def test_ids_are_what_the_site_accepts(offered: Offered) -> None:
    assert all(ASSIGNMENT_ID.match(unit) for unit in offered.units)
    assert COURSE_ID.match(course_id(offered.course, offered.language))


def test_a_cell_cannot_be_deleted_by_a_slip_of_the_finger(offered: Offered) -> None:
    for _, notebook in offered.notebooks():
        for cell in notebook.cells:
            assert cell.metadata.deletable is False
            if cell.cell_type == "markdown" and "nbgrader" not in cell.metadata:
                assert cell.metadata.editable is False


@pytest.mark.parametrize(
    ("text", "words", "longest"),
    [
        ("", 0, 0),
        ("One two three. Four five!", 5, 3),
        ("# A title\n\nThe price is 2.50 euros.", 7, 5),
        ("- first item\n- second, longer item\n", 5, 3),
        ("```python\nx = 1\n```\nSay `x = 1` now.", 3, 3),
        ("| a | b |\n|---|---|\nOne two.", 2, 2),
        ("It's the shop's price: ten euros.", 6, 4),
    ],
)
def test_words_are_counted(text, words, longest):
    assert (load(text).words, load(text).longest) == (words, longest)


def test_configuration_leaves_the_authors_starter_alone(tmp_path):
    build_course(COURSES / "programming", "en", tmp_path)
    config = json.loads((tmp_path / "nbgrader_config.json").read_text())
    assert config["ClearSolutions"] == {"code_stub": {"python": ""}, "text_stub": ""}
