"""The whole loop with nbgrader's own commands and panels: release, list, fetch, submit, collect, grade, feedback."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from jupyter_core.application import NoStart
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.apps.nbgraderapp import NbGraderApp
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeError, ExchangeFactory
from nbgrader.server_extensions.assignment_list.handlers import AssignmentList
from nbgrader.utils import parse_utc
from traitlets.config import Config

from doorstart_checks.variant import FILE
from doorstart_exchange_client.config import configure
from doorstart_exchange_client.wire import VARIANT_FILE

from .running import COURSE, NOTEBOOK, Site

PS1 = f"{COURSE}/ps1"
# nbgrader runs the command `alembic` by its name.
PATH = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
SOURCE = {
    "cells": [
        {
            "cell_type": "code",
            "id": "a1",
            "execution_count": None,
            "outputs": [],
            "metadata": {
                "nbgrader": {
                    "grade": False,
                    "grade_id": "answer",
                    "locked": False,
                    "schema_version": 3,
                    "solution": True,
                    "task": False,
                }
            },
            "source": "def answer():\n    ### BEGIN SOLUTION\n    return 42\n    ### END SOLUTION",
        },
        {
            "cell_type": "code",
            "id": "a2",
            "execution_count": None,
            "outputs": [],
            "metadata": {
                "nbgrader": {
                    "grade": True,
                    "grade_id": "test",
                    "locked": True,
                    "points": 2,
                    "schema_version": 3,
                    "solution": False,
                    "task": False,
                }
            },
            "source": "assert answer() == 42",
        },
    ],
    "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}


@dataclass
class Person:
    """Somebody with a home, in which nbgrader is used in this process, as the panels do it."""

    site: Site
    name: str
    token: str
    home: Path

    def config(self, **course: str) -> Config:
        config = Config()
        configure(config, str(self.site.socket))
        config.Exchange.assignment_dir = str(self.home)
        config.CourseDirectory.root = str(self.home)
        config.CourseDirectory.update({"course_id": COURSE, **course})
        return config

    @contextmanager
    def at_home(self) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("JUPYTERHUB_USER", self.name)
            patch.setenv("JUPYTERHUB_API_TOKEN", self.token)
            patch.setenv("PATH", PATH)
            patch.chdir(self.home)
            yield

    def run(self, action: str, assignment: str = "ps1", settings: dict[str, Any] | None = None, **course: str) -> Any:
        """Starts one of nbgrader's exchange classes, made by nbgrader's factory."""
        config = self.config(assignment_id=assignment, **course)
        with self.at_home():
            app = getattr(ExchangeFactory(config=config), action)(
                coursedir=CourseDirectory(config=config), config=config
            )
            for name, value in (settings or {}).items():
                setattr(app, name, value)
            return app.start()

    def panel(self) -> AssignmentList:
        """nbgrader's assignment list panel, with its configuration in the home."""
        (self.home / "nbgrader_config.py").write_text(
            "from doorstart_exchange_client.config import configure\n"
            f"configure(get_config(), {str(self.site.socket)!r})\n"
        )
        panel = AssignmentList()
        panel.root_dir = str(self.home)
        return panel

    def nbgrader(self, *arguments: str) -> tuple[int, str]:
        """Runs nbgrader's command line in this process: its exit status and its log."""
        self.panel()
        log = io.StringIO()
        app = NbGraderApp()
        try:
            with self.at_home():
                app.initialize([*arguments, f"--course={COURSE}"])
                app.init_logging(logging.StreamHandler, [log], color=False, subapps=True)
                app.start()
        except NoStart:
            pass  # What the command line of Jupyter raises when a subcommand has done its work.
        except SystemExit as end:
            return int(end.code or 0), log.getvalue()
        finally:
            app.reset()
        return 0, log.getvalue()


@dataclass
class Class:
    ann: Person
    bea: Person
    cem: Person


@pytest.fixture
def people(shared_site: Site, tmp_path: Path, request: pytest.FixtureRequest) -> Class:
    def person(name: str, token: str) -> Person:
        home = tmp_path / name
        home.mkdir()
        return Person(shared_site, name, token, home)

    # Names of its own for each test, since the site is shared.
    number = abs(hash(request.node.name)) % 10**6
    return Class(
        person("ann", shared_site.instructor()),
        person(f"bea{number}", shared_site.learner(f"bea{number}")),
        person(f"cem{number}", shared_site.learner(f"cem{number}")),
    )


