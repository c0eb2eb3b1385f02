"""What kind of page an address of a server is, as Jupyter Server, JupyterLab and nbgrader lay them out."""

from __future__ import annotations

import re
from enum import Enum
from typing import Final


class Kind(Enum):
    """A kind of page."""

    LAB = "lab"
    """JupyterLab itself."""
    FORMGRADER = "formgrader"
    """A page that nbgrader renders from its own templates."""
    COURSE = "course"
    """A page of *My course*, which is made from our own templates."""
    PART = "part"
    """A script, style or picture of these three."""
    CONTENT = "content"
    """Everything else: files, converted notebooks, answers of the REST API."""


COURSE_PARTS: Final = "course/static/"
"""The folder with the parts of *My course*."""
LARGE_PARTS: Final = ("static/", "lab/extensions/", "lab/api/themes/", "formgrader/static/", "formgrader/fonts/")
"""Folders with the parts of JupyterLab and formgrader, below a server's base URL. No learner can write there."""
PARTS: Final = (*LARGE_PARTS, COURSE_PARTS)

_LAB: Final = re.compile(r"(?:lab|doc)(?:/(?!api/|extensions/).*)?\Z")
_COURSE: Final = re.compile(r"course(?:/.*)?\Z")
_FORMGRADER: Final = re.compile(
    r"formgrader/(?:manage_assignments|manage_submissions/.+|manage_students(?:/.*)?|gradebook(?:/.*)?"
    r"|submissions/[^/]+/?)\Z"  # what lies below a submission are the learner's files
)


def kind_of(path: str) -> Kind:
    """The kind of a page.

    Args:
        path: below the server's base URL, as it was requested and without the query. What is encoded stays so: the
            server's own routes do not take an encoded slash for one either.
    """
    if path.startswith(PARTS):
        return Kind.PART
    if _LAB.match(path):
        return Kind.LAB
    if _COURSE.match(path):
        return Kind.COURSE
    if _FORMGRADER.match(path):
        return Kind.FORMGRADER
    return Kind.CONTENT
