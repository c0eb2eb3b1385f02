"""Several processes and one gradebook, and the history of its scores."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from sqlalchemy import create_engine, text

from doorstart_grading.gradebook import ScoreChange

CELLS = [f"c{number}" for number in range(5)]
LEARNERS = [f"learner-{number}" for number in range(8)]
ROUNDS = 15


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A gradebook with an assignment and submissions."""
    # nbgrader calls the command alembic for a new one.
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    found = f"sqlite:///{tmp_path}/gradebook.db"
    with Gradebook(found) as gradebook:
        gradebook.add_assignment("ps1")
        gradebook.add_notebook("first", "ps1")
        for cell in CELLS:
            gradebook.add_grade_cell(cell, "first", "ps1", max_score=10, cell_type="code")
        for learner in LEARNERS:
            gradebook.add_student(learner)
            gradebook.add_submission("ps1", learner)
    return found


def _score(url: str, learner: str) -> None:
    for number in range(1, ROUNDS + 1):
        with Gradebook(url) as gradebook:
            for cell in CELLS:
                gradebook.find_grade(cell, "first", "ps1", learner).auto_score = number
            gradebook.db.commit()


@pytest.mark.timeout(120)
def test_eight_processes_write_at_once_and_nothing_is_lost(url: str) -> None:
    processes = [multiprocessing.get_context("fork").Process(target=_score, args=(url, one)) for one in LEARNERS]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * len(LEARNERS)
    with Gradebook(url) as gradebook:
        for learner in LEARNERS:
            grades = gradebook.find_submission_notebook("first", "ps1", learner).grades
            assert {grade.auto_score for grade in grades} == {ROUNDS}
            rows = gradebook.db.query(ScoreChange).filter(ScoreChange.student == learner, ScoreChange.cell == "c0")
            assert [row.new for row in rows.order_by(ScoreChange.id)] == list(range(1, ROUNDS + 1))


def test_a_change_that_is_taken_back_leaves_no_trace_and_the_same_score_is_no_change(url: str) -> None:
    with Gradebook(url) as gradebook:
        grade = gradebook.find_grade("c0", "first", "ps1", LEARNERS[0])
        grade.manual_score = 5
        gradebook.db.flush()
        gradebook.db.rollback()
        for score in (None, 3, 3, 3.0):
            grade.auto_score = score
            gradebook.db.commit()
        grade.extra_credit = 1
        gradebook.db.commit()
        rows = gradebook.db.query(ScoreChange).order_by(ScoreChange.id)
        assert [(row.field, row.old, row.new) for row in rows] == [("auto_score", None, 3), ("extra_credit", None, 1)]


def test_other_databases_of_the_process_are_left_as_they_are(url: str, tmp_path: Path) -> None:
    with Gradebook(url):
        pass
    with create_engine(f"sqlite:///{tmp_path}/other.db").connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "delete"
    with sqlite3.connect(tmp_path / "gradebook.db") as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
