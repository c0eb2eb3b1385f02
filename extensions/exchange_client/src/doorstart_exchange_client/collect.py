"""``nbgrader collect``: brings the learners' latest submissions into the course's folder."""

# nbgrader has no type information, so its classes are Any to mypy.
from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from nbgrader.api import MissingEntry
from nbgrader.exchange import abc
from nbgrader.utils import parse_utc

from doorstart_exchange_client.client import ExchangeClientError
from doorstart_exchange_client.exchange import Exchange
from doorstart_exchange_client.folders import put, replace_folder, unpacked
from doorstart_exchange_client.gradebook import due_date
from doorstart_exchange_client.wire import VARIANT_FILE, ArchiveError

TIMESTAMP = "timestamp.txt"


class ExchangeCollect(Exchange, abc.ExchangeCollect):
    """Collects as nbgrader does: one submission a learner; an older one never replaces a newer one.

    The exception is nbgrader's own: ``--before-duedate`` asks for the last one in time, also when a later one was
    collected before.
    """

    def init_src(self) -> None:
        """Chooses the submissions."""
        assignment = self.assignment()
        if assignment is None:
            self.refuse("No assignment specified. Say which one to collect.")
        with self.errors_in_words():
            found = self.client.course_submissions(self.course(), assignment)
        by_learner: dict[str, list[dict[str, Any]]] = {}
        for submission in found:
            learner = str(submission["receipt"]["learner"])
            if self.wants_student(learner) and _is_file_name(learner):
                by_learner.setdefault(learner, []).append(submission)
        due = self._due_date(assignment) if self.before_duedate else None
        self.chosen = {learner: _choose(several, due) for learner, several in sorted(by_learner.items())}

    def copy_files(self) -> None:
        """Brings them; what fails for one learner does not keep the others waiting."""
        course, assignment = self.course(), str(self.coursedir.assignment_id)
        if not self.chosen:
            self.log.warning("No submissions of '%s' for course '%s' to collect", assignment, course)
            return
        self.log.info("Processing %d submissions of '%s' for course '%s'", len(self.chosen), assignment, course)
        failed = [learner for learner, result in self.each() if isinstance(result, Exception)]
        if failed:
            self.refuse(f"Not collected: {', '.join(failed)}. The others were. Run the same command again.")

    def each(self) -> Iterator[tuple[str, bool | Exception]]:
        """Bring those that :meth:`init_src` chose one by one, and yield each learner, and whether something new came,
        or why it did not."""
        assignment = str(self.coursedir.assignment_id)
        for learner, submission in self.chosen.items():
            try:
                yield learner, self._collect(learner, assignment, submission)
            except (ExchangeClientError, ArchiveError, OSError) as error:
                self.log.error("%s: %s", learner, error)
                yield learner, error

    def _collect(self, learner: str, assignment: str, submission: dict[str, Any]) -> bool:
        target = Path(self.coursedir.format_path(self.coursedir.submitted_directory, learner, assignment))
        time = str(submission["receipt"]["time"])
        if target.is_dir() and not self._replaces(target, parse_utc(time)):
            hint = "No newer submission to collect" if self.update else "Submission already exists, use --update"
            self.log.info("%s: %s %s", hint, learner, assignment)
            return False
        submitted = self.client.submission_archive(submission["receipt"]["id"])
        self.log.info("%s submission: %s %s", "Updating" if target.is_dir() else "Collecting", learner, assignment)
        with unpacked(submitted.archive, target) as folder:
            # Written last: a learner's files of these names must set neither the time nor the numbers of the tasks.
            put(folder, TIMESTAMP, time)
            if submitted.variant:
                put(folder, VARIANT_FILE, submitted.variant + "\n")
            replace_folder(folder, target)
        return True

    def _replaces(self, target: Path, new: datetime) -> bool:
        try:
            old = parse_utc((target / TIMESTAMP).read_text(encoding="utf-8").strip())
        except (OSError, ValueError):
            old = None
        if self.before_duedate:
            return bool(old != new)
        return bool(self.update and (old is None or new > old))

    def _due_date(self, assignment: str) -> datetime | None:
        try:
            return due_date(self.coursedir, assignment)
        except MissingEntry:
            return None


def _choose(submissions: list[dict[str, Any]], due: datetime | None) -> dict[str, Any]:
    """The latest submission; with a due date (UTC, without zone), the latest in time if there is one."""
    ordered = sorted(submissions, key=_time)
    in_time = [submission for submission in ordered if due is None or _time(submission) <= due]
    return (in_time or ordered)[-1]


def _time(submission: dict[str, Any]) -> datetime:
    time: datetime = parse_utc(submission["receipt"]["time"])
    return time


def _is_file_name(name: str) -> bool:
    return "/" not in name and not name.startswith(".") and bool(name)
