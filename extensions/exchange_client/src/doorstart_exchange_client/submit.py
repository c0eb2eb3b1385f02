"""``nbgrader submit``: hands in an assignment's folder and keeps the receipt."""

# nbgrader has no type information, so its classes are Any to mypy.
from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import Any

from nbgrader.exchange import abc
from traitlets import Unicode

from doorstart_exchange_client.exchange import Exchange
from doorstart_exchange_client.receipts import write_receipt
from doorstart_exchange_client.wire import digest_of, pack, read_folder


class ExchangeSubmit(Exchange, abc.ExchangeSubmit):
    """Submits. Receipts go to a folder of their own beside the courses, so that they are never handed in again."""

    receipts_folder = Unicode(
        "receipts", help="Folder of the receipts, below Exchange.assignment_dir unless it is absolute."
    ).tag(config=True)

    def init_src(self) -> None:
        """Finds the folder."""
        assignment = self.assignment()
        if assignment is None:
            self.refuse("No assignment specified. Say which one to submit.")
        # nbgrader allows a path, for example with a slash at the end.
        self.coursedir.assignment_id = Path(assignment).name
        self.src_path = self.local_folder(self.course(), Path(assignment).name)
        if self.src_path.is_symlink():
            self.refuse(f"{self.src_path} is a link. Copy the folder itself to this place and try again.")
        if not self.src_path.is_dir():
            self.refuse(f"There is no assignment in {self.src_path}.{self._hint()} Fetch it first, or check its name.")

    def init_dest(self) -> None:
        """Checks that nobody is handed in for."""
        self.require_own_name()

    def copy_files(self) -> None:
        """Hands in."""
        course, assignment = self.course(), self.src_path.name
        with self.errors_in_words():
            files = read_folder(self.src_path, self.ignored(), self.log.warning, self.max_bytes)
            self._compare(course, assignment, files)
            archive = pack(files)
            receipt, created = self.client.submit(course, assignment, archive)
        if receipt["digest"] != digest_of(archive):
            self.refuse(f"The receipt {receipt['id']} is for other files than these. Tell your instructor.")
        if not created:
            self.log.info("You handed in exactly these files before; this is the same receipt.")
        self.log.info("Submitted as: %s %s %s", course, assignment, receipt["time"])
        self._keep(receipt)

    def _keep(self, receipt: dict[str, Any]) -> None:
        self.log.info("Receipt number: %s", receipt["id"])
        folder = Path(self.assignment_dir).absolute() / self.receipts_folder
        try:
            self.log.info("Receipt: %s", write_receipt(folder, receipt))
        except OSError as error:
            # The work has arrived; that the disk is full must not look as if it had not.
            self.log.warning(
                "Your work has arrived, but the receipt could not be written to %s (%s). Note down its number.",
                folder,
                error.strerror,
            )

    def _compare(self, course: str, assignment: str, files: dict[str, bytes]) -> None:
        """Tells of notebooks that were released and are not there, and of others; ``--strict`` refuses the first."""
        released = [entry for entry in self.client.assignments(course) if entry["assignment"] == assignment]
        if not released:
            return  # The service has the right message for this.
        expected = {str(file["path"]) for file in released[0]["files"] if file["path"].endswith(".ipynb")}
        found = {path for path in files if path.endswith(".ipynb")}
        missing, extra = sorted(expected - found), sorted(found - expected)
        if missing and (self.strict or not expected & found):
            self.refuse(
                f"{assignment} was not handed in: these notebooks are missing: {', '.join(missing)}. If you renamed "
                "them, give them their names back; if you deleted them, fetch again with --replace."
            )
        if missing:
            self.log.warning("These notebooks are missing and get no points: %s", ", ".join(missing))
        if extra:
            self.log.warning("These notebooks are not part of the assignment: %s", ", ".join(extra))

    def _hint(self) -> str:
        parent = self.src_path.parent
        others = [entry.name for entry in parent.iterdir() if entry.is_dir()] if parent.is_dir() else []
        close = get_close_matches(self.src_path.name, others, n=1)
        return f" Did you mean {close[0]}?" if close else ""
