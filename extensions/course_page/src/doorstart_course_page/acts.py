"""What a job does: release, collect, grade, return, the same again, and compare. Others do the work: nbgrader, the
exchange, and :mod:`.similar_compare`.

Each act tells its :class:`Teller` of every learner as soon as that one is done, and leaves nothing half done when it is
interrupted: what was done is kept, and beginning again goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC
from pathlib import Path
from typing import Any, Protocol, TypeVar

from nbgrader.exchange import ExchangeError

from doorstart_course_page import similar_compare
from doorstart_course_page.book import Book
from doorstart_course_page.facts import settled_facts
from doorstart_course_page.record import Line
from doorstart_course_page.standing import Class, put_together
from doorstart_exchange_client.client import ExchangeClient, ExchangeClientError
from doorstart_exchange_client.collect import ExchangeCollect
from doorstart_exchange_client.release_assignment import ExchangeReleaseAssignment
from doorstart_exchange_client.release_feedback import ExchangeReleaseFeedback
from doorstart_grading import batch, late
from doorstart_grading.course import CourseError, Failure
from doorstart_grading.sentence import Sentence, SentenceError, Told
from doorstart_grading.translation import N_
from doorstart_sandbox_kernel.client import SandboxError

OUTCOMES: Mapping[str, str] = {
    "collected": N_("Collected"),
    "nothing new": N_("Nothing new"),
    "not collected": N_("Could not be collected. Press the button again"),
    "graded": N_("Graded"),
    "unchanged": N_("Graded before, nothing has changed"),
    "not graded": N_("Could not be graded. The work is unchanged. Tell the admin"),
    "returned": N_("Returned"),
    "returned before": N_("Returned before, nothing has changed"),
    "not returned": N_("Could not be returned. Press the button again"),
    "waits": N_("Waits for your points. Give them in formgrader, then return it"),
    "look": N_("Not returned: read the remarks on grading, look at the work, and return it on this learner's page"),
}
"""What may become of a learner's work, and what is said of it."""
GOOD = frozenset({"collected", "nothing new", "graded", "unchanged", "returned", "returned before"})

PROBLEMS: Mapping[str, str] = {
    "away": N_("The exchange does not answer. Nothing is lost. Wait a minute and press the button again."),
    "refused": N_("The exchange refused this. Nothing has changed."),
    "grader": N_("The part of the site that grades does not answer. Nothing is lost. Wait a minute and try again."),
    "busy": N_("Grading is under way in a terminal. Wait for its end, and press the button again."),
    "unit": N_("The learners' form of this unit could not be made. There may be a mistake in the unit's notebook."),
    "comparing": N_("The submissions could not be compared. Nothing was changed."),
    "nothing": N_("There is nothing to do here: nobody has handed in this unit, or nothing was collected yet."),
    "other": N_("Something went wrong that should not. Nothing is lost. Try again, and tell the admin."),
}
"""Why all of a job may fail, and what is said of it."""


Step = TypeVar("Step", ExchangeReleaseAssignment, ExchangeCollect, ExchangeReleaseFeedback)


class ActError(Exception):
    """All of an act failed; ``problem`` is one of :data:`PROBLEMS`, the message says more, in English.

    ``sentence`` is the same message to be said in another language, if grading made it.
    """

    def __init__(self, problem: str, details: str = "", sentence: Sentence | None = None) -> None:
        super().__init__(details or str(sentence or ""))
        self.problem = problem
        self.sentence = sentence


class Teller(Protocol):
    """Is told how far an act is."""

    def total(self, count: int) -> None:
        """So many learners."""

    def step(self) -> None:
        """One of them is done."""

    def line(self, line: Line) -> None:
        """What became of one of them."""


