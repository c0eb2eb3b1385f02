"""``nbgrader list``: what is released, and what was handed in, as the exchange knows it.

The dictionaries have the fields that nbgrader's panels read; see ``nbgrader.server_extensions.assignment_list``.
"""

# nbgrader has no type information, so its classes are Any to mypy.
from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from nbgrader.exchange import abc
from traitlets import Bool

from doorstart_exchange_client.exchange import Exchange, notebooks, own_name
from doorstart_exchange_client.feedback import is_same
from doorstart_exchange_client.work import FEEDBACK_FOLDER, has_work

Info = dict[str, Any]


class ExchangeList(abc.ExchangeList, Exchange):
    """Lists. ``--remove`` withdraws a release; submissions are never removed."""

    as_json = Bool(False, help="Print the list as JSON on standard output.").tag(config=True)

    def copy_files(self) -> None:
        """Nothing is copied by a list."""

    def list_files(self) -> list[Info]:
        """Logs and returns the list that was asked for."""
        return self._tell(self._find())

    def remove_files(self) -> list[Info]:
        """Withdraws the releases that would be listed."""
        if self.inbound or self.cached:
            self.refuse("Submissions are kept for good: learners have receipts for them. Nothing was removed.")
        course = self.course()
        found = self._released()
        with self.errors_in_words():
            for info in found:
                self.client.withdraw(course, info["assignment_id"])
                info["status"] = "removed"
        return self._tell(found)

    def _find(self) -> list[Info]:
        if self.inbound:
            course = self.course()
            with self.errors_in_words():
                found = self.client.course_submissions(course, self.assignment())
            return self._grouped([one for one in found if self.wants_student(str(one["receipt"]["learner"]))])
        if self.cached:
            with self.errors_in_words():
                found = self.client.own_submissions(self._course_or_none(), self.assignment())
            return self._grouped([one for one in found if self.wants_student(own_name())])
        return self._released()

    def _course_or_none(self) -> str | None:
        course = str(self.coursedir.course_id)
        return None if course in ("", "*") else course

    def _released(self) -> list[Info]:
        with self.errors_in_words():
            releases = self.client.assignments(self._course_or_none())
        return [
            self._release(release) for release in releases if self.assignment() in (None, str(release["assignment"]))
        ]

    def _release(self, release: dict[str, Any]) -> Info:
        folder = self.local_folder(release["course"], release["assignment"])
        fetched = has_work(folder)
        names = sorted(path.stem for path in folder.glob("*.ipynb")) if fetched else notebooks(release["files"])
        return {
            "course_id": release["course"],
            "assignment_id": release["assignment"],
            "status": "fetched" if fetched else "released",
            "path": str(folder),
            "notebooks": [{"notebook_id": name, "path": str(folder / f"{name}.ipynb")} for name in names],
        }

    def _grouped(self, submissions: list[dict[str, Any]]) -> list[Info]:
        groups: dict[tuple[str, str, str], list[Info]] = {}
        for submission in submissions:
            info = self._submission(submission)
            groups.setdefault((info["course_id"], info["student_id"], info["assignment_id"]), []).append(info)
        return [
            {
                "course_id": course,
                "student_id": student,
                "assignment_id": assignment,
                "status": "submitted",
                "submissions": sorted(infos, key=lambda info: str(info["timestamp"])),
            }
            for (course, student, assignment), infos in sorted(groups.items())
        ]

    def _submission(self, submission: dict[str, Any]) -> Info:
        receipt, feedback = submission["receipt"], submission["feedback"]
        home = self.local_folder(receipt["course"], receipt["assignment"])
        folder = home / FEEDBACK_FOLDER / receipt["time"]
        pages = {str(file["path"]): str(file["sha256"]) for file in feedback["files"]} if feedback else {}
        found = [_notebook(name, home, folder, pages) for name in notebooks(submission["files"])]
        local = bool(found) and all(one["has_local_feedback"] for one in found if one["has_exchange_feedback"])
        local = local and any(one["has_local_feedback"] for one in found)
        return {
            "course_id": receipt["course"],
            "assignment_id": receipt["assignment"],
            "student_id": receipt["learner"],
            "timestamp": receipt["time"],
            "receipt": receipt["id"],
            "status": "submitted",
            "path": str(home),
            "notebooks": found,
            "has_local_feedback": local,
            "has_exchange_feedback": bool(pages),
            "feedback_updated": any(one["feedback_updated"] for one in found),
            "local_feedback_path": str(folder) if local else None,
        }

    def _tell(self, found: list[Info]) -> list[Info]:
        if self.as_json:
            print(json.dumps(found))
            return found
        submitted = self.inbound or self.cached
        verb = "Removing released" if self.remove else "Submitted" if submitted else "Released"
        self.log.info("%s assignments:", verb)
        for info in found:
            for one in info["submissions"] if submitted else [info]:
                self.log.info(_line(one))
        return found


def _notebook(name: str, home: Path, folder: Path, pages: dict[str, str]) -> Info:
    page = folder / f"{name}.html"
    here, there = page.is_file(), pages.get(page.name)
    return {
        "notebook_id": name,
        "path": str(home / f"{name}.ipynb"),
        "has_local_feedback": here,
        "has_exchange_feedback": there is not None,
        "local_feedback_path": str(page) if here else None,
        "feedback_updated": here and there is not None and not is_same(page, there),
    }


def _line(info: Info) -> str:
    if info["status"] != "submitted":
        state = " (already downloaded)" if info["status"] == "fetched" else ""
        return f"{info['course_id']} {info['assignment_id']}{state}"
    if info["has_local_feedback"] and not info["feedback_updated"]:
        state = "feedback already fetched"
    else:
        state = "feedback ready to be fetched" if info["has_exchange_feedback"] else "no feedback available"
    return f"{info['course_id']} {info['student_id']} {info['assignment_id']} {info['timestamp']} ({state})"
