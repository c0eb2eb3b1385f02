"""Is a course right? What ``doorstart course check`` finds, unit by unit, with the real grading path.

Runs the author's own code, unconfined, in processes of this machine: :mod:`doorstart_examiner.local`. Not for what a
learner has written.
"""

from __future__ import annotations

from doorstart.courses.check.findings import Finding
from doorstart.courses.check.graders import Graders
from doorstart.courses.check.run import CourseReport, check_course
from doorstart.courses.check.unit import UnitReport, check_unit

__all__ = ["CourseReport", "Finding", "Graders", "UnitReport", "check_course", "check_unit"]
