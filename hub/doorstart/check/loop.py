"""The whole loop on the running site, as its people's browsers would drive it.

A learner fetches an assignment, solves it and submits it; the instructor collects it, autogrades it and returns
feedback; the learner reads the score. In a course of its own, with people of its own: see
:mod:`doorstart.check.stage`.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

from doorstart import names
from doorstart.check.client import ClientError, Server
from doorstart.check.exercise import Exercise
from doorstart.check.report import Report
from doorstart.check.stage import Stage, staged
from doorstart.site.units import SiteCourse

COURSE = "selfcheck.en"
"""The course that exists only while the loop is checked."""


class LoopError(Exception):
    """The site answered, but not with what the loop needs; the message says what is missing."""


def check(find: Callable[[], Exercise], report: Report) -> None:
    """Drive the loop in a course of its own.

    Args:
        find: Finds the unit to do it with.
        report: Gets the steps.

    Raises:
        StepFailedError: a step failed; the steps after it were not tried.
    """
    with staged(COURSE, report) as stage:
        drive(stage, find, report)


def drive(
    stage: Stage,
    find: Callable[[], Exercise],
    report: Report,
    at_desk: Callable[[Server], None] = lambda desk: None,
    at_office: Callable[[Server], None] = lambda office: None,
) -> None:
    """As :func:`check`, on a stage that is there.

    Args:
        stage: The stage.
        find: Finds the unit to do it with.
        report: Gets the steps.
        at_desk: Called with the learner's server when it has started.
        at_office: Called with the instructor's server when it has started.
    """
    _Loop(stage, find, report).run(at_desk, at_office)


class _Loop:
    def __init__(self, stage: Stage, find: Callable[[], Exercise], report: Report) -> None:
        self.stage = stage
        self.find = find
        self.step = report.step

    @cached_property
    def exercise(self) -> Exercise:
        """The unit."""
        return self.find()

    @property
    def assignment(self) -> str:
        """The unit's id with this run's mark: what earlier runs handed in is not collected again."""
        return f"{self.exercise.unit}-{self.stage.run}"

    def run(self, at_desk: Callable[[Server], None], at_office: Callable[[Server], None]) -> None:
        """All steps, in order."""
        with self.step("People"):
            log_in_learner, log_in_instructor = self.stage.add("learner"), self.stage.add("instructor")
        with self.step("Learner logs in"):
            learner = log_in_learner()
        with learner:
            with self.step("Learner's server starts"):
                desk = learner.start_server()
            at_desk(desk)
            with self.step("Course") as current:
                self._load()
                current.note = f"{self.exercise.course}, {self.exercise.unit}"
            receipt = self._hand_in(desk)
            with self.step("Instructor logs in"):
                instructor = log_in_instructor()
            with instructor:
                with self.step("Course's server starts"):
                    office = instructor.start_server(names.server_name(self.stage.course))
                at_office(office)
                with self.step("My course opens"):
                    _require_page(office, learner.username)
                self._grade(office, learner.username)
                self._read_feedback(desk, receipt)
                with self.step("Withdraw the assignment"):
                    _nbgrader(office, f"formgrader/api/assignment/{self.assignment}/unrelease")

    def _load(self) -> None:
        stage = self.stage
        with tempfile.TemporaryDirectory() as scratch:
            self.exercise.lay_out(Path(scratch), self.assignment)
            image = stage.images["instructor"]
            course = SiteCourse(stage.client, stage.place, image, stage.course)
            course.add(Path(scratch), [self.assignment])

    def _hand_in(self, desk: Server) -> str:
        """Fetch, solve and submit; the receipt's number."""
        with self.step("Fetch the assignment"):
            self._assignment(desk, "fetch", "fetched")
        with self.step("Put in the reference solution"):
            path = f"api/contents/{self.stage.course}/{self.assignment}/{self.exercise.unit}.ipynb"
            solved = self.exercise.solved(desk.json("GET", path)["content"])
            desk.json("PUT", path, json={"type": "notebook", "format": "json", "content": solved})
        with self.step("Submit") as current:
            (submission,) = self._assignment(desk, "submit", "submitted")["submissions"]
            current.note = f"at {submission['timestamp']}"
        with self.step("Receipt") as current:
            receipt = str(submission["receipt"])
            kept = [json.loads(text) for text in _files(desk, f"receipts/{self.stage.course}", ".json")]
            if [one["id"] for one in kept] != [receipt]:
                raise LoopError("The receipt that the learner's folder “receipts” has is not the submission's.")
            current.note = receipt
        return receipt

    def _grade(self, office: Server, learner: str) -> None:
        one = f"formgrader/api/assignment/{self.assignment}"
        with self.step("Collect"):
            _nbgrader(office, f"{one}/collect")
            self._submission(office, learner)
        with self.step("Autograde") as current:
            _nbgrader(office, f"formgrader/api/submission/{self.assignment}/{learner}/autograde")
            graded = self._submission(office, learner)
            _require_points(graded.get("score"), graded.get("max_score"), self.exercise)
            current.note = f"{self.exercise.autograded_points:g} of {self.exercise.points:g} points"
        with self.step("Generate feedback"):
            _nbgrader(office, f"{one}/{learner}/generate_feedback")
        with self.step("Release feedback"):
            _nbgrader(office, f"{one}/{learner}/release_feedback")

    def _submission(self, office: Server, learner: str) -> dict[str, Any]:
        found: dict[str, Any] = office.json("GET", f"formgrader/api/submission/{self.assignment}/{learner}")
        return found

    def _read_feedback(self, desk: Server, receipt: str) -> None:
        with self.step("Fetch feedback"):
            submissions = self._assignment(desk, "fetch_feedback", "submitted")["submissions"]
            (submission,) = [one for one in submissions if one["receipt"] == receipt]
            if not submission["local_feedback_path"]:
                raise LoopError("The learner's server has no feedback for the submission.")
        with self.step("Read the score") as current:
            (page,) = _files(desk, submission["local_feedback_path"], ".html")
            found = score_of(page)
            if not found:
                raise LoopError("The feedback shows no score.")
            _require_points(*found, self.exercise)
            current.note = f"{found[0]} of {found[1]} points"

    def _assignment(self, desk: Server, action: str, status: str) -> dict[str, Any]:
        """Do something in nbgrader's assignment list; this run's entry in the list afterwards."""
        asked = {"course_id": self.stage.course, "assignment_id": self.assignment}
        answer = desk.json("POST", f"assignments/{action}", json=asked)
        _require_success(answer)
        for entry in answer["value"]:
            if (entry["assignment_id"], entry["status"]) == (self.assignment, status):
                return dict(entry)
        raise LoopError(f"The list of assignments does not show it as {status}. The log of the server says why.")


