"""The whole loop with nbgrader as it is: its panels' REST handlers and its commands, on real servers.

Two learners and an instructor; each learner only ever sees their own.
"""

from __future__ import annotations

import html
import re
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest

from doorstart.check.client import ClientError
from doorstart.courses.format import read_unit, read_wrong_answers
from doorstart.courses.reference import reference_solution, wrong_solution
from doorstart.settings import Settings

from .classroom import Classroom, Instructor, Learner, kernels_of, of_role

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]

COURSES = Path(__file__).parents[2] / "courses"
SPAWNS = 10


@dataclass
class Unit:
    """A unit of a course, as it is on the site."""

    folder: Path
    course: str
    unit: str

    @property
    def home(self) -> str:
        """Where a fetched unit is in a learner's home."""
        return f"{self.course}/{self.unit}"

    @property
    def path(self) -> str:
        """Its notebook in a learner's home."""
        return f"{self.home}/{self.unit}.ipynb"

    @property
    def autograded_points(self) -> int:
        """The points that checks give."""
        return read_unit(self.folder / "units" / self.unit).autograded_points

    @property
    def points(self) -> int:
        """All points, those of the instructor too."""
        return read_unit(self.folder / "units" / self.unit).points

    def right(self, fetched: nbformat.NotebookNode) -> nbformat.NotebookNode:
        """The fetched notebook with everything right."""
        return reference_solution(self.folder, self.unit, "en", fetched)

    def wrong(self, fetched: nbformat.NotebookNode, **answers: int) -> tuple[nbformat.NotebookNode, int]:
        """The fetched notebook with listed wrong answers, and the points that it must get."""
        solved, scores = wrong_solution(self.folder, self.unit, "en", answers, fetched)
        return solved, sum(scores.values())


GOODS = Unit(COURSES / "stock-management", "stock-management.en", "01-goods-flow")
STEPS = Unit(COURSES / "programming", "programming.en", "01-first-steps")


@dataclass
class Class:
    """Two learners and their instructor, after the first round."""

    ann: Learner
    ben: Learner
    teacher: Instructor
    kernels: list[dict[str, Any]]
    """What the engine said of the kernels while the work was autograded."""
    bens_points: int


def hand_in(learner: Learner, unit: Unit, notebook: nbformat.NotebookNode) -> dict[str, Any]:
    """Save the notebook and submit the unit; the newest submission."""
    learner.save(unit.path, notebook)
    learner.ask("submit", unit.unit)
    return learner.submissions(unit.unit)[-1]


def page_of(learner: Learner, unit: Unit, submission: dict[str, Any]) -> str:
    """The fetched feedback page of a submission."""
    return learner.read(f"{unit.home}/feedback/{submission['timestamp']}/{unit.unit}.html")


def score(points: float, most: float) -> str:
    """What a feedback page says of the points."""
    return f"Score: <strong>{points:g}</strong> of {most:g}"


@pytest.fixture(scope="module")
def goods(classroom: Classroom) -> Class:
    """One round of stock management: ann has all right, ben has two listed wrong answers."""
    ann, ben = classroom.learner(GOODS.course, prefix="ann"), classroom.learner(GOODS.course, prefix="ben")
    for learner in (ann, ben):
        (entry,) = learner.assignments()
        assert (entry["assignment_id"], entry["status"]) == (GOODS.unit, "released")
        (entry,) = learner.ask("fetch", GOODS.unit)
        assert entry["status"] == "fetched"
    hand_in(ann, GOODS, GOODS.right(ann.notebook(GOODS.path)))
    solved, points = GOODS.wrong(ben.notebook(GOODS.path), **{"compare": 2, "short-articles": 0})
    hand_in(ben, GOODS, solved)
    teacher = classroom.instructor(GOODS.course)
    teacher.collect(GOODS.unit)
    with kernels_of(classroom.site) as kernels:
        teacher.grade(GOODS.unit, ann, ben)
    for learner in (ann, ben):
        learner.ask("fetch_feedback", GOODS.unit)
    return Class(ann, ben, teacher, kernels, points)


def test_a_right_submission_gets_all_points_and_a_wrong_one_what_its_answers_are_worth(goods: Class) -> None:
    right = goods.teacher.submission(GOODS.unit, goods.ann)
    wrong = goods.teacher.submission(GOODS.unit, goods.ben)
    assert right["autograded"] and wrong["autograded"]
    assert right["code_score"] == right["max_code_score"] == GOODS.autograded_points
    assert wrong["code_score"] == goods.bens_points < right["code_score"]
    assert right["needs_manual_grade"], "the message to the supplier is read by the instructor"


