"""A learner's desk: the units of the exchange, and what of them lies in the learner's home.

Methods wait for the exchange and the disk and are called in threads. They raise what the exchange's client raises.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from doorstart_exchange_client.client import ExchangeClient, ExchangeClientError
from doorstart_exchange_client.fetching import fetch_assignment, fetch_feedback
from doorstart_exchange_client.handing_in import Parcel, hand_in, read_parcel
from doorstart_exchange_client.receipts import write_receipt
from doorstart_exchange_client.wire import JUNK
from doorstart_exchange_client.work import FEEDBACK_FOLDER, NOT_WORK, has_work

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")
RECEIPTS = "receipts"
MOST_BYTES = 100_000_000
"""Most bytes that are read to be handed in; the exchange has its own limit, and says so."""


class Desk:
    """What one learner can do with the units of their courses.

    Args:
        home: the root of the learner's files.
        client: makes a client of the exchange that tries so many times.
    """

    def __init__(self, home: Path, client: Callable[[int], ExchangeClient] | None = None) -> None:
        self._home = home
        self._client = client or (lambda attempts: ExchangeClient(attempts=attempts))

    def units(self) -> dict[str, Any]:
        """The exchange's list, and of each unit the ``path`` of its notebook in the home (None: not there)."""
        listed = self._client(2).units()
        for course in listed["courses"]:
            for unit in course["units"]:
                unit["path"] = self._notebook(str(course["course"]), str(unit["assignment"]))
                if unit["path"] and unit["state"] == "new":
                    unit["state"] = "started"  # Fetched before the exchange kept a record of it.
        return listed

    def open(self, course: str, assignment: str) -> dict[str, Any]:
        """Fetches the unit unless its notebook is here, and says the ``path`` of the notebook below the home."""
        path = self._notebook(course, assignment)
        if path is None:
            fetch_assignment(self._client(4), course, assignment, self._folder(course, assignment), lambda _: None)
            path = self._notebook(course, assignment)
        if path is None:
            raise ExchangeClientError("no_notebook", f"There is no notebook in {assignment}. Tell your instructor.")
        return {"path": path}

    def parcel(self, course: str, assignment: str) -> dict[str, Any]:
        """What handing in would send: ``files``, ``missing`` and ``extra`` notebooks, and warnings in ``left_out``."""
        left_out: list[str] = []
        parcel = self._parcel(course, assignment, left_out.append)
        return {
            "files": [{"path": path, "size": len(content)} for path, content in sorted(parcel.files.items())],
            "missing": parcel.missing,
            "extra": parcel.extra,
            "left_out": left_out,
        }

    def hand_in(self, course: str, assignment: str) -> dict[str, Any]:
        """Hands in: the ``receipt``, whether it is ``created`` now, and the ``path`` of its text (None: not written).

        Raises:
            ExchangeClientError: also when none of the notebooks that were handed out is there.
        """
        parcel = self._parcel(course, assignment, lambda _: None)
        if parcel.is_other_work:
            raise ExchangeClientError("notebook_missing", f"The notebook is missing: {', '.join(parcel.missing)}.")
        receipt, created = hand_in(self._client(7), course, assignment, parcel)
        try:
            path = write_receipt(self._home / RECEIPTS, receipt).relative_to(self._home).as_posix()
        except OSError:
            path = None  # The work has arrived; a full disk must not look as if it had not.
        return {"receipt": receipt, "created": created, "path": path}

    def feedback(self, course: str, assignment: str) -> dict[str, Any]:
        """The latest feedback: its ``receipt``, ``score``, ``max_score`` and ``pages`` (``name``, ``html``)."""
        _check(course), _check(assignment)
        given = [one for one in self._client(4).own_submissions(course, assignment) if one["feedback"]]
        if not given:
            raise ExchangeClientError(
                "no_feedback", "There is no feedback yet. Your instructor gives it after grading."
            )
        latest = max(given, key=lambda one: str(one["receipt"]["time"]))
        folder = self._folder(course, assignment) / FEEDBACK_FOLDER / str(latest["receipt"]["time"])
        fetch_feedback(self._client(4), latest, folder)
        names = sorted(str(file["path"]) for file in latest["feedback"]["files"])
        return {
            "receipt": latest["receipt"],
            "score": latest["feedback"]["score"],
            "max_score": latest["feedback"]["max_score"],
            "pages": [{"name": name, "html": (folder / name).read_text(encoding="utf-8")} for name in names],
        }

    def _parcel(self, course: str, assignment: str, warn: Callable[[str], None]) -> Parcel:
        folder = self._folder(course, assignment)
        if folder.is_symlink() or not has_work(folder):
            raise ExchangeClientError("not_fetched", f"There is nothing of {assignment} in your files to hand in.")
        patterns = (*JUNK, *NOT_WORK)

        def ignored(name: str) -> bool:
            return any(fnmatch(name, pattern) for pattern in patterns)

        return read_parcel(self._client(4), course, assignment, folder, ignored, warn, MOST_BYTES)

    def _folder(self, course: str, assignment: str) -> Path:
        return self._home / _check(course) / _check(assignment)

    def _notebook(self, course: str, assignment: str) -> str | None:
        folder = self._folder(course, assignment)
        found = sorted(folder.glob("*.ipynb"), key=lambda path: (path.stem != assignment, path.name))
        return found[0].relative_to(self._home).as_posix() if found else None


def _check(name: str) -> str:
    if not NAME.match(name):
        raise ExchangeClientError("bad_name", f"{name!r} is not the name of a course or a unit.")
    return name
