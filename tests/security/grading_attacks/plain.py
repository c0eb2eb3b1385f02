"""Submissions under plain nbgrader: what it makes of an attack, in a throw-away container without a network.

nbgrader is as it comes, with the ordinary local kernel, and with what its users add so that hidden tests are not in the
feedback. None of Doorstart's grading is in it. The image is that of an instructor's server, which has nbgrader; its
configuration is covered.
"""

from __future__ import annotations

import contextlib
import io
import sqlite3
import tarfile
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import docker
from docker.errors import APIError
from docker.models.containers import Container

from doorstart import names
from doorstart.site import containers

from . import case

COURSE = "/course"
TOKEN = "token-sesame-4f1d9c02"
"""In the environment, as an instructor's server has one."""
FIRST, LAST = "aaa-right", "zzz-right"
"""Learners with everything right, whose submissions are graded before and after all attacks."""
WRONG = "aab-wrong"
"""A learner who does not attack, and answers like one."""
CELL_SECONDS = 6
"""After how long nbgrader interrupts a cell. Its own default is 30, and would prove the same."""

CONFIG = f"""
c = get_config()
c.CourseDirectory.root = "{COURSE}"
c.CourseDirectory.course_id = "exams"
c.Execute.timeout = {CELL_SECONDS}
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]
"""

ENVIRONMENT = {
    "HOME": "/tmp/h",
    "JUPYTERHUB_API_TOKEN": TOKEN,
    "JUPYTER_CONFIG_DIR": "/tmp/jc",
    "JUPYTER_CONFIG_PATH": "",
    "JUPYTER_DATA_DIR": "/tmp/jd",
    "JUPYTER_DEFAULT_PROVISIONER_NAME": "local-provisioner",
    "JUPYTER_PATH": "",
    "JUPYTER_RUNTIME_DIR": "/tmp/jr",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONSAFEPATH": "",
}
"""Neutralises what the image sets for Doorstart."""

LIMITS = {
    "mem_limit": "640m",
    "memswap_limit": "640m",
    "nano_cpus": 1_000_000_000,
    "pids_limit": 100,
    "tmpfs": {
        COURSE: "rw,size=96m,nr_inodes=6000",
        "/tmp": "rw,exec,size=96m,nr_inodes=6000",
        # Covers what an instructor's server is configured with.
        "/etc/jupyter": "ro,size=1k",
    },
}
"""So that no attack reaches past its container: nbgrader on an instructor's machine has the machine's own."""


@dataclass(frozen=True)
class Outcome:
    """What became of one learner's submission."""

    score: float | None
    """Points in the gradebook; ``None`` if the submission was not graded to its end."""
    returned: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    """What the learner gets back: the files of the feedback, by path."""


@dataclass(frozen=True)
class Run:
    """One run of nbgrader over several submissions."""

    outcomes: Mapping[str, Outcome]
    """By learner."""
    ended: bool
    """Whether nbgrader came to its end in time, whatever it reported."""
    changed: frozenset[str]
    """Paths of the course that are not the same after it: ``source/…`` and ``submitted/…``."""
    log: str = field(repr=False)
    seconds: float

    def of(self, attack: case.Attack) -> frozenset[str]:
        """What came of an attack: some of :data:`case.OUTCOMES`."""
        came: set[str] = set()
        for learner in attack.learners:
            outcome = self.outcomes[learner]
            if (outcome.score or 0) > attack.honest:
                came.add("points")
            if case.found_in(outcome.returned, case.HIDDEN):
                came.add("hidden")
            if case.found_in(outcome.returned, {**case.SECRETS, "token": TOKEN}):
                came.add("escape")
            if any(case.markup_in(page) for path, page in outcome.returned.items() if path.endswith(".html")):
                came.add("markup")
        if self.changed:
            came.add("escape")
        if not self.ended or any(self.outcomes[one].score != case.ALL for one in (FIRST, LAST)):
            came.add("harm")
        return frozenset(came)


def prepare(client: docker.DockerClient, image: str) -> bytes:
    """The course with its exam and its gradebook, made by nbgrader once for all runs; a tar file."""
    files = {
        "nbgrader_config.py": CONFIG.encode(),
        f"source/{case.ASSIGNMENT}/{case.NOTEBOOK}": case.to_bytes(case.source_notebook()),
    }
    student = f"nbgrader db student add {FIRST} --last-name={case.SECRETS['gradebook']}"
    with _container(client, image) as container:
        _run(client, container, ["tar", "-x", "-C", COURSE], _tar(files))
        _run(
            client, container, ["sh", "-ec", f"cd {COURSE}; nbgrader generate_assignment {case.ASSIGNMENT}; {student}"]
        )
        return _run(client, container, ["tar", "-c", "-C", COURSE, "."])


