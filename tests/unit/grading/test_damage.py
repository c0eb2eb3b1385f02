"""Submissions in every state: graded as far as it goes, with what was wrong in the report, and never changed."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.nbgraderformat import MetadataValidator

from .conftest import MAX, RIGHT, UNIT, ClassRoom

ALL = {"total-check": 2, "twice-check": 3}
NONE = {"total-check": 0, "twice-check": 0}
DAMAGE: dict[str, Damage] = {}


@dataclass
class Damage:
    """What is wrong with a submission, and what must come of it."""

    make: Callable[[ClassRoom], bytes]
    scores: dict[str, float] = field(default_factory=lambda: ALL)
    says: tuple[str, ...] = ()
    run: bool = True
    """Whether learners' code is run at all."""


def damage(says: str | tuple[str, ...] = (), scores: dict[str, float] = ALL, run: bool = True):
    """The decorated function makes the damage: from a notebook with right answers, in place, or to bytes."""

    def add(change: Callable[[nbformat.NotebookNode], bytes | None]) -> Callable[[nbformat.NotebookNode], bytes | None]:
        def make(room: ClassRoom) -> bytes:
            notebook = room.answered()
            made = change(notebook)
            return json.dumps(notebook).encode() if made is None else made

        DAMAGE[change.__name__] = Damage(make, scores, (says,) if isinstance(says, str) else says, run)
        return change

    return add


def index(notebook: nbformat.NotebookNode, name: str) -> int:
    return next(number for number, cell in enumerate(notebook.cells) if cell.id == name)


def cell(notebook: nbformat.NotebookNode, name: str) -> nbformat.NotebookNode:
    return notebook.cells[index(notebook, name)]


@damage("The check `total-check` had been deleted; it was put back.")
def a_check_is_deleted(notebook):
    del notebook.cells[index(notebook, "total-check")]


@damage(("The check `total-check` had been deleted", "The check `twice-check` had been deleted"))
def all_checks_are_deleted(notebook):
    notebook.cells = [one for one in notebook.cells if "check" not in one.id]


@damage("The check `total-check` had been changed; the instructor's version was used.")
def a_check_is_edited(notebook):
    cell(notebook, "total-check").source = "assert True"


@damage("The locked cell `total-text` had been changed")
def a_text_is_edited(notebook):
    cell(notebook, "total-text").source = "Write nothing."


@damage("The check `total-check` had been moved; it was put back in its place.")
def a_check_is_moved_to_the_start(notebook):
    notebook.cells.insert(0, notebook.cells.pop(index(notebook, "total-check")))


@damage("The check `total-check` had been moved")
def a_check_is_moved_to_the_end(notebook):
    notebook.cells.append(notebook.cells.pop(index(notebook, "total-check")))
    notebook.cells.append(new_code_cell("total = None"))


@damage("The check `total-check` had been moved")
def an_answer_is_moved_below_its_check(notebook):
    notebook.cells.append(notebook.cells.pop(index(notebook, "total")))


@damage("The check `total-check` was there 3 times; it was run once.")
def a_check_is_there_three_times(notebook):
    twin = copy.deepcopy(cell(notebook, "total-check"))
    twin.source = "assert False"
    notebook.cells[0:0] = [twin, twin]


@damage("The answer `total` was there 2 times; the first one that was worked on counts.")
def an_answer_is_there_twice(notebook):
    twin = copy.deepcopy(cell(notebook, "total"))
    twin.id = "twin"
    notebook.cells.insert(index(notebook, "total") + 1, twin)


@damage("The answer `total` was there 2 times", scores=ALL | {"total-check": 0})
def a_check_takes_the_name_of_an_answer(notebook):
    check = cell(notebook, "total-check")
    check.metadata.nbgrader["grade_id"] = "total"
    check.source = "def total(numbers): return 5"
    notebook.cells.insert(index(notebook, "total-check"), new_code_cell("x = 1"))


@damage(
    "The answer `total` was missing; an empty one was put in its place.", scores={"total-check": 0, "twice-check": 3}
)
def an_answer_is_deleted(notebook):
    del notebook.cells[index(notebook, "total")]


@damage("The answer `total` was missing")
def an_answer_is_in_a_cell_of_the_learners_own(notebook):
    place = index(notebook, "total")
    notebook.cells[place] = new_code_cell(RIGHT["total"])


@damage(("The check `total-check` had lost its name", "The answer `total` had lost its name"))
def names_are_lost(notebook):
    for one in notebook.cells:
        one.metadata.pop("nbgrader", None)


