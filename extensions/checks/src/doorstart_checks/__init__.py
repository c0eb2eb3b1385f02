"""What the checks of a course are written with: ``check``, in the course's language, and ``variant``.

A check cell says ``from doorstart_checks.en import check`` and runs, unchanged, in the learner's notebook and in the
examiner. Not for grading: points are given by whoever runs the cell, for running to its end.
"""

from __future__ import annotations

from doorstart_checks.failed import CheckFailed
from doorstart_checks.variant import Variant, variant

__all__ = ["CheckFailed", "Variant", "variant"]