def run(
    client: docker.DockerClient, image: str, course: bytes, attacks: Sequence[case.Attack], seconds: int = 600
) -> Run:
    """Grade submissions in one run of nbgrader, and make their feedback.

    Args:
        client: The engine.
        image: An image with nbgrader and a kernel.
        course: What :func:`prepare` made.
        attacks: What is handed in, besides the honest submissions of three learners.
        seconds: When the run is ended.
    """
    handed_in = {FIRST: {case.NOTEBOOK: case.to_bytes(case.right())}}
    handed_in |= {WRONG: {case.NOTEBOOK: case.to_bytes(case.honest())}}
    handed_in |= {learner: attack.files() for attack in attacks for learner in attack.learners}
    handed_in |= {LAST: {case.NOTEBOOK: case.to_bytes(case.right())}}
    submitted = {
        f"submitted/{learner}/{case.ASSIGNMENT}/{name}": content
        for learner, files in handed_in.items()
        for name, content in files.items()
    }
    began = time.monotonic()
    after: dict[str, bytes] = {}
    ended = False
    log = ""
    with _container(client, image) as container, contextlib.suppress(containers.CommandError, APIError, OSError):
        _run(client, container, ["tar", "-x", "-C", COURSE], course)
        _run(client, container, ["tar", "-x", "-C", COURSE], _tar(submitted))
        before = _read(_run(client, container, ["tar", "-c", "-C", COURSE, "source", "submitted"]))
        # What nbgrader says goes to a file: whoever outlives it would keep the command's own output open.
        grade = f"cd {COURSE}; nbgrader autograde {case.ASSIGNMENT} >/tmp/log 2>&1 </dev/null; echo graded >>/tmp/log"
        feedback = f"nbgrader generate_feedback {case.ASSIGNMENT} >>/tmp/log 2>&1 </dev/null; echo returned >>/tmp/log"
        with _ended_after(container, seconds + 20), contextlib.suppress(containers.CommandError):
            _run(client, container, ["timeout", "-s", "KILL", str(seconds), "sh", "-c", f"{grade}; {feedback}"])
        with _ended_after(container, 20):
            log = _run(client, container, ["cat", "/tmp/log"]).decode(errors="replace")
            ended = log.rstrip().endswith("returned")
            after = _read(_run(client, container, ["tar", "-c", "-C", COURSE, "."]))
    scores = _scores(after.get("gradebook.db", b""))
    outcomes = {}
    for learner in handed_in:
        prefix = f"feedback/{learner}/{case.ASSIGNMENT}/"
        graded = f"autograded/{learner}/{case.ASSIGNMENT}/{case.NOTEBOOK}" in after
        outcomes[learner] = Outcome(
            scores.get(learner) if graded else None,
            {path.removeprefix(prefix): content for path, content in after.items() if path.startswith(prefix)},
        )
    changed = frozenset(path for path in before if after and after.get(path) != before[path])
    return Run(outcomes, ended, changed, log, time.monotonic() - began)


@contextmanager
def _container(client: docker.DockerClient, image: str) -> Iterator[Container]:
    """A container that does nothing until it is told to; gone at the end."""
    container = client.containers.run(
        image,
        ["sleep", "infinity"],
        detach=True,
        init=True,
        user="0",
        network_mode="none",
        cap_drop=["ALL"],
        security_opt=["no-new-privileges"],
        environment=ENVIRONMENT,
        labels={names.LABEL_ROLE: "plain-nbgrader"},
        **LIMITS,
    )
    try:
        yield container
    finally:
        container.remove(force=True, v=True)


@contextmanager
def _ended_after(container: Container, seconds: float) -> Iterator[None]:
    """End the container when the body takes longer, which ends what the body waits for."""
    timer = threading.Timer(seconds, container.kill)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _run(client: docker.DockerClient, container: Container, command: list[str], stdin: bytes = b"") -> bytes:
    return containers.execute(client, str(container.name), command, stdin)


def _tar(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def _read(archive: bytes) -> dict[str, bytes]:
    files = {}
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        for entry in tar:
            if entry.isfile() and (content := tar.extractfile(entry)):
                files[entry.name.removeprefix("./")] = content.read()
    return files


def _scores(gradebook: bytes) -> dict[str, float]:
    """Points by learner; a manual score counts instead of the automatic one, as in nbgrader."""
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch, "gradebook.db")
        file.write_bytes(gradebook)
        with closing(sqlite3.connect(file)) as database, contextlib.suppress(sqlite3.Error):
            return dict(
                database.execute(
                    """
                    SELECT submitted_assignment.student_id, SUM(COALESCE(grade.manual_score, grade.auto_score, 0))
                    FROM grade
                    JOIN submitted_notebook ON submitted_notebook.id = grade.notebook_id
                    JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
                    GROUP BY submitted_assignment.student_id
                    """
                )
            )
    return {}