@damage(("The check `total-check` had lost its name", "The answer `total` was missing"))
def names_and_ids_are_lost(notebook):
    for number, one in enumerate(notebook.cells):
        one.metadata.pop("nbgrader", None)
        one.id = f"new-{number}"


@damage("1 cells had names that the assignment does not have")
def a_name_is_made_up(notebook):
    twin = copy.deepcopy(cell(notebook, "total-check"))
    twin.metadata.nbgrader["grade_id"], twin.metadata.nbgrader["points"] = "bonus", 100
    notebook.cells.append(twin)


@damage()
def points_and_rights_are_changed(notebook):
    check = cell(notebook, "total-check").metadata.nbgrader
    check.update(points=100, locked=False, solution=True, grade="yes", schema_version=99, checksum="0")
    cell(notebook, "total").metadata.nbgrader.update(grade=True, points=50, locked=True)
    cell(notebook, "essay").metadata.nbgrader.update(grade=False, task=True)


@damage()
def metadata_are_of_other_types(notebook):
    notebook.metadata = [1]
    for number, one in enumerate(notebook.cells):
        if number % 2:
            one.metadata = {"nbgrader": {**one.metadata.get("nbgrader", {}), "points": {}, "grade": []}, "tags": 5}
    notebook.cells[0].metadata = None
    notebook.cells[1].metadata = {"nbgrader": [1, 2]}


@damage("The check `total-check` had become a cell of another type")
def a_check_becomes_text(notebook):
    check = cell(notebook, "total-check")
    check.cell_type = "markdown"
    del check["outputs"], check["execution_count"]


@damage("The answer `total` had become a cell of another type; it was changed back.")
def an_answer_becomes_raw(notebook):
    cell(notebook, "total").cell_type = "raw"


@damage("The answer `essay` had become a cell of another type")
def a_text_becomes_code(notebook):
    cell(notebook, "essay").cell_type = "code"


@damage("bytes that are not UTF-8")
def it_has_bytes_that_are_not_utf_8(notebook):
    cell(notebook, "essay").source = "caf@"
    return json.dumps(notebook).encode().replace(b"caf@", b"caf\xe9")


@damage("saved by another program (utf-8-sig)")
def it_has_a_byte_order_mark(notebook):
    return b"\xef\xbb\xbf" + json.dumps(notebook).encode()


@damage("saved by another program (utf-16)")
def it_is_utf_16(notebook):
    return json.dumps(notebook).encode("utf-16")


@damage()
def it_has_halves_of_characters(notebook):
    cell(notebook, "essay").source = "\ud800 half"
    notebook.cells.append(new_code_cell("x = '\udfff'"))
    return json.dumps(notebook).encode()


@damage()
def it_has_control_characters(notebook):
    cell(notebook, "essay").source = "bell @"
    return json.dumps(notebook).replace("bell @", "bell \x07\x00").encode()


@damage("another notebook format (3)")
def it_is_version_3(notebook):
    return nbformat.writes(nbformat.convert(notebook, 3), version=3).encode()


@damage("another notebook format (2)")
def it_is_version_2(notebook):
    old = nbformat.convert(notebook, 3)
    old.nbformat = 2
    return json.dumps(old).encode()


@pytest.mark.parametrize("minor", range(6))
def test_every_minor_version_of_4_is_read(room: ClassRoom, minor: int) -> None:
    notebook = room.answered()
    notebook.nbformat_minor = minor
    if minor < 5:
        for one in notebook.cells:
            del one["id"]
    room.submit("ann", json.dumps(notebook).encode())
    assert room.grade("ann") is None
    assert {name: room.scores("ann")[name] for name in ALL} == ALL
    assert room.remarks("ann") == []


@damage("another notebook format (5)")
def it_is_of_a_version_to_come(notebook):
    notebook.nbformat, notebook.nbformat_minor = 5, 2
    notebook["extra"] = {"new": True}


@damage("another notebook format (None)")
def its_version_is_missing(notebook):
    del notebook["nbformat"], notebook["nbformat_minor"], notebook["metadata"]


@damage("is not a notebook: its text is not JSON", scores=NONE, run=False)
def it_is_not_json(notebook):
    return b"<html>not found</html>"


@damage("is not a notebook: there are no cells in it", scores=NONE, run=False)
def it_is_another_json(notebook):
    return b'["a", "list"]'


@damage("is not a notebook: there are no cells in it", scores=NONE, run=False)
def its_cells_are_no_list(notebook):
    return b'{"nbformat": 4, "cells": {"a": 1}}'


