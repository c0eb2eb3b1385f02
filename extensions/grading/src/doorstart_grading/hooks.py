"""What happens around the grading of each submission, whoever started it: formgrader, nbgrader or ``doorstart grade``.

nbgrader tells a hook nothing but the paths of the notebooks, and logs an error of a hook without failing: without
what :func:`after` keeps, the submission waits for a grade and is graded the next time, and nothing else happens.
"""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

from nbgrader.api import Grade, Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory

from doorstart_grading import fingerprint, grader, late, remarks
from doorstart_grading.gradebook import GradedSubmission, now
from doorstart_grading.remarks import Remark
from doorstart_grading.sentence import sentence
from doorstart_grading.submission import SUFFIX, locate, notebooks_of, strangers


def before(*, assignment: str, notebooks: list[str], **_: Any) -> None:
    """For :attr:`Autograde.pre_convert_hook`: nothing is graded yet; a renamed notebook has its right name again."""
    folder, chosen = Path(notebooks[0]).parent, {Path(path).name for path in notebooks}
    try:
        _begin(_coursedir(folder), folder)
    finally:  # nbgrader goes on without a hook that failed: then at least with the right notebooks.
        found = locate(folder, notebooks_of(_coursedir(folder), assignment))
        names = sorted(name for name, path in found.items() if path.name in chosen)
        notebooks[:] = [str(folder / f"{name}{SUFFIX}") for name in names] or notebooks


def before_feedback(*, notebooks: list[str], **_: Any) -> None:
    """For :attr:`GenerateFeedback.pre_convert_hook`: the pages have room, and being late costs what it costs now.

    Points that a person gave may have changed that.
    """
    folder = Path(notebooks[0]).parent
    _make_room(notebooks)
    coursedir = _coursedir(folder)
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        late.settle(gradebook, folder.name, folder.parent.name)


def after(*, notebooks: list[str], **_: Any) -> None:
    """For :attr:`Autograde.post_convert_hook`: what the submission was graded from, and remarks for the instructor."""
    folder = Path(notebooks[0]).parent
    coursedir, assignment, student = _coursedir(folder), folder.name, folder.parent.name
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        version = fingerprint.of_assignment(coursedir, assignment, gradebook)
        gradebook.db.merge(
            GradedSubmission(
                student=student,
                assignment=assignment,
                inputs=fingerprint.of_submission(coursedir, assignment, student, version),
                outputs=fingerprint.of_autograded(coursedir, assignment, student),
                by=grader.label(),
                at=now(),
                remarks=json.dumps([one.to_json() for one in _remarks(coursedir, folder)]),
            )
        )
        gradebook.db.commit()


def _begin(coursedir: CourseDirectory, folder: Path) -> None:
    """What was graded before is no grade of what is graded now, whether or not that comes to its end.

    Points that a person gave to other work wait for a person. Only here that can be seen: nbgrader's next step is to
    put the time of the new work into the gradebook. :class:`doorstart_grading.grades.SaveGrades` leaves it so.
    """
    assignment, student = folder.name, folder.parent.name
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        graded = gradebook.db.get(GradedSubmission, (student, assignment))
        if graded is not None:
            gradebook.db.delete(graded)
        for grade in _of_other_work(gradebook, assignment, student, coursedir.get_existing_timestamp(str(folder))):
            if grade.manual_score is not None:
                grade.needs_manual_grade = True
        gradebook.db.commit()


def _of_other_work(gradebook: Gradebook, assignment: str, student: str, time: datetime | None) -> list[Grade]:
    """A learner's grades, if they may be of other work than what was handed in at this time (None: not known when)."""
    try:
        submission = gradebook.find_submission(assignment, student)
    except MissingEntry:
        return []
    if time is not None and submission.timestamp == time:
        return []
    return [grade for notebook in submission.notebooks for grade in notebook.grades]


def _make_room(notebooks: list[str]) -> None:
    """nbgrader copies what a learner handed in to where the feedback is written, and cannot write over it."""
    for notebook in notebooks:
        page = Path(notebook).with_suffix(".html")
        if page.is_dir() and not page.is_symlink():
            shutil.rmtree(page)
        else:
            page.unlink(missing_ok=True)


def _coursedir(folder: Path) -> CourseDirectory:
    """The course of a submission's folder, which is ``COURSE/submitted/STUDENT/ASSIGNMENT``, nbgrader's default."""
    return CourseDirectory(root=str(folder.parents[2]))


def _remarks(coursedir: CourseDirectory, folder: Path) -> list[Remark]:
    known = notebooks_of(coursedir, folder.name)
    found = locate(folder, known)
    autograded = Path(coursedir.format_path(coursedir.autograded_directory, folder.parent.name, folder.name))
    several = len(known) > 1
    said = []
    for name in sorted(known):
        if name not in found:
            said.append(
                Remark(sentence("The notebook `%(name)s` was not handed in; its checks give no points.", name=name))
            )
            continue
        for one in remarks.of(json.loads((autograded / f"{name}{SUFFIX}").read_bytes())):
            what = sentence("%(notebook)s: %(what)s", notebook=name, what=one.sentence) if several else one.sentence
            said.append(Remark(what, one.needs_person))
    said += [
        Remark(
            sentence("The file `%(name)s` is not a notebook of the assignment; it was not graded.", name=path.name),
            needs_person=len(found) < len(known),
        )
        for path in strangers(folder, known)
        if path not in found.values()
    ]
    return said
