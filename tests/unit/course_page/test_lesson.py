"""A lesson, button by button: a real Jupyter Server with the pages, a real exchange, real nbgrader; no containers.

Only the Hub and the sandbox are stand-ins. What the pages look like, and that names cannot act, is tested in a browser.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import nbformat
import pytest
from nbformat import v4

from doorstart_course_page.job import Jobs
from doorstart_exchange_client.wire import pack

from .neighbours import exchange, sandbox

COURSE = "sums.en"
UNIT = "ps1"
TOKEN = "teachers-browser"
RIGHT = {"twice": "def twice(number):\n    return number * 2", "essay": "A sum.", "firm": "firm = 'Morelan'"}
NBGRADER = """
from doorstart_exchange_client.config import configure as use_exchange
from doorstart_grading.config import configure as use_sandbox
c = get_config()
use_exchange(c, {exchange!r})
use_sandbox(c, {sandbox!r})
c.CourseDirectory.root = {root!r}
c.CourseDirectory.course_id = {course!r}
"""
SERVER = """
c = get_config()
c.ServerApp.sock = {socket!r}
c.ServerApp.base_url = "/user/ann/sums-en/"
c.ServerApp.root_dir = {root!r}
c.IdentityProvider.token = {token!r}
c.ServerApp.jpserver_extensions = {{"doorstart_course_page": True}}
c.ServerApp.allow_root = True
c.ServerApp.open_browser = False
"""


def notebook(*cells: tuple[str, str, float | None]) -> nbformat.NotebookNode:
    """A notebook of tasks (name, solution, points by hand or None) and checks (name, test, points)."""
    made = v4.new_notebook(
        metadata={"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    )
    for name, source, points in cells:
        solution = name in RIGHT
        mark = {"schema_version": 3, "grade_id": name, "grade": points is not None, "solution": solution}
        mark |= {"locked": not solution, "task": False} | ({} if points is None else {"points": points})
        text = f"### BEGIN SOLUTION\n{source}\n### END SOLUTION" if solution else source
        cell = v4.new_markdown_cell if name == "essay" else v4.new_code_cell
        made.cells.append(cell(text, id=name, metadata={"nbgrader": mark}))
    return made


@dataclass
class Lesson:
    """A course with its exchange, and an instructor's browser."""

    site: Any
    sandbox: Any
    root: Path
    http: httpx.Client
    variables: dict[str, str]
    """The environment of the instructor's server."""
    tokens: dict[str, str] = field(default_factory=dict)

    def get(self, path: str = "") -> str:
        """A page of the course."""
        answer = self.http.get(f"/user/ann/sums-en/course{path}")
        assert answer.status_code == 200, answer.text
        return answer.text

    def post(self, path: str, **fields: str) -> httpx.Response:
        """Send a form of the course, with the page's own number."""
        return self.http.post(f"/user/ann/sums-en/course{path}", data={"_xsrf": self.http.cookies["_xsrf"], **fields})

    def act(self, kind: str, learner: str = "", state: str = "done") -> dict[str, str]:
        """Press a button and wait for its end; what became of each learner's work."""
        html = self.ended(self.post(f"/unit/{UNIT}/act", act=kind, learner=learner), state)
        return dict(re.findall(r'data-learner="([^"]*)" data-outcome="([^"]*)"', html))

    def ended(self, answer: httpx.Response, state: str = "done") -> str:
        """The page of the job that a button began, at the job's end."""
        assert answer.status_code == 303 and answer.headers["Location"].endswith("/course/job"), answer.text
        deadline = time.monotonic() + 60
        while "data-running" in (html := self.get("/job")):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert f'data-state="{state}"' in html, html
        return html

    def states(self) -> dict[str, str]:
        """The state of each learner in the unit."""
        return dict(re.findall(r'<tr data-learner="([^"]*)" data-state="([^"]*)"', self.get(f"/unit/{UNIT}")))

    def row(self, learner: str) -> str:
        """What the unit's page says of a learner."""
        html = self.get(f"/unit/{UNIT}")
        start = html.index(f'<tr data-learner="{learner}"')
        return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html[start : html.index("</tr>", start)]))

    def hand_in(self, learner: str, without: str = "", **answers: str) -> None:
        """Fetch the unit, and hand in right answers but for these, and without a cell."""
        client = self.site.client(self.tokens.setdefault(learner, self.site.learner(learner, COURSE)))
        client.fetch(COURSE, UNIT)
        files: dict[str, bytes] = {}
        for name in ("first", "second"):
            notebook = nbformat.read(self.root / "release" / UNIT / f"{name}.ipynb", as_version=4)
            notebook.cells = [cell for cell in notebook.cells if cell.id != without]
            for cell in notebook.cells:
                if cell.id in RIGHT:
                    cell.source = (RIGHT | answers)[cell.id]
            files[f"{name}.ipynb"] = nbformat.writes(notebook).encode()
        client.submit(COURSE, UNIT, pack(files))

    def mark(self, learner: str) -> str:
        """What the table of grades says of a learner."""
        (row,) = [row for row in self.get("/grades").split("<tr>") if f"({learner})" in row]
        return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", row))

    def told(self, learner: str) -> dict[str, Any]:
        """The unit as the exchange tells it to a learner."""
        (course,) = self.site.client(self.tokens[learner]).units()["courses"]
        (unit,) = course["units"]
        return {**unit, "late": course["late"]}