@damage("is not a notebook", scores=NONE, run=False)
def it_is_nested_without_end(notebook):
    return b'{"cells": ' + b"[" * 100_000


@damage("is empty", scores=NONE, run=False)
def it_is_empty(notebook):
    return b""


@damage("is empty", scores=NONE, run=False)
def it_is_white_space(notebook):
    return b"\n \n"


@damage("The answer `total` was missing", scores=NONE, run=False)
def it_has_no_cells(notebook):
    notebook.cells = []


@damage(
    ("is damaged. Its first 5 cells could be read", "The check `twice-check` had been deleted"),
    scores={"total-check": 2, "twice-check": 0},
)
def it_breaks_off(notebook):
    text = json.dumps(notebook)
    return text[: text.index('"id": "twice"')].encode()


@damage("Cell 2 could not be read; it was left out.")
def cells_are_no_cells(notebook):
    notebook.cells[1:1] = [None, 5, {"cell_type": "code"}, {"cell_type": "code", "source": 7, "metadata": {}}]
    return json.dumps(notebook).encode()


@damage()
def cells_are_of_unknown_types(notebook):
    notebook.cells[1:1] = [{"cell_type": "video", "source": "x"}, {"cell_type": ["code"], "source": ["x", "y"]}]
    return json.dumps(notebook).encode()


@damage()
def ids_are_wrong(notebook):
    for number, one in enumerate(notebook.cells):
        one.id = ["total-check", "", "a b", 5, None, "é", "x" * 200, "total-check"][number]
    return json.dumps(notebook).encode()


@damage()
def it_has_5000_cells(notebook):
    notebook.cells[1:1] = [new_code_cell(f"x{number} = {number}") for number in range(5000)]


@damage("Some cells were not run, because they are too long or too many.")
def it_has_a_huge_cell(notebook):
    notebook.cells.insert(1, new_code_cell("x = '" + "a" * 3_000_000 + "'"))


@damage("Some cells were not run")
def it_has_more_cells_than_are_run(notebook):
    notebook.cells += [new_code_cell("1")] * 9_500


@damage()
def it_has_attachments(notebook):
    cell(notebook, "essay")["attachments"] = {"a.png": {"image/png": "iVBORw0KGgo=", "text/html": "<script>"}, "b": 5}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", DAMAGE)
def test_damage(room: ClassRoom, name: str) -> None:
    case = DAMAGE[name]
    path = room.submit("ann", case.make(room))
    before = path.read_bytes()
    assert room.grade("ann") is None
    scores = room.scores("ann")
    assert {check: scores[check] for check in ALL} == case.scores
    assert scores["essay"] is None and scores["firm-check"] == 1, "nothing else suffers"
    said = room.remarks("ann")
    for words in case.says:
        assert any(words in one for one in said), said
    if not case.says:
        assert said == []
    assert path.read_bytes() == before, "what was handed in is never changed"
    check_result(room, "ann")


def check_result(room: ClassRoom, student: str) -> None:
    """What nbgrader goes on with: complete, in order, and shown by formgrader and as feedback."""
    graded = room.autograded(student)
    MetadataValidator().validate_nb(graded)
    names = [one.metadata.nbgrader["grade_id"] for one in graded.cells if "nbgrader" in one.metadata]
    assert sorted(names) == sorted(["total-text", "total", "total-check", "twice", "twice-check", "essay"])
    assert names.index("total-check") > names.index("total") and names.index("twice-check") > names.index("twice")
    points = {
        one.metadata.nbgrader["grade_id"]: one.metadata.nbgrader.get("points")
        for one in graded.cells
        if "nbgrader" in one.metadata
    }
    assert {name: points[name] for name in ("total-check", "twice-check", "essay")} == {
        name: MAX[name] for name in ("total-check", "twice-check", "essay")
    }
    assert len({one.id for one in graded.cells}) == len(graded.cells)
    if len(graded.cells) > 1000:
        return
    HTMLExporter().from_notebook_node(graded)
    result = room.api().generate_feedback(UNIT, student)
    assert result["success"], result.get("log", "") + result.get("error", "")
    page = (room.root / "feedback" / student / UNIT / "first.html").read_text()
    assert "assert total([]) == 0" not in page


def test_a_missing_data_file_is_put_back(room: ClassRoom) -> None:
    room.submit("ann", total="open('data/slips.csv')\ndef total(numbers):\n    return sum(numbers)")
    (room.folder("ann") / "data" / "slips.csv").unlink()
    room.grade("ann")
    assert room.sandbox.files[0]["files/data/slips.csv"] == b"a;b\n1;2\n"


