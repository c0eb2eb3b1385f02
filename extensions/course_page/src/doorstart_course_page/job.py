"""Starting the course's one job: in a process of its own, so that it goes on when the page is left."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from doorstart_course_page.acts import ACTS, STOPPABLE
from doorstart_course_page.record import BusyError, Place, Record

COMMAND = (sys.executable, "-I", "-m", "doorstart_course_page.work")


class Jobs:
    """The job of a course.

    Args:
        root: the course's folder.
        command: what does the work, and gets the number of the open lock as its last argument; for tests.
    """

    def __init__(self, root: Path, command: Sequence[str] = COMMAND) -> None:
        self.place = Place(root)
        self._root = root
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None

    def now(self) -> Record | None:
        """The job that runs or was the last."""
        if self._process is not None and self._process.poll() is not None:
            self._process = None
        return self.place.read()

    def start(self, kind: str, assignment: str, learner: str = "", by: str = "") -> Record:
        """Start a job.

        Raises:
            BusyError: one runs already.
            KeyError: there is no such act.
        """
        ACTS[kind]
        lock = self.place.take()
        try:
            record = Record(secrets.token_hex(8), kind, assignment, learner, by, started=time.time())
            self.place.write(record)
            self._process = subprocess.Popen(
                [*self._command, str(lock)],
                cwd=self._root,
                stdin=subprocess.DEVNULL,
                pass_fds=(lock,),
                start_new_session=True,
            )
        finally:
            os.close(lock)
        return record

    def stop(self, identity: str) -> None:
        """Ask the job with this id to stop; one that is over, or that is best left to its end, goes on as it is."""
        record = self.now()
        if record is not None and record.id == identity and record.kind in STOPPABLE:
            self.place.ask_to_stop(identity)


__all__ = ["BusyError", "Jobs"]