def write(folder: Path, content: bytes = NOTEBOOK, **files: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ps1.ipynb").write_bytes(content)
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder


def test_the_loop_with_commands(shared_site: Site, people: Class) -> None:
    """nbgrader's commands, a real kernel, a real gradebook."""
    ann, bea = people.ann, people.bea
    source = ann.home / "source" / "loop"
    source.mkdir(parents=True)
    (source / "ps1.ipynb").write_text(json.dumps(SOURCE))

    def ok(person: Person, *arguments: str) -> str:
        status, log = person.nbgrader(*arguments)
        assert status == 0, log
        return log

    ok(ann, "generate_assignment", "loop")
    assert "version 1" in ok(ann, "release_assignment", "loop")
    assert f"{COURSE} loop" in ok(bea, "list")
    ok(bea, "fetch_assignment", "loop")
    notebook = bea.home / COURSE / "loop" / "ps1.ipynb"
    assert "already downloaded" in ok(bea, "list")
    assert bea.nbgrader("fetch_assignment", "loop")[0] == 1
    notebook.write_text(notebook.read_text().replace("raise NotImplementedError()", "return 42"))
    assert "Receipt number" in ok(bea, "submit", "loop")
    assert f"{bea.name} loop" in ok(ann, "list", "--inbound")
    ok(ann, "collect", "loop")
    ok(ann, "autograde", "loop")
    ok(ann, "generate_feedback", "loop")
    assert f"Released feedback: {bea.name}" in ok(ann, "release_feedback", "loop")
    (unit,) = (one for one in listed_units(bea) if one["assignment"] == "loop")
    assert (unit["state"], unit["score"], unit["max_score"]) == ("returned", 2, 2)
    assert "ready to be fetched" in ok(bea, "list", "--cached")
    ok(bea, "fetch_feedback", "loop")
    (page,) = (notebook.parent / "feedback").glob("*/ps1.html")
    assert "Score: 2.0 / 2.0" in " ".join(page.read_text().split())
    assert "feedback already fetched" in ok(bea, "list", "--cached")
    ok(ann, "list", "loop", "--remove")
    assert "loop" not in ok(bea, "list")


def listed_units(learner: Person) -> list[dict[str, Any]]:
    """The learner's units in the course, as the exchange lists them."""
    (course,) = learner.site.client(learner.token).units()["courses"]
    return list(course["units"])


def test_due_date_of_the_gradebook_comes_with_a_release(people: Class) -> None:
    ann, bea = people.ann, people.bea
    write(ann.home / "release" / "dated")
    when = datetime(2030, 1, 31, 16)  # noqa: DTZ001  nbgrader keeps UTC without a zone

    def due() -> Any:
        ann.run("ReleaseAssignment", "dated")
        (unit,) = (one for one in listed_units(bea) if one["assignment"] == "dated")
        return unit["due"]

    assert due() is None
    with Gradebook(f"sqlite:///{ann.home / 'gradebook.db'}", COURSE) as gradebook:
        gradebook.update_or_create_assignment("dated", duedate=when)
    assert due() == "2030-01-31 16:00:00.000000 UTC"
    with Gradebook(f"sqlite:///{ann.home / 'gradebook.db'}", COURSE) as gradebook:
        gradebook.update_or_create_assignment("dated", duedate=None)
    assert due() is None


def test_score_of_another_submission_does_not_go_with_feedback(people: Class) -> None:
    ann, bea = people.ann, people.bea
    write(ann.home / "release" / "ps1")
    ann.run("ReleaseAssignment")
    write(bea.home / PS1, NOTEBOOK + b"  ")
    bea.run("Submit")
    ann.run("Collect")
    give_feedback(ann, bea, "well done")
    with Gradebook(f"sqlite:///{ann.home / 'gradebook.db'}", COURSE) as gradebook:
        gradebook.update_or_create_assignment("ps1")
        gradebook.update_or_create_student(bea.name)
        gradebook.update_or_create_submission("ps1", bea.name, timestamp=datetime(2020, 1, 1))  # noqa: DTZ001
    ann.run("ReleaseFeedback")
    (unit,) = (one for one in listed_units(bea) if one["assignment"] == "ps1")
    assert (unit["state"], unit["score"]) == ("returned", None)


def test_the_loop_with_panels(shared_site: Site, people: Class) -> None:
    ann, bea, cem = people.ann, people.bea, people.cem
    write(ann.home / "source" / "ps1")
    write(ann.home / "release" / "ps1")
    with ann.at_home():
        formgrader = NbGraderAPI(config=ann.config())
        assert formgrader.exchange_is_functional
        assert formgrader.release_assignment("ps1")["success"]
        assert formgrader.get_assignment("ps1")["status"] == "released"
    with bea.at_home():
        panel = bea.panel()
        assert COURSE in panel.list_courses()["value"]
        assert panel.fetch_assignment(COURSE, "ps1") == {"success": True}
        (fetched,) = (one for one in panel.list_assignments(COURSE)["value"] if one["assignment_id"] == "ps1")
        assert fetched["status"] == "fetched"
        assert fetched["path"] == PS1
        assert fetched["notebooks"] == [{"notebook_id": "ps1", "path": f"{PS1}/ps1.ipynb"}]
        assert panel.submit_assignment(COURSE, "ps1") == {"success": True}
    write(cem.home / PS1, NOTEBOOK + b" ")
    cem.run("Submit")
    with ann.at_home():
        collected = formgrader.collect("ps1")
        assert collected["success"], collected
        assert {bea.name, cem.name} <= formgrader.get_submitted_students("ps1")
    give_feedback(ann, bea, "well done")
    with ann.at_home():
        released = formgrader.release_feedback("ps1", bea.name)
        assert released["success"], released
        assert cem.name not in released["log"]
    with bea.at_home():
        (submission,) = panel.list_submitted_assignments(COURSE)["value"][0]["submissions"]
        assert (submission["has_exchange_feedback"], submission["has_local_feedback"]) == (True, False)
        assert panel.fetch_feedback(COURSE, "ps1") == {"success": True}
        (submission,) = panel.list_submitted_assignments(COURSE)["value"][0]["submissions"]
        assert submission["has_local_feedback"]
        assert not submission["feedback_updated"]
        assert submission["local_feedback_path"] == f"{PS1}/feedback/{submission['timestamp']}"
        json.dumps(panel.list_assignments(COURSE))
    page = bea.home / submission["local_feedback_path"] / "ps1.html"
    assert page.read_text() == "well done"
    assert cem.run("List", "", {"cached": True})[0]["submissions"][0]["has_exchange_feedback"] is False
    assert bea.name not in json.dumps(cem.run("List", "", {"cached": True}))
    with ann.at_home():
        assert formgrader.unrelease("ps1")["success"]
        assert formgrader.get_assignment("ps1")["status"] == "draft"


def give_feedback(ann: Person, learner: Person, text: str) -> None:
    """What ``nbgrader generate_feedback`` would leave, for the submission that was collected."""
    collected = ann.home / "submitted" / learner.name / "ps1"
    folder = ann.home / "feedback" / learner.name / "ps1"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "timestamp.txt").write_text((collected / "timestamp.txt").read_text())
    (folder / "ps1.html").write_text(text)


