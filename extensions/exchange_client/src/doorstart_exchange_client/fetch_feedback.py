"""``nbgrader fetch_feedback``: brings a learner the feedback for their submissions."""

# nbgrader has no type information, so its classes are Any to mypy.
from __future__ import annotations

from typing import Any

from nbgrader.exchange import abc

from doorstart_exchange_client.exchange import Exchange
from doorstart_exchange_client.fetching import fetch_feedback
from doorstart_exchange_client.work import FEEDBACK_FOLDER


class ExchangeFetchFeedback(Exchange, abc.ExchangeFetchFeedback):
    """Fetches into ``feedback/<time of the submission>`` in the assignment's folder."""

    def init_src(self) -> None:
        """Asks which feedback there is."""
        self.require_own_name()
        with self.errors_in_words():
            self.submissions = self.client.own_submissions(self.course(), self.assignment())

    def copy_files(self) -> None:
        """Fetches what is new: each page set arrives whole or not at all."""
        ready = [submission for submission in self.submissions if submission["feedback"]]
        if not ready:
            self.log.warning(
                "There is no feedback yet for your submissions. Your instructor releases it after grading."
                if self.submissions
                else "You have not handed in this assignment, so there is no feedback."
            )
        with self.errors_in_words():
            for submission in ready:
                self._fetch(submission)

    def _fetch(self, submission: dict[str, Any]) -> None:
        receipt = submission["receipt"]
        target = self.local_folder(receipt["course"], receipt["assignment"]) / FEEDBACK_FOLDER / receipt["time"]
        fetched = fetch_feedback(self.client, submission, target)
        self.log.info("Fetched feedback: %s" if fetched else "You have this feedback already: %s", target)
