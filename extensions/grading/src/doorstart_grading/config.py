"""Configuration in one call, from an ``nbgrader_config.py``::

from doorstart_grading.config import configure
configure(get_config())
"""

from __future__ import annotations

from nbgrader.preprocessors import LimitOutput
from traitlets.config import Config

from doorstart_grading import gradebook  # noqa: F401  (keeps the history of scores from here on)
from doorstart_grading.examine import Examine
from doorstart_grading.exporter import SubmissionExporter
from doorstart_grading.feedback import configure_feedback
from doorstart_grading.grades import SaveGrades
from doorstart_grading.late import Late
from doorstart_grading.repair import Repair


def configure(c: Config, socket: str | None = None) -> None:
    """Makes nbgrader grade in the sandbox, and write feedback that gives nothing away.

    Args:
        c: the configuration object of an ``nbgrader_config.py``.
        socket: path of the sandbox's Unix socket, when it is not at its usual place.
    """
    c.Autograde.exporter_class = SubmissionExporter
    c.Autograde.sanitize_preprocessors = [Repair]
    c.Autograde.autograde_preprocessors = [Examine, LimitOutput, SaveGrades, Late]
    # By name: formgrader compares its configuration with what it has read before.
    c.Autograde.pre_convert_hook = "doorstart_grading.hooks.before"
    c.Autograde.post_convert_hook = "doorstart_grading.hooks.after"
    configure_feedback(c)
    c.GenerateFeedback.pre_convert_hook = "doorstart_grading.hooks.before_feedback"
    if socket is not None:
        c.Examine.socket = socket