def test_feedback_that_was_changed_is_fetched_again(shared_site: Site, people: Class) -> None:
    shared_site.release()
    ann, bea = people.ann, people.bea
    home = write(bea.home / PS1, **{"mine.html": "<p>handed in</p>"})
    bea.run("Submit")
    ann.run("Collect")
    for text in ("first", "second"):
        give_feedback(ann, bea, text)
        (ann.home / "feedback" / bea.name / "ps1" / "mine.html").write_text("<p>handed in</p>")
        ann.run("ReleaseFeedback")
        if text == "second":
            (submission,) = bea.run("List", "", {"cached": True})[0]["submissions"]
            assert submission["feedback_updated"]
        bea.run("FetchFeedback")
        (folder,) = (home / "feedback").iterdir()
        assert {page.name: page.read_text() for page in folder.iterdir()} == {"ps1.html": text}
    assert not list(home.rglob(".arriving-*"))


def test_a_page_with_the_name_of_the_feedback_is_no_reason_to_keep_it(shared_site: Site, people: Class) -> None:
    shared_site.release()
    ann, bea = people.ann, people.bea
    home = write(bea.home / PS1, **{"ps1.html": "<p>full points</p>", "notes.html": "<p>mine</p>"})
    bea.run("Submit")
    ann.run("Collect")
    for text in ("<p>3 of 10</p>", "<p>full points</p>"):
        give_feedback(ann, bea, text)
        (ann.home / "feedback" / bea.name / "ps1" / "notes.html").write_text("<p>mine</p>")
        ann.run("ReleaseFeedback")
        bea.run("FetchFeedback")
        (folder,) = (home / "feedback").iterdir()
        assert {page.name: page.read_text() for page in folder.iterdir()} == {"ps1.html": text}