def test_the_learner_sees_the_score_and_what_went_wrong(goods: Class) -> None:
    (submission,) = goods.ben.submissions(GOODS.unit)
    assert submission["has_local_feedback"] and not submission["feedback_updated"]
    page = page_of(goods.ben, GOODS, submission)
    assert score(goods.bens_points, GOODS.points) in page
    wrong = read_wrong_answers(GOODS.folder / "units" / GOODS.unit, read_unit(GOODS.folder / "units" / GOODS.unit))
    assert str(wrong["short-articles"][0].says) in html.unescape(page)
    (submission,) = goods.ann.submissions(GOODS.unit)
    page = page_of(goods.ann, GOODS, submission)
    assert score(GOODS.autograded_points, GOODS.points) in page
    loads = re.findall(r"""<(?:script|link|img|iframe)[^>]*(?:src|href)=["']?((?:https?:)?//[^"'> ]+)""", page)
    assert loads == [], "a feedback page asks nothing from outside"


def test_a_learner_sees_nothing_of_another(goods: Class) -> None:
    assert {one["student_id"] for one in goods.ann.submissions(GOODS.unit)} == {goods.ann.name}
    listed = goods.ann.nbgrader("list", "--cached", "--course", GOODS.course)
    assert goods.ann.name in listed and goods.ben.name not in listed
    (bens,) = goods.ben.submissions(GOODS.unit)
    for what in ("c.submission_archive({}).archive", "c.submission_archive({}).variant", "c.feedback_archive({})"):
        asked = what.format(repr(bens["receipt"]))
        assert re.fullmatch(r"[0-9a-f]{32,64}", goods.ben.exchange(asked)), "the owner may"
        unknown = goods.ann.exchange(what.format("'0' * 32"))
        assert "refused" in unknown
        assert goods.ann.exchange(asked) == unknown, "as if it did not exist"
    assert "refused" in goods.ann.exchange(f"c.course_submissions({GOODS.course!r})")
    names = goods.ann.server.run("import os; print([n for _, d, f in os.walk('/home') for n in d + f])")
    assert goods.ben.name not in names


def test_autograding_runs_in_containers_of_their_own_that_are_gone_after(site: Any, goods: Class) -> None:
    assert len({one["Id"] for one in goods.kernels}) >= 2, "each submission has a kernel of its own"
    for kernel in goods.kernels:
        assert kernel["HostConfig"]["NetworkMode"] == "none"
        assert kernel["HostConfig"]["ReadonlyRootfs"] and not kernel["HostConfig"]["Privileged"]
        assert not [one for one in kernel["Config"]["Env"] if "TOKEN" in one]
    left = of_role(site, "learner-kernel")
    assert len(left) <= Settings().grading_pool, "what is left is ready for the next notebook, and nobody used it"


def test_servers_have_no_network_and_sent_nothing(goods: Class) -> None:
    for container in (goods.ann.container(), goods.ben.container(), goods.teacher.container()):
        assert container.attrs["HostConfig"]["NetworkMode"] == "none"
        assert list(container.attrs["NetworkSettings"]["Networks"]) == ["none"]
        counted = container.stats(stream=False).get("networks") or {}
        assert sum(one["rx_bytes"] + one["tx_bytes"] for one in counted.values()) == 0
    devices = goods.ann.server.run("print(open('/proc/net/dev').read())")
    assert re.findall(r"^\s*(\w+):", devices, re.MULTILINE) == ["lo"]


def test_a_second_submission_is_graded_and_the_first_keeps_its_feedback(goods: Class) -> None:
    ben, teacher = goods.ben, goods.teacher
    (first,) = ben.submissions(GOODS.unit)
    before = page_of(ben, GOODS, first)
    second = hand_in(ben, GOODS, GOODS.right(ben.notebook(GOODS.path)))
    assert [one["receipt"] for one in ben.submissions(GOODS.unit)] == [first["receipt"], second["receipt"]]
    assert not second["has_exchange_feedback"]
    assert "Updating" in teacher.collect(GOODS.unit)
    teacher.grade(GOODS.unit, ben)
    assert teacher.submission(GOODS.unit, ben)["code_score"] == GOODS.autograded_points
    ben.ask("fetch_feedback", GOODS.unit)
    assert score(GOODS.autograded_points, GOODS.points) in page_of(ben, GOODS, second)
    assert page_of(ben, GOODS, first) == before
    assert len(goods.ann.submissions(GOODS.unit)) == 1


