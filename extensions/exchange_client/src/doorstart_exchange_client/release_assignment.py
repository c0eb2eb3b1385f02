"""``nbgrader release_assignment``: hands an assignment out, as a new version when it was changed."""

# nbgrader has no type information, so its classes are Any to mypy.
from __future__ import annotations

from datetime import UTC
from pathlib import Path

from nbgrader.api import MissingEntry
from nbgrader.exchange import abc

from doorstart_exchange_client.exchange import Exchange
from doorstart_exchange_client.gradebook import due_date
from doorstart_exchange_client.wire import pack, read_folder


class ExchangeReleaseAssignment(Exchange, abc.ExchangeReleaseAssignment):
    """Releases the folder that ``nbgrader generate_assignment`` made. ``--force`` changes nothing: nothing is lost."""

    def init_src(self) -> None:
        """Finds the folder."""
        assignment = self.assignment()
        if assignment is None:
            self.refuse("No assignment specified. Say which one to release.")
        self.src_path = Path(self.coursedir.format_path(self.coursedir.release_directory, ".", assignment))
        if self.src_path.is_dir():
            return
        source = Path(self.coursedir.format_path(self.coursedir.source_directory, ".", assignment))
        if source.is_dir():
            self.refuse(f"{assignment} was written but not generated. Run `nbgrader generate_assignment` first.")
        self.refuse(f"There is no assignment in {self.src_path}. Check its name.")

    def copy_files(self) -> None:
        """Sends it."""
        course, assignment = self.course(), self.src_path.name
        with self.errors_in_words():
            files = read_folder(self.src_path, self.ignored(), self.log.warning, self.max_bytes)
            release, created = self.client.release(course, assignment, pack(files))
            self._tell_due_date(course, assignment)
        if created:
            self.log.info("Released as: %s %s, version %d", course, assignment, release["version"])
        else:
            self.log.info("Released as: %s %s, version %d, which is unchanged", course, assignment, release["version"])

    def _tell_due_date(self, course: str, assignment: str) -> None:
        """The gradebook's date, also that there is none; what the gradebook does not know stays as it is."""
        try:
            due = due_date(self.coursedir, assignment)
        except MissingEntry:
            return
        self.client.set_due(course, assignment, due.replace(tzinfo=UTC) if due else None)
