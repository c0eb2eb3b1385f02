"""What an instructor gets to know after grading: scores, what is odd about a submission, and who needs a look."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from nbgrader.api import Gradebook, SubmittedAssignment
from rich.console import Console
from rich.table import Table

from doorstart_grading import language as languages
from doorstart_grading.course import Failure
from doorstart_grading.gradebook import GradedSubmission, ScoreChange
from doorstart_grading.remarks import Remark
from doorstart_grading.sentence import Sentence, sentence
from doorstart_grading.translation import N_, Language, Words

PROPOSAL = N_("Scores are proposals. Learners see nothing of them before you release the feedback.")
STATUSES = {
    "graded": N_("graded"),
    "unchanged": N_("unchanged"),
    "failed": N_("failed"),
    "not graded": N_("not graded"),
}
"""What a submission's status is called."""
_BANDS = 5


@dataclass
class Line:
    """One submission."""

    student: str
    status: str
    """``graded``, ``unchanged``, ``failed``, or ``not graded`` if the run was interrupted before."""
    score: float | None = None
    max_score: float | None = None
    remarks: list[Sentence] = field(default_factory=list)
    needs_person: list[Sentence] = field(default_factory=list)
    """Why a person has to look at it."""

    def to_json(self) -> dict[str, Any]:
        """For programs, with the sentences in English."""
        said = {name: [str(one) for one in getattr(self, name)] for name in ("remarks", "needs_person")}
        return {**vars(self), **said}


@dataclass
class Override:
    """A score that a person gave, where the automatic one is another."""

    student: str
    notebook: str
    check: str
    manual_score: float
    auto_score: float | None


@dataclass
class Report:
    """The end of a run."""

    course: str
    assignment: str
    lines: list[Line]
    overrides: list[Override]
    seconds: float
    interrupted: bool = False

    @property
    def ok(self) -> bool:
        """Whether every submission has a score that is up to date."""
        return not self.interrupted and not self.of("failed")

    def of(self, status: str) -> list[Line]:
        """The submissions with this status."""
        return [line for line in self.lines if line.status == status]

    def points(self) -> dict[str, Any] | None:
        """How the points are distributed over the submissions that have a score; None if none has."""
        scored = [line for line in self.lines if line.status in ("graded", "unchanged") and line.score is not None]
        if not scored:
            return None
        scores = [float(line.score or 0) for line in scored]
        highest = max(float(line.max_score or 0) for line in scored)
        bands = [0] * _BANDS
        for score in scores:
            bands[min(_BANDS - 1, int(score / highest * _BANDS)) if highest else 0] += 1
        return {
            "max": highest,
            "lowest": min(scores),
            "median": statistics.median(scores),
            "mean": round(statistics.fmean(scores), 2),
            "highest": max(scores),
            "distribution": [
                {
                    "from": round(highest * n / _BANDS, 2),
                    "to": round(highest * (n + 1) / _BANDS, 2),
                    "submissions": count,
                }
                for n, count in enumerate(bands)
            ],
        }

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "ok": self.ok,
            "course": self.course,
            "assignment": self.assignment,
            "interrupted": self.interrupted,
            "seconds": round(self.seconds, 1),
            "submissions": [line.to_json() for line in self.lines],
            "overrides": [dict(vars(one)) for one in self.overrides],
            "points": self.points(),
            "note": PROPOSAL,
        }


def build(
    gradebook: Gradebook, course: str, assignment: str, outcomes: dict[str, Failure | str], seconds: float
) -> Report:
    """The report on these submissions, from the gradebook.

    Args:
        gradebook: of the course.
        course: its id.
        assignment: which was graded.
        outcomes: for each student the status, or why it failed.
        seconds: how long it took.
    """
    rows = gradebook.db.query(GradedSubmission).filter(GradedSubmission.assignment == assignment)
    remarks = {row.student: [Remark.from_json(one) for one in json.loads(row.remarks)] for row in rows}
    known = {one.student.id: one for one in gradebook.assignment_submissions(assignment)}
    lines, overrides = [], []
    for student, outcome in sorted(outcomes.items()):
        if isinstance(outcome, Failure):
            lines.append(Line(student, "failed", remarks=[outcome.sentence], needs_person=[outcome.sentence]))
            continue
        line = Line(student, outcome)
        lines.append(line)
        if student not in known or outcome not in ("graded", "unchanged"):
            continue
        found = known[student]
        line.score, line.max_score = found.score - found.late_submission_penalty, found.max_score
        said = remarks.get(student, [])
        line.remarks = [one.sentence for one in said]
        line.needs_person = [one.sentence for one in said if one.needs_person] + _by_hand(found)
        overrides += _overrides(student, found)
    return Report(course, assignment, lines, overrides, seconds)


def _by_hand(submission: SubmittedAssignment) -> list[Sentence]:
    several = len(submission.notebooks) > 1
    waiting = [
        f"{notebook.name}/{grade.name}" if several else grade.name
        for notebook in submission.notebooks
        for grade in notebook.grades
        if grade.needs_manual_grade
    ]
    return [sentence("To be scored by hand: %(names)s.", names=", ".join(sorted(waiting)))] if waiting else []