def test_the_same_work_handed_in_twice_has_one_receipt(goods: Class) -> None:
    receipts = [one["receipt"] for one in goods.ann.submissions(GOODS.unit)]
    goods.ann.ask("submit", GOODS.unit)
    assert [one["receipt"] for one in goods.ann.submissions(GOODS.unit)] == receipts
    kept = goods.ann.server.json("GET", f"api/contents/receipts/{GOODS.course}")["content"]
    assert [one["name"] for one in kept if receipts[0] in goods.ann.read(one["path"])], "the receipt is in the home"


def test_a_later_release_reaches_newcomers_and_takes_nothing_from_anybody(goods: Class, classroom: Classroom) -> None:
    teacher, ann = goods.teacher, goods.ann
    work, submissions = ann.notebook(GOODS.path), ann.submissions(GOODS.unit)
    note = {"type": "file", "format": "text", "content": "ean;remark\n"}
    teacher.server.json("PUT", f"api/contents/source/{GOODS.unit}/data/remarks.csv", json=note)
    teacher.press(f"assignment/{GOODS.unit}/assign")
    teacher.press(f"assignment/{GOODS.unit}/release")
    try:
        eve = classroom.learner(GOODS.course, prefix="eve")
        eve.ask("fetch", GOODS.unit)
        assert eve.read(f"{GOODS.home}/data/remarks.csv") == note["content"]
        assert eve.submissions(GOODS.unit) == []
        assert ann.submissions(GOODS.unit) == submissions
        ann.ask("fetch", GOODS.unit)
        assert ann.notebook(GOODS.path) == work, "what a learner wrote is never overwritten"
    finally:
        teacher.server.request("DELETE", f"api/contents/source/{GOODS.unit}/data/remarks.csv")
        teacher.press(f"assignment/{GOODS.unit}/assign")
        teacher.press(f"assignment/{GOODS.unit}/release")


@pytest.fixture(scope="module")
def commanders(classroom: Classroom) -> Iterator[tuple[Learner, Instructor]]:
    """A learner and an instructor of programming, who work with commands."""
    yield classroom.learner(STEPS.course, prefix="cas"), classroom.instructor(STEPS.course)


def test_the_loop_by_nbgraders_commands(commanders: tuple[Learner, Instructor]) -> None:
    cas, teacher = commanders
    where = ("--course", STEPS.course)
    assert STEPS.unit in cas.nbgrader("list", *where)
    cas.nbgrader("fetch_assignment", STEPS.unit, *where)
    solved, points = STEPS.wrong(cas.notebook(STEPS.path), **{"line-total": 0})
    cas.save(STEPS.path, solved)
    assert "Receipt number" in cas.nbgrader("submit", STEPS.unit, *where)

    one = f"{STEPS.unit} --student {cas.name}"
    assert cas.name in teacher.terminal(f"nbgrader list --inbound {one}")
    assert "Collecting submission" in teacher.terminal(f"nbgrader collect {one}")
    teacher.terminal(f"nbgrader autograde {one}")
    teacher.terminal(f"nbgrader generate_feedback {one}")
    assert "Released feedback" in teacher.terminal(f"nbgrader release_feedback {one}")
    assert teacher.submission(STEPS.unit, cas)["code_score"] == points

    assert "feedback ready" in cas.nbgrader("list", "--cached", *where)
    cas.nbgrader("fetch_feedback", STEPS.unit, *where)
    (submission,) = cas.submissions(STEPS.unit)
    assert f"Score: <strong>{points}</strong> of" in page_of(cas, STEPS, submission)


def test_an_instructor_has_only_their_own_course(commanders: tuple[Learner, Instructor]) -> None:
    _, teacher = commanders
    with pytest.raises(ClientError):
        teacher.person.start_server("stock-management-en")
    assert STEPS.course in teacher.terminal("nbgrader list")
    assert GOODS.unit not in teacher.terminal("nbgrader list; ls -R /course")


def test_how_long_a_server_takes_from_spawn_to_ready(classroom: Classroom, artefacts: Path) -> None:
    """A measurement for the record; machines differ, so nothing is asserted of the time."""
    dora = classroom.learner(STEPS.course, prefix="dora")
    times: list[float] = []
    for _ in range(SPAWNS):
        dora.person.stop_server()
        began = time.monotonic()
        dora.server = dora.person.start_server()
        times.append(time.monotonic() - began)
    report = (
        f"spawn to ready: median {statistics.median(times):.2f} s of {SPAWNS}, {min(times):.2f} to {max(times):.2f} s"
    )
    (artefacts / "spawn.txt").write_text(f"{report}\n{' '.join(f'{one:.2f}' for one in times)}\n")
    print(report)
    assert dora.server.run("print(6 * 7)").strip() == "42"
