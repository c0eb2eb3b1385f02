"""Bringing an assignment or feedback into a folder, whole or not at all. nbgrader's classes and our pages use this."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from doorstart_exchange_client.client import ExchangeClient
from doorstart_exchange_client.feedback import is_fetched
from doorstart_exchange_client.folders import add_missing, put, replace_folder, unpacked
from doorstart_exchange_client.wire import VARIANT_FILE


def fetch_assignment(
    client: ExchangeClient, course: str, assignment: str, folder: Path, tell: Callable[[str], None]
) -> None:
    """Fetches an assignment; into a folder that is there, only the files that it lacks.

    Args:
        tell: told of each file that was added to a folder, by its path.

    Raises:
        ExchangeClientError, ArchiveError, OSError: the folder is as it was.
    """
    handed_out = client.fetch(course, assignment)
    with unpacked(handed_out.archive, folder) as arrived:
        if handed_out.variant:
            put(arrived, VARIANT_FILE, handed_out.variant + "\n")
        if folder.exists():
            add_missing(arrived, folder, tell)
        else:
            arrived.rename(folder)


def fetch_feedback(client: ExchangeClient, submission: dict[str, Any], folder: Path) -> bool:
    """Fetches the feedback of a submission that has some; False if it is in the folder already.

    Raises:
        ExchangeClientError, ArchiveError, OSError: the folder is as it was.
    """
    if is_fetched(folder, submission["feedback"]["files"]):
        return False
    with unpacked(client.feedback_archive(submission["receipt"]["id"]), folder) as arrived:
        replace_folder(arrived, folder)
    return True
