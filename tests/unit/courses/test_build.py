"""The built notebooks: the same every time, valid for nbgrader, plain to read, and with nothing from outside."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import nbformat
import pytest
from nbgrader.nbgraderformat import MetadataValidator

from doorstart.courses import build_course, course_id, read_course, read_unit
from doorstart.courses.build import source_notebook
from doorstart.courses.check.load import AVERAGE_SENTENCE, LONGEST_SENTENCE, LONGEST_TASK, load
from doorstart.names import ASSIGNMENT_ID, COURSE_ID

COURSES = Path(__file__).parents[3] / "courses"
OUTSIDE = re.compile(r"[a-z]+://|\bwww\.|<(?:img|script|link|iframe)\b|!\[", re.IGNORECASE)
UNWANTED = re.compile(r"\b(?:prison|jail|inmate|detain|detention|convict|sentence|guard|warder)", re.IGNORECASE)


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_same_input_same_bytes(course, unit, language, tmp_path):
    assert build_course(course, language, tmp_path / "one") == read_course(course).units
    build_course(course, language, tmp_path / "two")
    build_course(course, language, tmp_path / "two")
    assert tree(tmp_path / "one") == tree(tmp_path / "two")
    assert f"source/{unit}/{unit}.ipynb" in tree(tmp_path / "one")


def test_valid_for_nbgrader(course, unit, language):
    notebook = source_notebook(course / "units" / unit, language)
    nbformat.validate(notebook)
    MetadataValidator().validate_nb(notebook)
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    assert notebook.metadata.kernelspec.name == "python3"
    points = sum(cell.metadata.nbgrader.get("points", 0) for cell in notebook.cells if "nbgrader" in cell.metadata)
    assert points == read_unit(course / "units" / unit).points


def test_ids_are_what_the_site_accepts(course, unit, language):
    assert ASSIGNMENT_ID.match(unit)
    assert COURSE_ID.match(course_id(course, language))


def test_a_cell_cannot_be_deleted_by_a_slip_of_the_finger(course, unit, language):
    for cell in source_notebook(course / "units" / unit, language).cells:
        assert cell.metadata.deletable is False
        if cell.cell_type == "markdown" and "nbgrader" not in cell.metadata:
            assert cell.metadata.editable is False


def test_reading_load(course, unit, language):
    notebook = source_notebook(course / "units" / unit, language)
    texts = {cell.id: load(cell.source) for cell in notebook.cells if cell.cell_type == "markdown"}
    too_long = {name: text.longest_sentence for name, text in texts.items() if text.longest > LONGEST_SENTENCE}
    assert not too_long
    assert load("\n\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")).average <= AVERAGE_SENTENCE
    tasks = {task.id: texts[f"{task.id}-text"].words for task in read_unit(course / "units" / unit).tasks}
    assert {name: words for name, words in tasks.items() if words > LONGEST_TASK} == {}


def test_nothing_from_outside_and_nothing_about_the_place(course, unit, language, tmp_path):
    build_course(course, language, tmp_path)
    for name, content in tree(tmp_path).items():
        assert not OUTSIDE.search(content.decode()), name
        assert not UNWANTED.search(content.decode()), name


def test_checks_do_not_look_into_the_notebook(course, unit, language):
    """They must run unchanged in a separate examiner: calls and plain data only, names of their own only."""
    forbidden = re.compile(r"\b(?:In|Out|globals|locals|inspect|get_ipython|eval|exec|setattr|getattr|mock)\b[\[(.]")
    for cell in source_notebook(course / "units" / unit, language).cells:
        meta = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code" and meta.get("grade") and not meta.get("solution"):
            assert not forbidden.search(cell.source), cell.id
            nodes = ast.walk(ast.parse(cell.source))
            bound = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
            others = {name for name in bound if name not in ("got", "expected") and not name.startswith("case_")}
            assert not others, cell.id


def test_no_rate_of_the_law_in_the_text(course, unit, language):
    """Rates come from dated data; a lesson's text and worked examples state none as a fact."""
    for cell in source_notebook(course / "units" / unit, language).cells:
        if cell.cell_type == "markdown":
            assert not re.search(r"\d+ ?(?:%|percent)", cell.source), cell.id


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