class Acts:
    """The acts, in a process of their own.

    Args:
        book: the course.
        exchange: for what is no command of nbgrader.
        tell: is told how far it is.
        names: display names of enrolled learners.
    """

    def __init__(self, book: Book, exchange: ExchangeClient, tell: Teller, names: Mapping[str, str]) -> None:
        self.book = book
        self.course = book.course
        self.exchange = exchange
        self.tell = tell
        self.names = names

    def release(self, assignment: str, _: str = "") -> None:
        """Make the learners' form of a unit as it is now, and hand it out, with dates and the rule for late work."""
        self._generate(assignment)
        self._exchange(ExchangeReleaseAssignment, assignment).start()
        with self.book.opened() as gradebook:
            rule, agreed = late.read_rule(gradebook), late.agreements(gradebook, assignment)
            for (_, learner), one in agreed.items():
                if one.due is not None:
                    self.exchange.set_own_due(self.course.id, assignment, learner, one.due.replace(tzinfo=UTC))
        tell_rule(self.exchange, self.course.id, rule)

    def withdraw(self, assignment: str, _: str = "") -> None:
        """Hand a unit out no longer. What learners have and handed in stays."""
        self.exchange.withdraw(self.course.id, assignment)

    def collect(self, assignment: str, _: str = "") -> None:
        """Bring what was handed in last into the course."""
        collector = self._exchange(ExchangeCollect, assignment)
        collector.update = True
        # Work that is replaced while it is graded would have the scores of the old, and count as graded.
        with self.course.alone():
            collector.init_src()
            self.tell.total(len(collector.chosen))
            for learner, result in collector.each():
                if isinstance(result, Exception):
                    self.tell.line(Line(learner, "not collected", str(result)))
                else:
                    self.tell.line(Line(learner, "collected" if result else "nothing new"))
                self.tell.step()

    def grade(self, assignment: str, learner: str = "") -> None:
        """Grade what has changed since it was graded."""
        self._grade(assignment, learner, everything=False)

    def regrade(self, assignment: str, learner: str = "") -> None:
        """Grade again, with the tests as they are in the unit now. Points that a person gave stay."""
        self._generate(assignment)
        self._grade(assignment, learner, everything=True)

    def give_back(self, assignment: str, learner: str = "") -> None:
        """Make feedback on what is graded to the end, and show it to its learners.

        Work that a person has to look at is returned when it is asked for alone: then somebody did.
        """
        unit = self._class().unit(assignment)
        standings = [one for one in unit.standings if learner in ("", one.learner)] if unit else []
        waiting = [one.learner for one in standings if one.grade and one.grade.by_hand]
        to_look = [one.learner for one in standings if one.to_look and not learner]
        kept = {*waiting, *to_look}
        ready = [one.learner for one in standings if one.grade and one.learner not in kept]
        if not ready and not kept:
            raise ActError("nothing")
        for name in waiting:
            self.tell.line(Line(name, "waits"))
        for name in to_look:
            self.tell.line(Line(name, "look"))
        self.tell.total(len(ready))
        made: list[str] = []
        try:
            for name, failure in batch.feedback(self.course, assignment, ready, batch.cores()):
                self.tell.step()
                if failure is None:
                    made.append(name)
                else:
                    self.tell.line(_failed(name, "not returned", failure))
        finally:  # also when it is stopped: what was done is kept
            if made:
                self._send(assignment, made)

    def compare(self, assignment: str, _: str = "") -> None:
        """Find submissions that are alike. If it is interrupted, the last result stays."""
        if not self.course.submissions(assignment):
            raise ActError("nothing")
        try:
            similar_compare.compare(self.course, assignment, self.tell)
        except Exception as error:
            raise ActError("comparing", f"{type(error).__name__}: {error}"[:500]) from error

    def _send(self, assignment: str, made: list[str]) -> None:
        feedback = Path(self.course.coursedir.root, self.course.coursedir.feedback_directory)
        others = sorted({folder.name for folder in feedback.iterdir()} - set(made))
        sender = self._exchange(ExchangeReleaseFeedback, assignment, exclude=",".join(others))
        sender.init_src()
        for name, result in sender.each():
            if isinstance(result, Exception):
                self.tell.line(Line(name, "not returned", str(result)))
            else:
                self.tell.line(Line(name, "returned" if result else "returned before"))

    def _grade(self, assignment: str, learner: str, everything: bool) -> None:
        chosen = [one for one in self.course.submissions(assignment) if learner in ("", one)]
        if not chosen:
            raise ActError("nothing")
        with self.course.alone():
            self.course.prepare(assignment)
            todo = chosen if everything else self.course.changed(assignment, chosen)
            for name in sorted(set(chosen) - set(todo)):
                self.tell.line(Line(name, "unchanged"))
            self.tell.total(len(todo))
            for name, failure in batch.grade(self.course, assignment, todo, batch.cores()):
                self.tell.line(_failed(name, "not graded", failure) if failure else Line(name, "graded"))
                self.tell.step()

    def _generate(self, assignment: str) -> None:
        failure: Failure | None = self.course.generate(assignment)
        if failure:
            raise ActError("unit", sentence=failure.sentence)

    def _class(self) -> Class:
        return put_together(self.exchange.progress(self.course.id), settled_facts(self.book), self.names)

    def _exchange(self, kind: type[Step], assignment: str, exclude: str = "") -> Step:
        """A command of the exchange about this unit and all learners but those to exclude."""
        coursedir = self.course.coursedir
        coursedir.assignment_id, coursedir.student_id, coursedir.student_id_exclude = assignment, "*", exclude
        return kind(coursedir=coursedir, authenticator=None, parent=self.course.app)


ACTS: Mapping[str, Callable[[Acts, str, str], None]] = {
    "release": Acts.release,
    "withdraw": Acts.withdraw,
    "collect": Acts.collect,
    "grade": Acts.grade,
    "regrade": Acts.regrade,
    "return": Acts.give_back,
    "compare": Acts.compare,
}
STOPPABLE = frozenset({"collect", "grade", "regrade", "return", "compare"})
"""Those that go on from learner to learner, so that a stop between two of them is safe."""


def _failed(learner: str, outcome: str, failure: Failure) -> Line:
    return Line(learner, outcome, failure.reason, failure.sentence.to_json())


def sentence_of(error: Exception) -> dict[str, Any] | None:
    """What an error says, as JSON of a sentence; None if it is not known in other languages."""
    if isinstance(error, SandboxError):
        return Told(str(error)).to_json()
    found = error.sentence if isinstance(error, ActError | SentenceError) else None
    return found.to_json() if found else None


def problem_of(error: Exception) -> tuple[str, str]:
    """Which of :data:`PROBLEMS` an error is, and what it says."""
    if isinstance(error, ActError):
        return error.problem, str(error)
    if isinstance(error, ExchangeClientError):
        return ("away" if error.code == "unreachable" else "refused"), str(error)
    if isinstance(error, ExchangeError):
        return ("away" if "does not answer" in str(error) else "refused"), str(error)
    if isinstance(error, SandboxError):
        return "grader", str(error)
    if isinstance(error, CourseError):
        return ("busy" if "Another run" in str(error) else "unit"), str(error)
    return "other", f"{type(error).__name__}: {error}"[:500]


def tell_rule(exchange: ExchangeClient, course: str, rule: late.Rule) -> None:
    """Tell learners what late work costs."""
    points = rule.points if rule.kind == "points" else None
    exchange.set_late(course, rule.kind, points, rule.days if rule.kind == "zero" else None)
