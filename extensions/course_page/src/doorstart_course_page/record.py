"""What is known of the course's one job: a small file in the course's folder, and a lock that says whether it runs.

The lock is held by the job's process and by all that it started, so a job that was killed is over whatever the file
says; the same for a server that was stopped. Every server of the course sees both, also a second instructor's.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

FOLDER = ".doorstart"
"""In the course's folder."""
State = Literal["running", "done", "stopped", "failed"]


class BusyError(Exception):
    """Another job of this course is at work."""


@dataclass
class Line:
    """What became of one learner's work."""

    learner: str
    outcome: str
    """One of :data:`doorstart_course_page.acts.OUTCOMES`."""
    details: str = ""
    """Why, in English: what grading or the exchange said."""
    sentence: dict[str, Any] | None = None
    """The same as JSON of a :class:`doorstart_grading.sentence.Sentence`, if it is one."""


@dataclass
class Record:
    """One job. Times are seconds since 1970."""

    id: str
    kind: str
    """One of :data:`doorstart_course_page.acts.ACTS`."""
    assignment: str
    learner: str = ""
    """Only about this one; empty: all."""
    by: str = ""
    state: State = "running"
    started: float = 0.0
    ended: float = 0.0
    total: int = 0
    """How many learners it is about; 0 as long as that is not known."""
    done: int = 0
    lines: list[Line] = field(default_factory=list)
    problem: str = ""
    """Why all of it failed: one of :data:`doorstart_course_page.acts.PROBLEMS`."""
    details: str = ""
    """What went wrong, in English."""
    sentence: dict[str, Any] | None = None
    """As in :class:`Line`."""

    def seconds_left(self, now: float) -> float | None:
        """About how long it still takes; None: not known yet."""
        if self.state != "running" or not self.done or not self.total:
            return None
        return (now - self.started) / self.done * (self.total - self.done)


class Place:
    """Where a course keeps its job.

    Args:
        root: the course's folder.
    """

    def __init__(self, root: Path) -> None:
        self._folder = root / FOLDER
        self._file = self._folder / "job.json"
        self._stop = self._folder / "stop"
        self._lock = self._folder / "lock"

    def read(self) -> Record | None:
        """The job that runs or was the last; None: there was none, or its file cannot be read.

        One whose file says that it runs, and that holds no lock, was killed: it counts as stopped.
        """
        try:
            content: dict[str, Any] = json.loads(self._file.read_bytes())
            record = Record(**{**content, "lines": [Line(**line) for line in content["lines"]]})
        except (OSError, ValueError, KeyError, TypeError):
            return None
        if record.state == "running" and not self.running():
            record.state = "stopped"
        return record

    def write(self, record: Record) -> None:
        """Keep what is known; whole or not at all."""
        self._folder.mkdir(exist_ok=True)
        fresh = self._folder / f"job.json.{os.getpid()}"
        fresh.write_text(json.dumps(asdict(record)), encoding="utf-8")
        fresh.replace(self._file)

    def running(self) -> bool:
        """Whether a job is at work, in this server or another one of the course."""
        try:
            descriptor = os.open(self._lock, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
        finally:
            os.close(descriptor)
        return False

    def take(self) -> int:
        """The lock, as an open file to be handed to the job's process.

        Raises:
            BusyError: a job runs.
        """
        self._folder.mkdir(exist_ok=True)
        descriptor = os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        for _ in range(20):  # somebody may just be looking whether a job runs
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                time.sleep(0.01)
            else:
                self._stop.unlink(missing_ok=True)
                return descriptor
        os.close(descriptor)
        raise BusyError

    def ask_to_stop(self, identity: str) -> None:
        """Ask the job with this id to stop."""
        self._stop.write_text(identity, encoding="utf-8")

    def watch(self, identity: str, stop: Callable[[], None], every: float = 0.3) -> None:
        """Wait until somebody asks the job with this id to stop, and call ``stop``; for a thread of its own.

        Args:
            every: seconds between looks.
        """
        while True:
            try:
                if self._stop.read_text(encoding="utf-8") == identity:
                    break
            except OSError:
                pass
            time.sleep(every)
        stop()
