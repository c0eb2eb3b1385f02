"""``nbgrader release_feedback``: gives each learner the feedback for the submission that was graded."""

# nbgrader has no type information, so its classes are Any to mypy.
from __future__ import annotations

import re
from collections.abc import Iterator
from glob import glob
from pathlib import Path
from typing import Any

from nbgrader.exchange import abc
from nbgrader.utils import parse_utc

from doorstart_exchange_client.client import ExchangeClientError
from doorstart_exchange_client.collect import TIMESTAMP
from doorstart_exchange_client.exchange import Exchange
from doorstart_exchange_client.gradebook import points_of
from doorstart_exchange_client.wire import ArchiveError, digest_of, pack


class ExchangeReleaseFeedback(Exchange, abc.ExchangeReleaseFeedback):
    """Releases what ``nbgrader generate_feedback`` made: one HTML page a notebook."""

    def init_src(self) -> None:
        """Checks what is asked for."""
        if self.assignment() is None:
            self.refuse("No assignment specified. Say whose feedback to release.")

    def copy_files(self) -> None:
        """Sends it, learner by learner."""
        failed = [learner for learner, result in self.each() if isinstance(result, Exception)]
        if failed:
            self.refuse(f"No feedback was released for: {', '.join(failed)}. The others have theirs.")

    def each(self) -> Iterator[tuple[str, bool | Exception]]:
        """Send it one by one, and yield each learner, and whether the learner sees something new, or why it failed."""
        course, assignment = self.course(), str(self.coursedir.assignment_id)
        folders = list(self._folders(assignment))
        if not folders:
            self.log.warning("There is no feedback for %s. Run `nbgrader generate_feedback` first.", assignment)
            return
        with self.errors_in_words():
            found = self.client.course_submissions(course, assignment)
        by_time = {(one["receipt"]["learner"], one["receipt"]["time"]): one for one in found}
        for learner, folder in folders:
            try:
                yield learner, self._release(learner, folder, by_time)
            except (ExchangeClientError, ArchiveError, OSError) as error:
                self.log.error("%s: %s", learner, error)
                yield learner, error

    def _release(self, learner: str, folder: Path, by_time: dict[tuple[str, str], dict[str, Any]]) -> bool:
        try:
            time = (folder / TIMESTAMP).read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            time = ""
        submission = by_time.get((learner, time))
        if submission is None:
            raise ArchiveError("this feedback is not for a submission in the exchange. Collect and grade again.")
        own = {str(file["path"]): str(file["sha256"]) for file in submission["files"]}
        pages = {page.name: page.read_bytes() for page in sorted(folder.glob("*.html")) if page.is_file()}
        pages = {name: content for name, content in pages.items() if not _carried_along(name, content, own)}
        points = points_of(self.coursedir, str(submission["receipt"]["assignment"]), learner, parse_utc(time))
        _, created = self.client.release_feedback(submission["receipt"]["id"], pack(pages), points)
        self.log.info("%s feedback: %s, submitted %s", "Released" if created else "Unchanged", learner, time)
        return created

    def _folders(self, assignment: str) -> Iterator[tuple[str, Path]]:
        student = str(self.coursedir.student_id) or "*"
        step = self.coursedir.feedback_directory
        pattern = re.compile(self.coursedir.format_path(step, "(?P<student>[^/]+)", assignment, escape=True))
        # A glob of nbgrader's own making: the learner in it may be `*`, and its place is configurable.
        for path in sorted(glob(self.coursedir.format_path(step, student, assignment))):  # noqa: PTH207
            match = pattern.fullmatch(path)
            if match and self.wants_student(match["student"]) and any(Path(path).glob("*.html")):
                yield match["student"], Path(path)


def _carried_along(name: str, content: bytes, own: dict[str, str]) -> bool:
    """Whether a page is one that the learner handed in, which nbgrader puts beside the feedback, and not feedback.

    Args:
        own: the digests of the files that were handed in, by path.
    """
    # The page of a notebook is feedback even if the learner handed in the same: no other page can have its name.
    return f"{Path(name).stem}.ipynb" not in own and own.get(name) == digest_of(content)
