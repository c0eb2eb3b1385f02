"""What the course's gradebook and folders know: units, what was collected, and scores. Read at once, for one page."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from nbgrader.api import Assignment, Gradebook, Notebook, Student, SubmittedAssignment, SubmittedNotebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import parse_utc

from doorstart_course_page.book import Book
from doorstart_grading import late
from doorstart_grading.gradebook import GradedSubmission, ScoreChange
from doorstart_grading.remarks import Remark

Key = tuple[str, str]
"""An assignment and a learner."""
UNIT_NAME = "[A-Za-z0-9_-]{1,64}"
"""A unit's name, as an expression: ``doorstart.names.ASSIGNMENT_ID``. A folder of another name is no unit."""


@dataclass(frozen=True)
class Grade:
    """A graded submission. ``points`` are without ``penalty``, what being late took off."""

    submitted: datetime | None
    """When what was graded had been handed in."""
    points: float
    most: float
    penalty: float
    by_hand: bool
    """Whether a person still has to give points."""
    notebook: str
    """The id of its first notebook in formgrader."""
    remarks: tuple[Remark, ...] = ()

    @property
    def needs_person(self) -> bool:
        """Whether a person has to look at the work before the score is released."""
        return any(remark.needs_person for remark in self.remarks)


@dataclass(frozen=True)
class Agreed:
    """What was agreed with a learner about a unit."""

    due: datetime | None
    waived: bool


@dataclass(frozen=True)
class Facts:
    """All of it. Times have a time zone."""

    titles: Mapping[str, str]
    """Of each unit that the course has, by its name."""
    dues: Mapping[str, datetime | None]
    collected: Mapping[Key, datetime | None]
    grades: Mapping[Key, Grade]
    agreed: Mapping[Key, Agreed]
    rule: late.Rule


def read_facts(book: Book) -> Facts:
    """Read the gradebook and look into the course's folders."""
    coursedir = book.course.coursedir
    with book.opened() as gradebook:
        dues = {str(name): aware(due) for name, due in gradebook.db.query(Assignment.name, Assignment.duedate)}
        agreed = {
            key: Agreed(aware(row.due), bool(row.waived))  # type: ignore[arg-type]  # nbgrader's tables have no types
            for key, row in late.agreements(gradebook).items()
        }
        grades, rule = _grades(gradebook), late.read_rule(gradebook)
    source = Path(coursedir.root, coursedir.source_directory)
    names = {path.name for path in source.iterdir() if path.is_dir()} if source.is_dir() else set()
    titles = {name: title_of(source / name) for name in sorted(names | set(dues)) if re.fullmatch(UNIT_NAME, name)}
    return Facts(titles, dues, _collected(coursedir), grades, agreed, rule)


def settled_facts(book: Book) -> Facts:
    """As :func:`read_facts`, with what being late costs worked out anew for work that a person gave points for.

    Points are given in formgrader, which knows no penalties of ours. This may write into the gradebook, and each such
    work takes a hundredth of a second: not for a page that asks again by itself.
    """
    facts = read_facts(book)
    if facts.rule.kind == "none":
        return facts
    with book.opened() as gradebook:
        changes = gradebook.db.query(ScoreChange.assignment, ScoreChange.student)
        by_hand = {(str(name), str(student)) for name, student in changes.filter(ScoreChange.field != "auto_score")}
        late_ones = sorted(key for key in by_hand if _costs_something(facts, key))
        for assignment, student in late_ones:
            late.settle(gradebook, assignment, student)
    return read_facts(book) if late_ones else facts


def _costs_something(facts: Facts, key: Key) -> bool:
    """Whether a graded submission is late, and its learner is not let off."""
    grade, agreed = facts.grades.get(key), facts.agreed.get(key, Agreed(None, False))
    due = agreed.due or facts.dues.get(key[0])
    return grade is not None and not agreed.waived and late.seconds_late(grade.submitted, due) > 0


def title_of(folder: Path) -> str:
    """What a unit says that it is called, in the metadata of its notebook; its name, if it says nothing."""
    found = sorted(folder.glob("*.ipynb"), key=lambda path: (path.stem != folder.name, path.name))
    if not found:
        return folder.name
    try:
        return _title(found[0], found[0].stat().st_mtime_ns) or folder.name
    except OSError:
        return folder.name


@lru_cache(maxsize=256)
def _title(path: Path, _: int) -> str:
    """The title in a notebook; the second argument is its time, so that one that was changed is read again."""
    try:
        title = json.loads(path.read_bytes())["metadata"]["doorstart"]["title"]
    except (ValueError, KeyError, TypeError):
        return ""
    return title[:200] if isinstance(title, str) else ""


def _grades(gradebook: Gradebook) -> dict[Key, Grade]:
    # One question for all submissions: nbgrader's objects would ask again for each.
    query = (
        gradebook.db.query(
            Assignment.name,
            Student.id,
            SubmittedAssignment.timestamp,
            SubmittedAssignment.score,
            SubmittedAssignment.max_score,
            SubmittedAssignment.late_submission_penalty,
            SubmittedAssignment.needs_manual_grade,
            SubmittedAssignment.id,
        )
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .join(Student, SubmittedAssignment.student_id == Student.id)
    )
    notebooks = gradebook.db.query(SubmittedNotebook.assignment_id, SubmittedNotebook.id).join(
        Notebook, SubmittedNotebook.notebook_id == Notebook.id
    )
    first = dict(reversed(notebooks.order_by(Notebook.name).all()))
    ended = {(row.assignment, row.student): row.remarks for row in gradebook.db.query(GradedSubmission)}
    return {
        (name, student): Grade(
            aware(time),
            float(score - penalty),
            float(most),
            float(penalty),
            bool(by_hand),
            str(first.get(identity, "")),
            tuple(Remark.from_json(one) for one in json.loads(ended[name, student])),
        )
        for name, student, time, score, most, penalty, by_hand, identity in query
        if (name, student) in ended
    }


def _collected(coursedir: CourseDirectory) -> dict[Key, datetime | None]:
    """When what lies in the folder of collected work was handed in."""
    found = {}
    for folder in Path(coursedir.root, coursedir.submitted_directory).glob("*/*"):
        if folder.is_dir() and not folder.name.startswith(".") and not folder.parent.name.startswith("."):
            try:
                text = (folder / "timestamp.txt").read_text(encoding="utf-8")
                found[folder.name, folder.parent.name] = aware(parse_utc(text.strip()))
            except (OSError, ValueError):
                found[folder.name, folder.parent.name] = None
    return found


def aware(time: datetime | None) -> datetime | None:
    """A time of nbgrader's, which has no zone and is UTC, with its zone."""
    return time.replace(tzinfo=UTC) if time else None