def test_collect_takes_the_latest_and_never_goes_back(shared_site: Site, people: Class) -> None:
    shared_site.release()
    ann, bea = people.ann, people.bea
    collected = ann.home / "submitted" / bea.name / "ps1"

    def submit(content: bytes) -> None:
        write(bea.home / PS1, content, **{"timestamp.txt": "2099-01-01 00:00:00 UTC"})
        bea.run("Submit")

    submit(NOTEBOOK + b"1")
    submit(NOTEBOOK + b"2")
    ann.run("Collect")
    assert (collected / "ps1.ipynb").read_bytes() == NOTEBOOK + b"2"
    first = parse_utc((collected / "timestamp.txt").read_text())
    assert first.year < 2099, "the exchange says when, not the learner"
    submit(NOTEBOOK + b"3")
    ann.run("Collect")
    assert (collected / "ps1.ipynb").read_bytes() == NOTEBOOK + b"2", "without --update nothing changes"
    # nbgrader leaves folders read-only.
    collected.chmod(0o555)
    ann.run("Collect", settings={"update": True})
    assert (collected / "ps1.ipynb").read_bytes() == NOTEBOOK + b"3"
    (collected / "timestamp.txt").write_text("2098-01-01 00:00:00.000000 UTC")
    ann.run("Collect", settings={"update": True})
    assert "2098" in (collected / "timestamp.txt").read_text(), "an older one never replaces a newer one"
    assert [entry.name for entry in collected.parent.iterdir()] == ["ps1"]


def test_numbers_of_ones_own_come_from_the_site_and_not_from_the_learner(shared_site: Site, people: Class) -> None:
    shared_site.release()
    ann, bea, cem = people.ann, people.bea, people.cem
    seeds = {}
    for person in (bea, cem):
        person.run("FetchAssignment")
        seeds[person.name] = (person.home / PS1 / VARIANT_FILE).read_text()
        assert len(seeds[person.name].strip()) == 32
    assert seeds[bea.name] != seeds[cem.name]
    # Bea would rather have Cem's numbers; Cem has put a folder in the place of the file.
    (bea.home / PS1 / VARIANT_FILE).write_text(seeds[cem.name])
    (cem.home / PS1 / VARIANT_FILE).unlink()
    (cem.home / PS1 / VARIANT_FILE).mkdir()
    (cem.home / PS1 / VARIANT_FILE / "a.csv").write_text("1")
    for person in (bea, cem):
        person.run("Submit")
    ann.run("Collect")
    for person in (bea, cem):
        assert (ann.home / "submitted" / person.name / "ps1" / VARIANT_FILE).read_text() == seeds[person.name]


def test_the_file_of_the_seed_is_the_one_that_checks_read() -> None:
    assert VARIANT_FILE == FILE


def test_fetch_never_touches_work(shared_site: Site, people: Class) -> None:
    shared_site.release()
    bea = people.bea
    home = write(bea.home / PS1, b"my work")
    with pytest.raises(ExchangeError, match="already have a copy"):
        bea.run("FetchAssignment")
    bea.run("FetchAssignment", settings={"replace_missing_files": True})
    assert (home / "ps1.ipynb").read_bytes() == b"my work"
    assert (home / "data" / "numbers.csv").read_text() == "a,b\n1,2\n"


def test_feedback_alone_is_not_a_copy(shared_site: Site, people: Class) -> None:
    shared_site.release()
    feedback = people.bea.home / PS1 / "feedback"
    feedback.mkdir(parents=True)
    infos = people.bea.run("List", "ps1")
    assert [info["status"] for info in infos] == ["released"]
    people.bea.run("FetchAssignment")
    assert (feedback.parent / "ps1.ipynb").read_bytes() == NOTEBOOK


@pytest.mark.parametrize("action", ["FetchAssignment", "FetchFeedback"])
def test_failed_fetch_leaves_nothing(shared_site: Site, people: Class, action: str) -> None:
    if action == "FetchFeedback":
        people.bea.run(action, "never")
    else:
        with pytest.raises(ExchangeError, match="not released"):
            people.bea.run(action, "never")
    assert list(people.bea.home.iterdir()) == []


def test_submit_writes_a_receipt_that_is_not_handed_in(shared_site: Site, people: Class) -> None:
    shared_site.release()
    bea = people.bea
    write(bea.home / PS1)
    bea.run("Submit")
    bea.run("Submit")
    receipts = bea.home / "receipts" / COURSE
    (text,) = receipts.glob("*.txt")
    receipt = json.loads(text.with_suffix(".json").read_text())
    for value in (receipt["id"], receipt["digest"], receipt["time"], receipt["signature"], bea.name):
        assert value in text.read_text()
    (submission,) = shared_site.client(bea.token).own_submissions(COURSE)
    assert submission["receipt"] == receipt
    assert [file["path"] for file in submission["files"]] == ["ps1.ipynb"]


