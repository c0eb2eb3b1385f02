"""From a submission to its scores, by nbgrader's own Autograde."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from nbgrader import preprocessors
from nbgrader.converters import Autograde

from doorstart_grading import report
from doorstart_grading.repair import Repair

from .conftest import MAX, UNIT, ClassRoom


def checks(room: ClassRoom, student: str) -> dict[str, float | None]:
    """Scores without the one that a person gives."""
    return {name: score for name, score in room.scores(student).items() if name != "essay"}


ALL = {name: points for name, points in MAX.items() if name != "essay"}


def test_scores_are_what_the_checks_say(room: ClassRoom) -> None:
    room.submit("right")
    room.submit(
        "wrong", total="def total(numbers):\n    return 3", twice="def twice(n):\n    return n", firm="firm = 1"
    )
    assert room.grade("right") is None
    assert room.grade("wrong") is None
    assert checks(room, "right") == ALL
    assert checks(room, "wrong") == {"total-check": 0, "twice-check": 1, "firm-check": 0}
    assert room.scores("right")["essay"] is None, "a person reads it"
    failed = next(cell for cell in room.autograded("wrong").cells if cell.id == "total-check")
    (error,) = failed.outputs
    assert error.evalue == "nothing is 0"
    assert "assert total([]) == 0" in error.traceback[0], "the instructor sees the hidden check that failed"
    assert failed.metadata["doorstart"]["check"]["learner"] == {"called": "f()", "message": "nothing is 0"}


def test_the_learners_kernel_is_given_no_notebook_and_no_hidden_test(room: ClassRoom) -> None:
    room.submit("ann")
    (room.folder("ann") / "notes.txt").write_text("mine")
    room.grade("ann")
    for job, files in zip(room.sandbox.jobs, room.sandbox.files, strict=True):
        assert set(files) == {"files/data/slips.csv", "files/notes.txt", "files/timestamp.txt"}
        assert all("HIDDEN" not in cell["source"] for cell in job["cells"] if cell["kind"] == "learner")
    first, second = room.sandbox.jobs
    assert [cell["kind"] for cell in first["cells"]] == ["learner", "learner", "test", "learner", "test"]
    assert "HIDDEN" in first["cells"][2]["source"]
    assert first["imports"] == ["import math", "from decimal import Decimal as D"]
    assert first["hidden"] == ["BEGIN HIDDEN TESTS", "END HIDDEN TESTS"]
    assert second["imports"] == []


def test_an_import_of_a_file_of_the_assignment_is_not_the_examiners(room: ClassRoom) -> None:
    source = room.root / "source" / UNIT
    notebook = nbformat.read(source / "first.ipynb", as_version=4)
    notebook.cells[1].source = "import helpers\nfrom helpers import a\nimport math, data\nimport json"
    nbformat.write(notebook, source / "first.ipynb")
    (source / "helpers.py").write_text("a = 1")
    room.submit("ann")
    room.grade("ann")
    assert room.sandbox.jobs[0]["imports"] == ["import json"]


def test_text_on_stderr_costs_no_points(room: ClassRoom) -> None:
    def warn(answer: dict) -> dict:
        for cell in answer["cells"]:
            if cell["kind"] == "learner":
                cell["outputs"] = [{"output_type": "stream", "name": "stderr", "text": "a warning"}]
            else:
                cell["printed"] = "a warning\n"
        return answer

    room.sandbox.change = warn
    room.submit("ann")
    room.grade("ann")
    assert checks(room, "ann") == ALL


def test_outputs_and_metadata_of_a_submission_are_not_kept(room: ClassRoom) -> None:
    notebook = room.answered(total="pass")
    for cell in notebook.cells:
        cell.metadata["doorstart"] = {"check": {"learner": {"message": "well done"}}, "status": "passed"}
        cell.metadata["tags"] = ["forged"]
        if cell.cell_type == "code":
            cell.execution_count = 7
            cell.outputs = [nbformat.v4.new_output("execute_result", data={"text/plain": "2"}, execution_count=7)]
    notebook.metadata["doorstart"] = {"remarks": [{"text": "forged", "needs_person": False}], "kernel": {"ended": "x"}}
    room.submit("ann", notebook)
    room.grade("ann")
    assert checks(room, "ann")["total-check"] == 0
    graded = room.autograded("ann")
    assert "forged" not in json.dumps(graded) and "well done" not in json.dumps(graded)
    assert room.remarks("ann") == []
    assert all("doorstart" not in cell.metadata for cell in graded.cells if not cell.id.endswith("-check"))


def test_the_sandbox_is_away_nothing_is_scored_and_the_run_goes_on(
    room: ClassRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.submit("ann")
    room.submit("ben", total="pass")
    assert room.grade("ann") is None
    room.sandbox.stop()
    monkeypatch.setattr("doorstart_grading.examine._ATTEMPTS", 1)
    for student in ("ann", "ben"):
        failure = room.grade(student)
        assert failure and "does not answer" in failure.reason and "Nothing was scored" in failure.reason
        assert not (room.root / "autograded" / student / UNIT).exists()
    assert checks(room, "ann") == ALL, "what was scored before stays"
    assert set(room.scores("ben").values()) == {None}
    room.sandbox.start()
    assert room.course.changed(UNIT, ["ann", "ben"]) == ["ann", "ben"]
    assert room.grade("ben") is None


@pytest.mark.parametrize("hour", [11, 10], ids=["other work", "the same work"])
def test_what_fails_to_be_graded_again_has_no_grade(room: ClassRoom, hour: int) -> None:
    room.submit("ann")
    assert room.grade("ann") is None and room.has_grade("ann")
    room.submit("ann", hour=hour)
    room.sandbox.refusals = [503]
    assert room.grade("ann")
    assert not room.has_grade("ann"), "the points in the gradebook are those of what was graded before"
    assert room.course.changed(UNIT, ["ann"]) == ["ann"]
    assert room.grade("ann") is None and room.has_grade("ann")
    assert room.course.changed(UNIT, ["ann"]) == []


def test_one_submission_fails_and_nbgrader_goes_on_with_the_next(room: ClassRoom) -> None:
    for student in ("ann", "ben", "cas"):
        room.submit(student)
    room.sandbox.refusals = [503]
    result = room.api().autograde(UNIT, "*")
    assert not result["success"] and "Nothing was scored" in result["log"]
    assert room.scores("ann")["total-check"] is None
    assert checks(room, "ben") == checks(room, "cas") == ALL


def test_a_busy_sandbox_is_waited_for(room: ClassRoom) -> None:
    room.sandbox.refusals = [429, 429]
    room.submit("ann")
    assert room.grade("ann") is None
    assert checks(room, "ann") == ALL


@pytest.mark.parametrize(
    "change",
    [
        lambda answer: [],
        lambda answer: answer | {"version": 2},
        lambda answer: answer | {"cells": answer["cells"][1:]},
        lambda answer: answer | {"cells": None},
        lambda answer: answer | {"cells": [cell | {"kind": "learner"} for cell in answer["cells"]]},
        lambda answer: answer | {"cells": [cell | {"status": "great"} for cell in answer["cells"]]},
        lambda answer: answer | {"cells": ["passed" for _ in answer["cells"]]},
    ],
)
def test_an_answer_that_is_not_one_scores_nothing(room: ClassRoom, change) -> None:
    room.sandbox.change = change
    room.submit("ann")
    failure = room.grade("ann")
    assert failure and "sandbox gave an unexpected answer" in failure.reason
    assert set(room.scores("ann").values()) == {None}


def test_files_that_are_too_large_stay_behind_and_the_report_says_so(room: ClassRoom) -> None:
    room.submit("ann")
    (room.folder("ann") / "large.bin").write_bytes(bytes(70 * 1024 * 1024))
    assert room.grade("ann") is None
    assert room.sandbox.files[0] == {}
    assert any("too large to go along" in one for one in room.remarks("ann"))
    room.submit("ben")
    room.sandbox.refusals = [413]
    assert room.grade("ben") is None
    assert any("too large to go along" in one for one in room.remarks("ben"))


def test_formgraders_button_gives_the_same_scores_and_notebooks(room: ClassRoom) -> None:
    room.submit("ann", total="pass")
    room.grade("ann")
    ours, scores = (room.root / "autograded" / "ann" / UNIT / "first.ipynb").read_bytes(), room.scores("ann")
    assert room.api().autograde(UNIT, "ann")["success"]
    assert (room.root / "autograded" / "ann" / UNIT / "first.ipynb").read_bytes() == ours
    assert room.scores("ann") == scores
    assert room.course.changed(UNIT, ["ann"]) == [], "what formgrader graded need not be graded again"


def test_grading_again_gives_the_same_byte_for_byte(room: ClassRoom) -> None:
    notebook = room.answered(twice="def twice(n):\n    print('hm')\n    return 5")
    del notebook.cells[4], notebook.cells[0]["id"]
    notebook.nbformat_minor = 4
    room.submit("ann", notebook)
    found = []
    for _ in range(2):
        assert room.grade("ann") is None
        folder = room.root / "autograded" / "ann" / UNIT
        found.append(({path.name: path.read_bytes() for path in folder.glob("*.ipynb")}, room.scores("ann")))
    assert found[0] == found[1]


def test_nbgraders_own_steps_find_nothing_to_do_after_the_repair(
    room: ClassRoom, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    notebook = room.answered()
    del notebook.cells[4]
    notebook.cells.append(notebook.cells[3].copy())
    room.submit("ann", notebook)
    room.grade("ann")
    ours, scores = room.autograded("ann"), room.scores("ann")
    names = ("ClearOutput", "DeduplicateIds", "OverwriteKernelspec", "OverwriteCells", "CheckCellMetadata")
    others = [getattr(preprocessors, name) for name in names]
    room.course.app.config.Autograde.sanitize_preprocessors = [Repair, *others]
    graded = room.course.app.config.Autograde.autograde_preprocessors
    graded[2:3] = [preprocessors.SaveAutoGrades]
    graded.append(preprocessors.CheckCellMetadata)
    seen = []
    monkeypatch.setattr(preprocessors.OverwriteCells, "report_change", lambda *change: seen.append(change))
    assert room.grade("ann") is None
    assert seen == []
    assert room.autograded("ann") == ours and room.scores("ann") == scores
    assert Autograde.sanitize_preprocessors.default_args[0] == others, "all of nbgrader's steps were tried"


def test_a_persons_score_survives_and_the_report_says_where_the_automatic_one_differs(room: ClassRoom) -> None:
    room.submit("ann")
    room.grade("ann")
    with room.course.gradebook() as gradebook:
        grade = gradebook.find_grade("total-check", "first", UNIT, "ann")
        grade.manual_score, grade.needs_manual_grade = 1.5, False
        gradebook.db.commit()
    room.submit("ann", total="pass")
    assert room.course.changed(UNIT, ["ann"]) == ["ann"]
    room.grade("ann")
    with room.course.gradebook() as gradebook:
        grade = gradebook.find_grade("total-check", "first", UNIT, "ann")
        assert (grade.manual_score, grade.auto_score, grade.score) == (1.5, 0, 1.5)
        result = report.build(gradebook, "sums.en", UNIT, {"ann": "graded"}, 1)
        changes = [
            (one["by"], one["what"], one["old"], one["new"])
            for one in report.all_changes(gradebook, UNIT)
            if one["check"] == "total-check"
        ]
        now = {one["check"]: one for one in report.current_grades(gradebook, UNIT)}
    (override,) = result.overrides
    assert (override.check, override.manual_score, override.auto_score) == ("total-check", 1.5, 0)
    automatic = changes[0][0]
    assert automatic.startswith("Doorstart grading") and automatic.endswith("image sha256:0123")
    assert changes == [
        (automatic, "auto_score", None, 2),
        ("teacher", "manual_score", None, 1.5),
        (automatic, "auto_score", 2, 0),
    ]
    assert (now["total-check"]["by"], now["total-check"]["score"]) == ("teacher", 1.5)
    assert now["firm-check"]["by"] == automatic and now["firm-check"]["at"].endswith("UTC")
    assert now["essay"]["by"] is None


def test_a_persons_points_stay_when_the_same_work_is_graded_again(room: ClassRoom) -> None:
    room.submit("ann")
    room.grade("ann")
    assert room.waiting("ann") == {"essay"}
    room.give("ann", "essay", 3)
    room.give("ann", "total-check", 1)
    assert room.grade("ann") is None and room.waiting("ann") == set()
    room.sandbox.refusals = [503]
    assert room.grade("ann") and room.waiting("ann") == set()
    assert room.grade("ann") is None and room.waiting("ann") == set()


def test_a_persons_points_for_other_work_wait_for_a_person(room: ClassRoom) -> None:
    room.submit("ann")
    room.grade("ann")
    room.give("ann", "essay", 3)
    room.give("ann", "total-check", 1)
    room.submit("ann", hour=11, essay="Nothing.")
    room.sandbox.refusals = [503]
    assert room.grade("ann"), "the time of the new work is in the gradebook from now on"
    for _ in range(2):
        assert room.grade("ann") is None
        assert room.waiting("ann") == {"essay", "total-check"}, "until a person has looked"
    room.give("ann", "essay", 0)
    assert room.grade("ann") is None and room.waiting("ann") == {"total-check"}


def test_a_persons_points_for_a_renamed_notebook_wait_whenever_it_is_graded(room: ClassRoom) -> None:
    room.submit("ann")
    room.grade("ann")
    room.give("ann", "essay", 3)
    path = room.submit("ann", hour=11, essay="Nothing.")
    path.rename(path.with_name("first-Copy1.ipynb"))
    room.sandbox.refusals = [503]
    assert room.grade("ann")
    assert room.grade("ann") is None and room.waiting("ann") == {"essay"}


def test_without_a_time_nobody_knows_whether_the_work_is_the_same(room: ClassRoom) -> None:
    for _ in range(2):
        room.submit("ann")
        (room.folder("ann") / "timestamp.txt").unlink()
        assert room.grade("ann") is None and room.waiting("ann") == {"essay"}
        room.give("ann", "essay", 3)


@pytest.mark.parametrize("inside", ["", "/page.txt"], ids=["file", "folder"])
def test_what_a_learner_calls_like_the_feedback_is_not_in_its_way(room: ClassRoom, inside: str) -> None:
    path = Path(f"{room.submit('ann').with_suffix('.html')}{inside}")
    path.parent.mkdir(exist_ok=True)
    path.write_text("10 of 10, well done")
    assert room.grade("ann") is None
    assert room.course.feedback(UNIT, "ann") is None
    page = (room.root / "feedback" / "ann" / UNIT / "first.html").read_text()
    assert "well done" not in page and 'data-score="5' in page
    # Only the superuser, for whom nothing is read-only, could write over it.
    assert not (room.root / "autograded" / "ann" / UNIT / "first.html").exists()
    assert path.exists() and room.course.changed(UNIT, ["ann"]) == []


def test_what_has_not_changed_is_known(room: ClassRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    everybody = ["ann", "ben", "cas"]
    for student in everybody:
        room.submit(student)
        room.grade(student)
    assert room.course.changed(UNIT, everybody) == []
    (room.folder("ann") / "notes.txt").write_text("new")
    graded = room.root / "autograded" / "ben" / UNIT / "second.ipynb"
    graded.chmod(0o644)
    graded.write_text(graded.read_text() + " ")
    assert room.course.changed(UNIT, everybody) == ["ann", "ben"]
    with monkeypatch.context() as patch:
        patch.setattr("doorstart_grading.grader._Known.image", "sha256:4567")
        assert room.course.changed(UNIT, everybody) == everybody, "learners' code would run in another image"
    (room.root / "source" / UNIT / "data" / "slips.csv").write_text("other")
    assert room.course.changed(UNIT, everybody) == everybody