def score_of(page: str) -> tuple[str, str] | None:
    """The score and the most points that a page of feedback shows, in whichever language; None if it shows none."""
    found = re.search(r'<p class="total" data-score="([\d.]+)" data-most="([\d.]+)">', page)
    return (found[1], found[2]) if found else None


def _require_page(office: Server, learner: str) -> None:
    """The page that the instructor lands on shows the course and its learner."""
    page = office.request("GET", "course")
    if not page.is_success or f'data-learner="{learner}"' not in page.text:
        raise LoopError(f"The page “My course” did not open, or does not show the learner (status {page.status_code}).")


def _nbgrader(office: Server, path: str) -> None:
    _require_success(office.json("POST", path))


def _require_success(answer: dict[str, Any]) -> None:
    if answer.get("success"):
        return
    # The first error is the cause; the last line only says that there was one.
    errors = re.findall(r"^\[ERROR\] (.+)$", str(answer.get("log") or ""), re.MULTILINE)
    last = str(answer.get("error") or answer.get("value") or "nothing").strip().splitlines()[-1:]
    raise LoopError(f"nbgrader said: {(errors or last)[0]}")


def _require_points(score: object, most: object, exercise: Exercise) -> None:
    expected = (exercise.autograded_points, exercise.points)
    try:
        got = (float(str(score)), float(str(most)))
    except ValueError:
        raise LoopError("It has no score: it was not graded.") from None
    if got != expected:
        raise LoopError(
            f"The reference solution got {got[0]:g} of {got[1]:g} points, but must get {expected[0]:g} of "
            f"{expected[1]:g}. Either a check of the course is wrong, or the kernel that graded it."
        )


def _files(server: Server, folder: str, suffix: str) -> list[str]:
    """The text of the files in a folder of a server's whose names end with ``suffix``."""
    listed = server.json("GET", f"api/contents/{folder}")["content"]
    paths = sorted(str(one["path"]) for one in listed if one["type"] == "file" and one["path"].endswith(suffix))
    if not paths:
        raise ClientError(f"There is no file *{suffix} in {folder}.")
    return [str(server.json("GET", f"api/contents/{path}?type=file&format=text")["content"]) for path in paths]
