"""``doorstart grade`` and ``doorstart grades``, as an instructor runs them: processes of their own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

from doorstart_grading import command
from doorstart_grading.gradebook import GradedSubmission

from .conftest import COURSE, UNIT, ClassRoom

pytestmark = pytest.mark.timeout(180)
SOURCES = Path(__file__).parents[3] / "extensions" / "grading" / "src"
TWENTY = [f"learner-{number:02d}" for number in range(20)]


def start(room: ClassRoom, *arguments: str) -> subprocess.Popen[str]:
    """Start the command, in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "doorstart_grading.command", *arguments],
        cwd=room.root,
        env={**os.environ, "PYTHONPATH": str(SOURCES), "COLUMNS": "150"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def run(room: ClassRoom, *arguments: str) -> tuple[int, str, str]:
    """Run the command to its end: status, output, errors."""
    process = start(room, *arguments)
    output, errors = process.communicate(timeout=120)
    return process.returncode, output, errors


def ask(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run a command that starts no processes, in this one."""
    handler = signal.getsignal(signal.SIGTERM)
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit) as ended:
        patch.setattr(sys, "argv", ["doorstart", *arguments])
        # Wide enough for any table; the environment is read when a console is made, which may have been long ago.
        patch.setattr(command.console, "_width", 150)
        command.main()
    signal.signal(signal.SIGTERM, handler)
    output, errors = capsys.readouterr()
    return int(ended.value.code or 0), output, errors


def grade(room: ClassRoom, *options: str) -> dict[str, Any]:
    """Run ``doorstart grade … --json``."""
    _, output, errors = run(room, "grade", COURSE, UNIT, "--json", *options)
    assert errors == ""
    result: dict[str, Any] = json.loads(output)
    return result


def by_status(result: dict[str, Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in result["submissions"]:
        found.setdefault(one["status"], []).append(one["student"])
    return found


def wait_for(condition: Any, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def graded(room: ClassRoom) -> set[str]:
    with Gradebook(room.course.coursedir.db_url) as gradebook:
        return {row.student for row in gradebook.db.query(GradedSubmission)}


def files(room: ClassRoom) -> dict[str, bytes]:
    return {
        str(path.relative_to(room.root)): path.read_bytes() for path in sorted(room.root.glob("autograded/*/*/*.ipynb"))
    }


def test_four_workers_grade_twenty_submissions_and_none_is_lost(room: ClassRoom) -> None:
    for number, student in enumerate(TWENTY):
        room.submit(
            student, total="def total(numbers):\n    return 3" if number % 2 else "def total(n):\n    return sum(n)"
        )
    result = grade(room, "--workers", "4")
    assert result["ok"] and by_status(result) == {"graded": TWENTY}
    scores = {one["student"]: one["score"] for one in result["submissions"]}
    assert scores == {student: 4 if number % 2 else 6 for number, student in enumerate(TWENTY)}
    for student in TWENTY:
        assert room.scores(student)["total-check"] == scores[student] - 4
    assert result["points"] == {
        "max": 10,
        "lowest": 4,
        "median": 5,
        "mean": 5,
        "highest": 6,
        "distribution": [
            {"from": 2.0 * n, "to": 2.0 * n + 2, "submissions": 10 if n in (2, 3) else 0} for n in range(5)
        ],
    }
    first = files(room)
    assert by_status(grade(room)) == {"unchanged": TWENTY}, "nothing has changed"
    assert len(room.sandbox.jobs) == 40
    again = grade(room, "--all", "--workers", "3")
    assert by_status(again) == {"graded": TWENTY}
    assert files(room) == first
    assert {one["student"]: one["score"] for one in again["submissions"]} == scores


def test_only_what_has_changed_is_graded(room: ClassRoom) -> None:
    for student in ("ann", "ben"):
        room.submit(student)
    grade(room)
    room.submit("ben", total="pass")
    room.submit("cas")
    assert by_status(grade(room)) == {"graded": ["ben", "cas"], "unchanged": ["ann"]}
    assert by_status(grade(room, "--all", "--student", "ann")) == {"graded": ["ann"]}


def test_killed_amid_a_run_it_goes_on_where_it_was(room: ClassRoom) -> None:
    for student in TWENTY[:8]:
        room.submit(student)
    room.sandbox.delay = 0.2
    process = start(room, "grade", COURSE, UNIT, "--workers", "2")
    wait_for(lambda: len(graded(room)) >= 2)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    done = graded(room)
    assert 2 <= len(done) < 8
    room.sandbox.delay = 0
    result = grade(room)
    assert set(by_status(result)["unchanged"]) == done
    assert sorted([*by_status(result)["unchanged"], *by_status(result)["graded"]]) == TWENTY[:8]
    assert {one["score"] for one in result["submissions"]} == {6}
    assert len(files(room)) == 16


def test_interrupted_it_leaves_nothing_half_done_and_says_how_to_go_on(room: ClassRoom) -> None:
    for student in TWENTY[:8]:
        room.submit(student)
    room.sandbox.delay = 0.3
    process = start(room, "grade", COURSE, UNIT, "--workers", "2", "--json")
    wait_for(lambda: len(graded(room)) >= 2)
    os.killpg(process.pid, signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 130, (output, errors)
    said = "Interrupted. What was graded is kept; run the same command without --all to go on."
    assert " ".join(errors.split()) == said
    result = json.loads(output)
    assert result["interrupted"] and not result["ok"]
    done = graded(room)
    assert set(by_status(result)["graded"]) == done and by_status(result)["not graded"]
    assert {path.parent.name for path in room.root.glob(f"autograded/*/{UNIT}")} == done
    room.sandbox.delay = 0
    assert set(by_status(grade(room))["unchanged"]) == done


def test_a_worker_that_is_killed_costs_one_submission_and_the_next_run_grades_it(room: ClassRoom) -> None:
    for student in TWENTY[:4]:
        room.submit(student)
    room.sandbox.delay = 0.5
    process = start(room, "grade", COURSE, UNIT, "--workers", "1", "--json")
    wait_for(lambda: room.sandbox.jobs)
    (worker,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    os.kill(int(worker), signal.SIGKILL)
    output, _ = process.communicate(timeout=60)
    result = json.loads(output)
    assert process.returncode == 1 and not result["ok"]
    assert by_status(result) == {"failed": TWENTY[:1], "graded": TWENTY[1:4]}
    assert "killed by signal 9" in result["submissions"][0]["remarks"][0]
    room.sandbox.delay = 0
    assert by_status(grade(room)) == {"graded": TWENTY[:1], "unchanged": TWENTY[1:4]}


def test_a_failure_has_its_reason_and_the_status_is_1(room: ClassRoom) -> None:
    room.submit("ann")
    for path in room.submit("ben").parent.glob("*.ipynb"):
        path.unlink()
    room.submit("cas", b"")
    status, output, errors = run(room, "grade", COURSE, UNIT)
    assert (status, errors) == (1, "")
    words = " ".join(output.replace("│", " ").split())
    assert "ben failed No notebook of this assignment was handed in." in words
    assert "1 graded" not in words and "2 graded, 0 unchanged, 1 failed, 0 not graded; 3 need a person." in words
    assert "cas graded, needs a person" in words and "is empty" in words
    assert "To be scored by hand: first/essay." in words
    assert "Scores are proposals. Learners see nothing of them before you release the feedback." in words


def test_who_gave_which_grade(room: ClassRoom, capsys: pytest.CaptureFixture[str]) -> None:
    room.submit("ann")
    room.grade("ann")
    with room.course.gradebook() as gradebook:
        gradebook.find_grade("essay", "first", UNIT, "ann").manual_score = 3
        gradebook.db.commit()
    status, output, _ = ask(capsys, "grades", COURSE, UNIT, "--json")
    assert status == 0
    found = {one["check"]: one for one in json.loads(output)}
    assert found["essay"]["by"] == "teacher" and found["essay"]["score"] == 3
    assert found["total-check"]["by"].endswith("image sha256:0123")
    status, output, _ = ask(capsys, "grades", COURSE, UNIT, "--changes")
    assert status == 0 and "teacher" in output and "manual_score" in output
    assert json.loads(ask(capsys, "grades", COURSE, UNIT, "--student", "zoe", "--json")[1]) == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("other.nl", UNIT), "This server is for the course 'sums.en', and has nothing of 'other.nl'."),
        ((COURSE, "ps2"), "Nothing was collected of 'ps2'."),
        ((COURSE, UNIT, "--student", "zoe"), "Nothing was collected of 'ps1' from: zoe."),
    ],
)
def test_what_is_not_there_is_said_in_a_sentence(
    room: ClassRoom, arguments: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    room.submit("ann")
    status, output, errors = ask(capsys, "grade", *arguments)
    assert (status, output) == (1, "")
    assert says in " ".join(errors.split()) and "Traceback" not in errors


def test_a_course_in_dutch_is_spoken_to_in_dutch(room: ClassRoom, capsys: pytest.CaptureFixture[str]) -> None:
    config = room.root / "nbgrader_config.py"
    config.write_text(config.read_text().replace(repr(COURSE), "'sums.nl'"))
    room.submit("ann")
    status, _, errors = ask(capsys, "grade", COURSE, UNIT)
    assert status == 1 and "Fout: Deze server is voor de cursus 'sums.nl'" in " ".join(errors.split())
    status, output, _ = run(room, "grade", "sums.nl", UNIT)
    assert status == 0
    assert "1 verbeterd" in output and "Met de hand na te kijken: " in output and "Scores zijn voorstellen." in output
    room.sandbox.stop()
    status, _, errors = run(room, "grade", "sums.nl", UNIT, "--all")
    assert status == 1 and "De sandbox, waarin notebooks lopen, antwoordt niet." in " ".join(errors.split())


def test_without_a_sandbox_nothing_is_touched(room: ClassRoom) -> None:
    room.submit("ann")
    grade(room)
    before = files(room)
    room.sandbox.stop()
    status, _, errors = run(room, "grade", COURSE, UNIT, "--all")
    assert status == 1 and "does not answer" in errors and "Traceback" not in errors
    assert files(room) == before


def test_two_runs_at_once_do_not_meet(room: ClassRoom) -> None:
    room.submit("ann")
    room.sandbox.gate.clear()
    process = start(room, "grade", COURSE, UNIT)
    wait_for(lambda: room.sandbox.jobs)
    status, _, errors = run(room, "grade", COURSE, UNIT)
    assert status == 1 and "Another run is grading in this course." in errors
    room.sandbox.gate.set()
    process.communicate(timeout=60)
    assert process.returncode == 0
