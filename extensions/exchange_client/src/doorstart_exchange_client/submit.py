"""``nbgrader submit``: hands in an assignment's folder and keeps the receipt."""

# nbgrader has no type information, so its classes are Any to mypy.
from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import Any

from nbgrader.exchange import abc
from traitlets import Unicode

from doorstart_exchange_client.exchange import Exchange
from doorstart_exchange_client.handing_in import Parcel, hand_in, read_parcel
from doorstart_exchange_client.receipts import write_receipt


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
            parcel = read_parcel(
                self.client, course, assignment, self.src_path, self.ignored(), self.log.warning, self.max_bytes
            )
            self._tell_differences(assignment, parcel)
            receipt, created = hand_in(self.client, course, assignment, parcel)
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

    def _tell_differences(self, assignment: str, parcel: Parcel) -> None:
        """Tells of notebooks that were released and are not there, and of others; ``--strict`` refuses the first."""
        if parcel.missing and (self.strict or parcel.is_other_work):
            self.refuse(
                f"{assignment} was not handed in: these notebooks are missing: {', '.join(parcel.missing)}. If you "
                "renamed them, give them their names back; if you deleted them, fetch again with --replace."
            )
        if parcel.missing:
            self.log.warning("These notebooks are missing and get no points: %s", ", ".join(parcel.missing))
        if parcel.extra:
            self.log.warning("These notebooks are not part of the assignment: %s", ", ".join(parcel.extra))

    def _hint(self) -> str:
        parent = self.src_path.parent
        others = [entry.name for entry in parent.iterdir() if entry.is_dir()] if parent.is_dir() else []
        close = get_close_matches(self.src_path.name, others, n=1)
        return f" Did you mean {close[0]}?" if close else ""