@pytest.fixture(scope="module")
def lesson() -> Iterator[Lesson]:
    """A course whose unit is not released yet, and a server with its pages."""
    folder = Path(tempfile.mkdtemp(prefix="ln"))  # the path of a Unix socket must be short
    root = folder / "course"
    (root / "source" / UNIT).mkdir(parents=True)
    twice = (("twice", RIGHT["twice"], None), ("twice-check", "assert twice(2) == 4", 5))
    nbformat.write(notebook(*twice, ("essay", RIGHT["essay"], 4)), root / "source" / UNIT / "first.ipynb")
    firm = (("firm", RIGHT["firm"], None), ("firm-check", "assert firm == 'Morelan'", 1))
    nbformat.write(notebook(*firm), root / "source" / UNIT / "second.ipynb")
    sites = exchange.running_site()
    site = next(sites)
    with sandbox.StandIn(folder / "sandbox.sock") as stand_in:
        values = {"exchange": str(site.socket), "sandbox": str(stand_in.path), "root": str(root), "course": COURSE}
        (root / "nbgrader_config.py").write_text(NBGRADER.format(**values))
        socket = folder / "server.sock"
        (folder / "jupyter_server_config.py").write_text(SERVER.format(socket=str(socket), root=str(root), token=TOKEN))
        variables = {
            **{name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")},
            "JUPYTER_NO_CONFIG": "yes",  # nothing of what else is installed here
            "JUPYTERHUB_API_TOKEN": site.instructor("ann", COURSE),
            "JUPYTERHUB_USER": "ann",
            "DOORSTART_LANGUAGE": "en",
            "DOORSTART_TIME_ZONE": "Europe/Brussels",
            "DOORSTART_LEARNERS": json.dumps({"bea": "Bea", "cem": "Cem", "dan": "Dan"}),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        }
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "jupyter_server", f"--config={folder}/jupyter_server_config.py"],
                cwd=root,
                env=variables,
                stdout=log,
                stderr=log,
            )
        transport = httpx.HTTPTransport(uds=str(socket), verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
        with httpx.Client(transport=transport, base_url="http://localhost", timeout=60) as http:
            _log_in(http, process, folder / "log")
            yield Lesson(site, stand_in, root, http, variables)
        process.send_signal(signal.SIGTERM)
        process.wait(20)
    next(sites, None)
    shutil.rmtree(folder)


def _log_in(http: httpx.Client, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while True:
        assert process.poll() is None and time.monotonic() < deadline, log.read_text()
        try:
            http.get(f"/user/ann/sums-en/course/late?token={TOKEN}")
            if "_xsrf" in http.cookies:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)


def test_1_a_unit_is_released(lesson: Lesson) -> None:
    assert 'data-next="release"' in lesson.get()
    assert lesson.states() == {"bea": "new", "cem": "new", "dan": "new"}
    assert lesson.act("release") == {}
    assert "Learners have this unit" in lesson.get(f"/unit/{UNIT}")


def test_2_work_is_collected_graded_and_returned(lesson: Lesson) -> None:
    lesson.hand_in("bea")
    lesson.hand_in("cem", twice="def twice(number):\n    return number")
    assert lesson.states() == {"bea": "submitted", "cem": "submitted", "dan": "new"}
    assert 'data-next="collect"' in lesson.get()
    assert lesson.act("collect") == {"bea": "collected", "cem": "collected"}
    assert lesson.act("collect") == {"bea": "nothing new", "cem": "nothing new"}
    assert lesson.act("grade") == {"bea": "graded", "cem": "graded"}
    assert lesson.act("grade") == {"bea": "unchanged", "cem": "unchanged"}
    assert "6 of 10" in lesson.row("bea") and "Waits for your points" in lesson.row("bea")
    assert "1 of 10" in lesson.row("cem")
    assert lesson.act("return") == {"bea": "waits", "cem": "waits"}, "the essay has no points yet"
    by_hand(lesson, "bea", 4)
    assert lesson.act("return") == {"bea": "returned", "cem": "waits"}
    assert (lesson.told("bea")["state"], lesson.told("bea")["score"]) == ("returned", 10)
    assert lesson.told("cem")["state"] == "submitted"
    assert lesson.states() == {"bea": "returned", "cem": "graded", "dan": "new"}
    by_hand(lesson, "cem", 4)
    assert lesson.act("return", "cem") == {"cem": "returned"}


def by_hand(lesson: Lesson, learner: str, points: float) -> None:
    """Give points for the essay, as formgrader does."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{lesson.root}/gradebook.db", COURSE) as gradebook:
        grade = gradebook.find_grade("essay", "first", UNIT, learner)
        grade.manual_score, grade.needs_manual_grade = points, False
        gradebook.db.commit()


def test_3_dates_and_more_time_reach_the_gradebook_and_the_learner(lesson: Lesson) -> None:
    past = datetime.now(UTC) - timedelta(days=1, hours=1)
    assert lesson.post(f"/unit/{UNIT}/due", day=past.strftime("%Y-%m-%d"), time=past.strftime("%H:%M")).is_redirect
    assert "late" in lesson.row("bea") and "the date is over" in lesson.row("dan")
    own = (datetime.now(UTC) + timedelta(days=3)).strftime("%Y-%m-%d")
    assert lesson.post(f"/unit/{UNIT}/learner/bea/agreement", day=own, time="12:00").is_redirect
    assert lesson.told("bea")["due"][:10] == own != lesson.told("cem")["due"][:10]
    assert "Own date" in lesson.row("bea") and " late " not in lesson.row("bea")
    lesson.act("release")
    assert lesson.told("bea")["due"][:10] == own, "a release keeps it"
    assert lesson.told("cem")["due"] is not None
    assert lesson.post(f"/unit/{UNIT}/due", day="Friday", time="").status_code == 400


def test_4_late_work_costs_what_the_rule_says(lesson: Lesson) -> None:
    assert lesson.post("/late", kind="points", points="1,5").is_redirect
    assert lesson.told("cem")["late"] == {"kind": "points", "points": 1.5, "days": None}
    assert "2 of 10" in lesson.row("cem") and "3 taken off" in lesson.row("cem"), "5 points, two days begun"
    assert "Changed since it was returned" in lesson.row("cem") and "10 of 10" in lesson.row("bea")
    assert lesson.act("return") == {"bea": "returned before", "cem": "returned"}
    assert lesson.told("cem")["score"] == pytest.approx(2)
    assert lesson.post(f"/unit/{UNIT}/learner/cem/agreement", waived="yes").is_redirect
    assert "5 of 10" in lesson.row("cem") and "Late costs nothing" in lesson.row("cem")
    assert lesson.post("/late", kind="points", points="-1").status_code == 400


def test_4_points_by_hand_for_late_work_have_their_penalty_before_it_is_returned(lesson: Lesson) -> None:
    assert lesson.post(f"/unit/{UNIT}/learner/cem/agreement").is_redirect, "late costs something again"
    by_hand(lesson, "cem", 0)
    assert "0.7 of 10" in lesson.row("cem") and "0.3 taken off" in lesson.row("cem"), "no more than a notebook has"
    by_hand(lesson, "cem", 4)
    assert "taken off: 3" in lesson.mark("cem")
    assert lesson.post(f"/unit/{UNIT}/learner/cem/agreement", waived="yes").is_redirect


def test_4_a_folder_that_is_no_unit_is_not_offered(lesson: Lesson) -> None:
    for name in (".ipynb_checkpoints", "Untitled Folder"):
        (lesson.root / "source" / name).mkdir()
    (lesson.root / "source" / "ps2").mkdir()
    html = lesson.get()
    assert "/unit/ps2" in html and "ipynb_checkpoints" not in html and "Untitled" not in html
    (lesson.root / "source" / "ps2").rmdir()


def test_5_a_changed_check_grades_all_or_one_again_and_points_by_hand_stay(lesson: Lesson) -> None:
    source = lesson.root / "source" / UNIT / "second.ipynb"
    source.write_text(source.read_text().replace("firm == 'Morelan'", "firm == 'Other'"))
    assert lesson.act("regrade", "bea") == {"bea": "graded"}
    assert "9 of 10" in lesson.row("bea")
    assert lesson.act("regrade") == {"bea": "graded", "cem": "graded"}
    assert "4 of 10" in lesson.row("cem")


def test_6_a_job_is_stopped_between_two_learners_and_goes_on(lesson: Lesson) -> None:
    lesson.sandbox.gate.clear()
    lesson.post(f"/unit/{UNIT}/act", act="regrade")
    second = lesson.post(f"/unit/{UNIT}/act", act="collect")
    assert second.status_code == 303, "the page shows the one that runs"
    deadline = time.monotonic() + 60
    while not lesson.sandbox.jobs or "0 of 2" not in (html := lesson.get("/job")):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert 'data-kind="regrade"' in html and "Grade again" in lesson.get()
    (identity,) = re.findall(r'name="id" value="(\w+)"', html)
    lesson.post("/job/stop", id=identity)
    while "data-running" in (html := lesson.get("/job")):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert 'data-state="stopped"' in html
    lesson.sandbox.gate.set()
    assert set(lesson.act("grade").values()) <= {"graded", "unchanged"}
    assert "9 of 10" in lesson.row("bea")


def test_6_work_that_is_not_collected_yet_is_handed_in_and_waits(lesson: Lesson) -> None:
    assert "not handed in" in lesson.mark("dan")
    lesson.hand_in("dan", without="essay")
    assert "waits for a grade" in lesson.mark("dan") and "0 / " not in lesson.mark("dan")


def test_6_nothing_is_collected_while_a_terminal_grades(lesson: Lesson) -> None:
    with (lesson.root / ".doorstart-grading").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert lesson.act("collect", state="failed") == {}
        assert "Grading is under way in a terminal" in lesson.get("/job")
    assert lesson.act("collect")["dan"] == "collected"


def test_6_work_that_a_person_has_to_look_at_is_returned_alone(lesson: Lesson) -> None:
    assert lesson.act("grade")["dan"] == "graded"
    by_hand(lesson, "dan", 4)
    assert "Look at it" in lesson.row("dan")
    assert lesson.act("return")["dan"] == "look"
    assert lesson.told("dan")["state"] == "submitted"
    assert lesson.act("return", "dan") == {"dan": "returned"}
    assert lesson.told("dan")["state"] == "returned" and "Look at it" not in lesson.row("dan")


RETURN_SLOWLY = """
import time
from doorstart_course_page import work
from doorstart_grading.course import Course
feedback = Course.feedback
def slowly(self, assignment, student):
    if student == "cem":
        time.sleep(50)
    return feedback(self, assignment, student)
Course.feedback = slowly
work.main()
"""


def test_6_a_return_that_is_stopped_sends_what_was_made(lesson: Lesson, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in lesson.variables.items():
        monkeypatch.setenv(name, value)
    by_hand(lesson, "bea", 2)
    assert "7 of 10" in lesson.row("bea")
    jobs = Jobs(lesson.root, (sys.executable, "-c", RETURN_SLOWLY))
    identity = jobs.start("return", UNIT, by="ann").id
    deadline = time.monotonic() + 60
    while "2 of 3" not in (html := lesson.get("/job")):
        assert time.monotonic() < deadline and "data-running" in html, html
        time.sleep(0.1)
    html = lesson.ended(lesson.post("/job/stop", id=identity), "stopped")
    outcomes = dict(re.findall(r'data-learner="([^"]*)" data-outcome="([^"]*)"', html))
    assert outcomes["bea"] == "returned" and "cem" not in outcomes
    assert lesson.told("bea")["score"] == 7
    by_hand(lesson, "bea", 4)


def test_7_what_fails_is_said_in_words(lesson: Lesson) -> None:
    assert lesson.http.get("/user/ann/sums-en/course/unit/none").status_code == 404
    assert lesson.http.get(f"/user/ann/sums-en/course/unit/{UNIT}/learner/nobody").status_code == 404
    forged = lesson.http.post(f"/user/ann/sums-en/course/unit/{UNIT}/act", data={"act": "collect"})
    assert forged.status_code == 403 and "Traceback" not in forged.text
    assert lesson.post(f"/unit/{UNIT}/act", act="rm").status_code == 400
    source = lesson.root / "source" / UNIT / "second.ipynb"
    kept = source.read_text()
    source.write_text("{")
    lesson.act("release", state="failed")
    assert "There may be a mistake in the unit" in lesson.get("/job")
    source.write_text(kept)
    lesson.sandbox.stop()
    lesson.act("regrade", state="failed")
    assert "The part of the site that grades does not answer" in lesson.get("/job")
    lesson.sandbox.start()
    lesson.site.stop()
    away = lesson.http.get("/user/ann/sums-en/course")
    assert away.status_code == 503 and "The exchange does not answer" in away.text
    for path in ("grades", "grades/csv", "grades/xlsx"):
        away = lesson.http.get(f"/user/ann/sums-en/course/{path}")
        assert away.status_code == 503 and "The exchange does not answer" in away.text, path
        assert "Content-Disposition" not in away.headers
    lesson.site.start()
    assert lesson.act("withdraw") == {}
    assert "Learners do not see this unit." in lesson.get(f"/unit/{UNIT}")


def test_grades_are_a_page_and_two_files(lesson: Lesson) -> None:
    html = lesson.get("/grades")
    assert UNIT in html and 'scope="row"' in html and html.count('data-state="') >= 2
    sheet = lesson.http.get("/user/ann/sums-en/course/grades/csv")
    assert sheet.headers["Content-Disposition"] == f'attachment; filename="{COURSE}-grades.csv"'
    assert sheet.content.startswith(b"\xef\xbb\xbf") and UNIT in sheet.text
    book = lesson.http.get("/user/ann/sums-en/course/grades/xlsx")
    assert book.headers["Content-Type"].endswith("spreadsheetml.sheet") and book.content.startswith(b"PK")
    assert lesson.http.get("/user/ann/sums-en/course/grades/pdf").status_code == 404


def test_similar_work_is_compared_looked_at_and_kept(lesson: Lesson) -> None:
    essay = "My {} says that a heap of small stones is a large heap when you carry all of them home in one old bag."
    twice = "def twice(number):\n    found = [number, number]\n    return found[0] + found[1] if found else 0 * number"
    for learner, aunt in (("gil", "aunt"), ("hal", "uncle")):
        submitted = lesson.root / "submitted" / learner / UNIT
        submitted.mkdir(parents=True)
        for name in ("first", "second"):
            made = nbformat.read(lesson.root / "release" / UNIT / f"{name}.ipynb", as_version=4)
            for cell in made.cells:
                cell.source = {"twice": twice, "essay": essay.format(aunt)}.get(cell.id, cell.source)
            nbformat.write(made, submitted / f"{name}.ipynb")
    assert "not compared yet" in lesson.get("/similar")
    html = lesson.ended(lesson.post(f"/similar/{UNIT}"))
    assert 'data-kind="compare"' in html and "5 of 5" in html
    assert f'href="/user/ann/sums-en/course/similar/{UNIT}"' in html
    assert f"/course/similar/{UNIT}/gil/hal" in lesson.get(f"/similar/{UNIT}")
    html = lesson.get(f"/similar/{UNIT}/gil/hal")
    assert "small stones" in "".join(re.findall(r"<mark>(.*?)</mark>", html, re.DOTALL))
    assert lesson.http.post(f"/user/ann/sums-en/course/similar/{UNIT}/gil/hal", data={"fine": "yes"}).status_code == 403
    assert lesson.post(f"/similar/{UNIT}/gil/hal", fine="yes").status_code == 303
    assert "Pairs that are fine" in lesson.get(f"/similar/{UNIT}")
    for wrong in ("no-such-unit", f"{UNIT}/hal/gil", f"{UNIT}/gil/eve"):
        assert lesson.http.get(f"/user/ann/sums-en/course/similar/{wrong}").status_code == 404
    assert lesson.post("/similar/no-such-unit").status_code == 404


SLOWLY = """
import time
from doorstart_course_page import similar_compare, work
work_of = similar_compare.work_of
def slowly(*about):
    time.sleep(2 if about[2] == "bea" else 50)
    return work_of(*about)
similar_compare.work_of = slowly
work.main()
"""


def test_a_comparison_is_stopped_and_the_last_result_is_shown_all_the_while(
    lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_NO_CONFIG", "yes")
    (lesson.root / "submitted" / "hal" / UNIT / "more.txt").write_text("handed in since")
    jobs = Jobs(lesson.root, (sys.executable, "-c", SLOWLY))
    identity = jobs.start("compare", UNIT, by="ann").id
    deadline = time.monotonic() + 60
    while "1 of 5" not in (html := lesson.get("/job")):
        assert time.monotonic() < deadline and "data-running" in html, html
        time.sleep(0.1)
    assert "job/stop" in html and 'max="5" value="1" aria-label="Compare the submissions"' in html
    meanwhile = lesson.get(f"/similar/{UNIT}")
    assert "See how far it is" in meanwhile and "changed since: compare again" in meanwhile
    assert f"/course/similar/{UNIT}/gil/hal" in meanwhile
    html = lesson.ended(lesson.post("/job/stop", id=identity), "stopped")
    assert "The result of the last comparison stays" in html
    assert f"/course/similar/{UNIT}/gil/hal" in lesson.get(f"/similar/{UNIT}")