@pytest.mark.parametrize("other", ["First.ipynb", "first-Copy1.ipynb", "first (2).ipynb", "my homework.ipynb"])
def test_a_renamed_notebook_is_found(room: ClassRoom, other: str) -> None:
    path = room.submit("ann")
    path.rename(path.with_name(other))
    assert room.grade("ann") is None
    assert {name: room.scores("ann")[name] for name in ALL} == ALL
    assert room.remarks("ann") == [f"first: The notebook `first` was handed in as `{other}`."]
    check_result(room, "ann")


def test_two_copies_are_not_guessed_between(room: ClassRoom) -> None:
    path = room.submit("ann")
    path.with_name("first-Copy1.ipynb").write_bytes(path.read_bytes())
    path.rename(path.with_name("first-Copy2.ipynb"))
    assert room.grade("ann") is None
    assert room.scores("ann") == {"total-check": 0, "twice-check": 0, "essay": 0, "firm-check": 1}
    said = room.remarks("ann")
    assert any("The notebook `first` was not handed in" in one for one in said)
    assert any("`first-Copy1.ipynb` is not a notebook of the assignment" in one for one in said)


def test_a_missing_notebook_gives_no_points_and_the_other_is_graded(room: ClassRoom) -> None:
    room.submit("ann").unlink()
    assert room.grade("ann") is None
    assert room.scores("ann")["firm-check"] == 1
    assert any(
        "The notebook `first` was not handed in; its checks give no points." in one for one in room.remarks("ann")
    )


def test_an_extra_notebook_is_told_of(room: ClassRoom) -> None:
    path = room.submit("ann")
    path.with_name("scratch.ipynb").write_bytes(path.read_bytes())
    assert room.grade("ann") is None
    assert {name: room.scores("ann")[name] for name in ALL} == ALL
    assert room.remarks("ann") == ["The file `scratch.ipynb` is not a notebook of the assignment; it was not graded."]


def test_a_submission_without_notebooks_fails_with_a_reason(room: ClassRoom) -> None:
    path = room.submit("ann")
    for one in path.parent.glob("*.ipynb"):
        one.unlink()
    failure = room.grade("ann")
    assert failure and failure.reason == "No notebook of this assignment was handed in."


def test_a_link_is_not_followed(room: ClassRoom, tmp_path: Path) -> None:
    secret = tmp_path / "secret.ipynb"
    secret.write_text(nbformat.writes(room.answered()))
    path = room.submit("ann")
    path.unlink()
    path.symlink_to(secret)
    (path.parent / "notes.txt").symlink_to(room.root / "gradebook.db")
    (path.parent / "data" / "slips.csv").unlink()
    (path.parent / "data" / "slips.csv").symlink_to(room.root / "gradebook.db")
    assert room.grade("ann") is None
    assert {name: room.scores("ann")[name] for name in ALL} == NONE
    assert any("is a link, which is not followed" in one for one in room.remarks("ann"))
    assert set(room.sandbox.files[0]) == {"files/data/slips.csv", "files/timestamp.txt"}
    assert room.sandbox.files[0]["files/data/slips.csv"] == b"a;b\n1;2\n"


def test_a_folder_with_the_name_of_a_notebook_is_an_empty_one(room: ClassRoom) -> None:
    path = room.submit("ann")
    path.unlink()
    path.mkdir()
    (path / "inside.txt").write_text("x")
    assert room.grade("ann") is None
    assert {name: room.scores("ann")[name] for name in ALL} == NONE
    assert any("is a folder, not a file" in one for one in room.remarks("ann"))
    check_result(room, "ann")


def test_cells_of_the_learners_own_stay_where_they_belong(room: ClassRoom) -> None:
    """A helper below the answer is run before the check that is put back; text and pictures stay."""
    notebook = room.answered(total="def total(numbers):\n    return helper(numbers)")
    place = index(notebook, "total-check")
    notebook.cells[place] = new_code_cell("def helper(numbers):\n    return sum(numbers)", id="helper")
    notebook.cells.insert(place, new_markdown_cell("Now the helper:", id="words"))
    room.submit("ann", notebook)
    room.grade("ann")
    assert room.scores("ann")["total-check"] == 2
    order = [one.id for one in room.autograded("ann").cells]
    assert order == [
        "title",
        "imports",
        "total-text",
        "total",
        "words",
        "helper",
        "total-check",
        "twice",
        "twice-check",
        "essay",
    ]