def _overrides(student: str, submission: SubmittedAssignment) -> list[Override]:
    return [
        Override(student, notebook.name, grade.name, grade.manual_score, grade.auto_score)
        for notebook in sorted(submission.notebooks, key=lambda one: str(one.name))
        for grade in sorted(notebook.grades, key=lambda one: str(one.name))
        if grade.manual_score is not None and grade.auto_score not in (None, grade.manual_score)
    ]


def show(report: Report, console: Console, language: Language = "en") -> None:
    """Print the report for a person, in a language."""
    words = languages.of(language)
    gettext = words.gettext

    def number(value: float | None) -> str:
        return languages.number(value, language)

    _show_lines(report, console, words, number)
    counts = ", ".join(f"{len(report.of(status))} {gettext(name)}" for status, name in STATUSES.items())
    person = sum(bool(line.needs_person) for line in report.lines)
    console.print(
        gettext(
            "%(counts)s; %(person)s need a person. %(seconds)s seconds.",
            counts=counts,
            person=person,
            seconds=round(report.seconds),
        )
    )
    found = report.points()
    if found:
        points = {name: number(found[name]) for name in ("max", "lowest", "median", "mean", "highest")}
        console.print(
            gettext(
                "Points of %(max)s: lowest %(lowest)s, median %(median)s, mean %(mean)s, highest %(highest)s.", **points
            )
        )
        most = max(band["submissions"] for band in found["distribution"])
        for band in found["distribution"]:
            bar = "█" * round(band["submissions"] / most * 30)
            interval = gettext("%(low)s to %(high)s", low=f"{number(band['from']):>6}", high=f"{number(band['to']):<6}")
            console.print(f"  {interval} {bar} {band['submissions']}")
    for one in report.overrides:
        said = gettext(
            "%(student)s, %(notebook)s, %(check)s: a person gave %(given)s, which counts; the automatic score is now "
            "%(automatic)s.",
            student=one.student,
            notebook=one.notebook,
            check=one.check,
            given=number(one.manual_score),
            automatic=gettext("none") if one.auto_score is None else number(one.auto_score),
        )
        console.print(_plain(said))
    console.print(gettext(PROPOSAL))


def _show_lines(report: Report, console: Console, words: Words, number: Callable[[float | None], str]) -> None:
    gettext = words.gettext
    table = Table(title=f"{report.course}: {report.assignment}", title_justify="left")
    table.add_column(gettext("Learner"), overflow="fold")
    table.add_column(gettext("Result"), overflow="fold")
    table.add_column(gettext("Points"), justify="right", overflow="fold")
    table.add_column(gettext("Remarks"), overflow="fold")
    for line in report.lines:
        points = "" if line.score is None else f"{number(line.score)} / {number(line.max_score)}"
        said = dict.fromkeys(one.said(words) for one in [*line.needs_person, *line.remarks])
        status = gettext(STATUSES[line.status])
        if line.needs_person and line.status != "failed":
            status = gettext("%(status)s, needs a person", status=status)
        table.add_row(_plain(line.student), status, points, _plain("\n".join(said)))
    console.print(table)


def _plain(text: str) -> str:
    """Without a meaning for rich."""
    return text.replace("[", r"\[")


def current_grades(gradebook: Gradebook, assignment: str) -> list[dict[str, Any]]:
    """Each check's score as it is now, and who or what set it and when; students and checks in alphabetical order."""
    changes = _changes(gradebook, assignment)
    latest = {(str(one.student), str(one.notebook), str(one.cell), str(one.field)): one for one in changes}
    found = []
    for submission in gradebook.assignment_submissions(assignment):
        for notebook in submission.notebooks:
            for grade in notebook.grades:
                name = "auto_score" if grade.manual_score is None else "manual_score"
                change = latest.get((submission.student.id, notebook.name, grade.name, name))
                scored = getattr(grade, name) is not None
                found.append(
                    {
                        "student": submission.student.id,
                        "notebook": notebook.name,
                        "check": grade.name,
                        "score": grade.score if scored else None,
                        "max_score": grade.max_score,
                        "by": change.by if change and scored else None,
                        "at": _time(change) if change and scored else None,
                    }
                )
    return sorted(found, key=lambda one: (one["student"], one["notebook"], one["check"]))


def all_changes(gradebook: Gradebook, assignment: str) -> list[dict[str, Any]]:
    """Every change of a score, in the order in which they were made."""
    return [
        {
            "at": _time(change),
            "by": change.by,
            "student": change.student,
            "notebook": change.notebook,
            "check": change.cell,
            "what": change.field,
            "old": change.old,
            "new": change.new,
        }
        for change in _changes(gradebook, assignment)
    ]


def _changes(gradebook: Gradebook, assignment: str) -> list[ScoreChange]:
    rows = gradebook.db.query(ScoreChange).filter(ScoreChange.assignment == assignment)
    return list(rows.order_by(ScoreChange.id))


def _time(change: ScoreChange) -> str:
    return f"{change.at.isoformat(sep=' ')} UTC"