def test_submit_when_the_receipt_cannot_be_written(shared_site: Site, people: Class, caplog: Any) -> None:
    shared_site.release()
    write(people.bea.home / PS1)
    (people.bea.home / "receipts").write_text("in the way")
    people.bea.run("Submit")
    assert len(shared_site.client(people.bea.token).own_submissions(COURSE)) == 1


def test_links_and_junk_are_not_handed_in(shared_site: Site, people: Class) -> None:
    shared_site.release()
    bea = people.bea
    home = write(bea.home / PS1, **{"notes.md": "x", "old.pyc": "x", ".secret.txt": "x"})
    (home / "passwd.txt").symlink_to("/etc/passwd")
    (home / "etc").symlink_to("/etc")
    os.mkfifo(home / "pipe.txt")
    for folder in (".ipynb_checkpoints", "__pycache__", "feedback"):
        write(home / folder)
    bea.run("Submit")
    (submission,) = shared_site.client(bea.token).own_submissions(COURSE)
    assert [file["path"] for file in submission["files"]] == ["notes.md", "ps1.ipynb"]


def test_file_type_that_is_refused_is_named(shared_site: Site, people: Class) -> None:
    shared_site.release()
    write(people.bea.home / PS1, **{"holiday.mp4": "x"})
    with pytest.raises(ExchangeError, match=r"holiday\.mp4"):
        people.bea.run("Submit")


def test_submission_without_the_notebooks_is_refused(shared_site: Site, people: Class) -> None:
    shared_site.release()
    home = write(people.bea.home / PS1)
    (home / "ps1.ipynb").rename(home / "other.ipynb")
    with pytest.raises(ExchangeError, match="notebooks are missing"):
        people.bea.run("Submit")
    assert shared_site.client(people.bea.token).own_submissions(COURSE) == []


def test_submit_for_somebody_else_is_refused(shared_site: Site, people: Class) -> None:
    shared_site.release()
    write(people.bea.home / PS1)
    with pytest.raises(ExchangeError, match="only for yourself"):
        people.bea.run("Submit", student_id=people.cem.name)


def test_submissions_cannot_be_removed(shared_site: Site, people: Class) -> None:
    for option in ("inbound", "cached"):
        with pytest.raises(ExchangeError, match="kept for good"):
            people.ann.run("List", settings={option: True, "remove": True})


def test_learner_cannot_list_or_collect(shared_site: Site, people: Class) -> None:
    with pytest.raises(ExchangeError, match="Only instructors"):
        people.bea.run("List", settings={"inbound": True})
    with pytest.raises(ExchangeError, match="Only instructors"):
        people.bea.run("Collect")


def test_command_fails_in_words(people: Class) -> None:
    """As a process of its own, to see all that a person would see."""
    people.bea.panel()
    with people.bea.at_home():
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", "list", "--inbound", f"--course={COURSE}"],
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
    assert done.returncode == 1
    assert "Only instructors" in done.stdout
    assert "Traceback" not in done.stdout


def test_exchange_that_is_down(people: Class, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("doorstart_exchange_client.client.FIRST_PAUSE", 0.0)
    people.bea.site = Site(tmp_path, people.bea.site.hub)
    write(people.bea.home / PS1)
    with pytest.raises(ExchangeError, match="nothing is lost"):
        people.bea.run("Submit")


def test_feedback_for_work_from_elsewhere_is_refused(shared_site: Site, people: Class) -> None:
    shared_site.release()
    ann, bea, cem = people.ann, people.bea, people.cem
    for person in (bea, cem):
        write(person.home / PS1)
        person.run("Submit")
    ann.run("Collect")
    give_feedback(ann, bea, "for bea")
    give_feedback(ann, cem, "for cem")
    (ann.home / "feedback" / bea.name / "ps1" / "timestamp.txt").write_text("2001-01-01 00:00:00.000000 UTC")
    with pytest.raises(ExchangeError, match=f"No feedback was released for: {bea.name}"):
        ann.run("ReleaseFeedback")
    assert [one["feedback"] is None for one in shared_site.client(cem.token).own_submissions(COURSE)] == [False]


def test_release_that_was_not_generated(shared_site: Site, people: Class) -> None:
    write(people.ann.home / "source" / "new")
    with pytest.raises(ExchangeError, match="generate_assignment"):
        people.ann.run("ReleaseAssignment", "new")
