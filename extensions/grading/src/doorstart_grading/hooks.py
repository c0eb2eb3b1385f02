"""What happens around the grading of each submission, whoever started it: formgrader, nbgrader or ``doorstart grade``.

nbgrader tells a hook nothing but the paths of the notebooks, and logs an error of a hook without failing: without
what :func:`after` keeps, the submission is graded again the next time, and nothing else happens.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory

from doorstart_grading import fingerprint, grader, late, remarks
from doorstart_grading.gradebook import GradedSubmission, now
from doorstart_grading.remarks import Remark
from doorstart_grading.sentence import sentence
from doorstart_grading.submission import SUFFIX, locate, notebooks_of, strangers


def before(*, assignment: str, notebooks: list[str], **_: Any) -> None:
    """For :attr:`Autograde.pre_convert_hook`: a notebook that a learner renamed has its right name again."""
    folder, chosen = Path(notebooks[0]).parent, {Path(path).name for path in notebooks}
    found = locate(folder, notebooks_of(_coursedir(folder), assignment))
    names = sorted(name for name, path in found.items() if path.name in chosen)
    notebooks[:] = [str(folder / f"{name}{SUFFIX}") for name in names] or notebooks


def before_feedback(*, notebooks: list[str], **_: Any) -> None:
    """For :attr:`GenerateFeedback.pre_convert_hook`: points that a person gave may change what being late costs."""
    folder = Path(notebooks[0]).parent
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
                inputs=fingerprint.of_submission(coursedir, assignment, student, version, gradebook),
                outputs=fingerprint.of_autograded(coursedir, assignment, student),
                by=grader.label(),
                at=now(),
                remarks=json.dumps([one.to_json() for one in _remarks(coursedir, folder)]),
            )
        )
        gradebook.db.commit()


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
