"""What is sent when an assignment is handed in, and sending it: for nbgrader's class and for our pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from doorstart_exchange_client.client import ExchangeClient, ExchangeClientError
from doorstart_exchange_client.wire import digest_of, pack, read_folder


@dataclass(frozen=True)
class Parcel:
    """The files of a folder, by path, and how they differ from what was handed out.

    ``missing``: notebooks that were handed out and are not there. ``extra``: notebooks that were not handed out.
    """

    files: dict[str, bytes]
    missing: list[str]
    extra: list[str]

    @property
    def is_other_work(self) -> bool:
        """Whether none of the notebooks that were handed out is in it."""
        return bool(self.missing) and not any(path.endswith(".ipynb") for path in self.files.keys() - {*self.extra})


def read_parcel(
    client: ExchangeClient,
    course: str,
    assignment: str,
    folder: Path,
    ignored: Callable[[str], bool],
    warn: Callable[[str], None],
    max_bytes: int,
) -> Parcel:
    """Reads what would be handed in; arguments as for :func:`doorstart_exchange_client.wire.read_folder`.

    Raises:
        ArchiveError: the folder cannot be read, or holds more than ``max_bytes``.
        ExchangeClientError: the exchange does not answer.
    """
    files = read_folder(folder, ignored, warn, max_bytes)
    released = [entry for entry in client.assignments(course) if entry["assignment"] == assignment]
    if not released:
        return Parcel(files, [], [])  # The service has the right message for this.
    expected = {str(file["path"]) for file in released[0]["files"] if file["path"].endswith(".ipynb")}
    found = {path for path in files if path.endswith(".ipynb")}
    return Parcel(files, sorted(expected - found), sorted(found - expected))


def hand_in(client: ExchangeClient, course: str, assignment: str, parcel: Parcel) -> tuple[dict[str, Any], bool]:
    """Hands it in: the receipt, and whether it is new.

    Raises:
        ArchiveError: it cannot be packed.
        ExchangeClientError: it was refused, or the receipt is for other files.
    """
    archive = pack(parcel.files)
    receipt, created = client.submit(course, assignment, archive)
    if receipt["digest"] != digest_of(archive):
        raise ExchangeClientError(
            "wrong_receipt", f"The receipt {receipt['id']} is for other files than these. Tell your instructor."
        )
    return receipt, created
