"""The course format: reading and checking course folders, and building nbgrader notebooks from them.

A course folder is described in :mod:`doorstart.courses.format`, a unit's text in :mod:`doorstart.courses.cells`.
Nothing here imports nbgrader: courses are built on the host, where it is not installed. The learner's version is
made in the course's folder by ``nbgrader generate_assignment UNIT --create --force``.
"""

from __future__ import annotations

from doorstart.courses.build import build_course, course_id
from doorstart.courses.format import Course, CourseError, Unit, read_course, read_unit
from doorstart.courses.reference import reference_answers, reference_solution, wrong_solution

__all__ = [
    "Course",
    "CourseError",
    "Unit",
    "build_course",
    "course_id",
    "read_course",
    "read_unit",
    "reference_answers",
    "reference_solution",
    "wrong_solution",
]
