"""``nbgrader fetch_assignment``: gets an assignment, and never overwrites a learner's work."""

# nbgrader has no type information, so its classes are Any to mypy.
from __future__ import annotations

from nbgrader.exchange import abc

from doorstart_exchange_client.exchange import Exchange
from doorstart_exchange_client.fetching import fetch_assignment
from doorstart_exchange_client.work import has_work


class ExchangeFetchAssignment(Exchange, abc.ExchangeFetchAssignment):
    """Fetches into a new folder; with ``--replace``, adds the files that are missing in an old one."""

    def init_dest(self) -> None:
        """Finds the folder, and refuses one with work in it."""
        assignment = self.assignment()
        if assignment is None:
            self.refuse("No assignment specified. Say which one to fetch.")
        self.dest_path = self.local_folder(self.course(), assignment)
        if has_work(self.dest_path) and not self.replace_missing_files:
            self.refuse(
                f"You already have a copy of the assignment in {self.dest_path}. It was not changed. "
                "To get back files that you deleted, use --replace."
            )

    def copy_files(self) -> None:
        """Fetches it: downloaded and unpacked aside first, so that a failure leaves nothing half-done."""
        course, assignment = self.course(), self.dest_path.name
        with self.errors_in_words():
            fetch_assignment(
                self.client,
                course,
                assignment,
                self.dest_path,
                lambda path: self.log.info("Adding the missing file %s", path),
            )
        self.log.info("Fetched as: %s %s", course, assignment)
