"""What of an assignment's folder is the learner's work. Imports no nbgrader, which servers load late."""

from __future__ import annotations

from pathlib import Path

FEEDBACK_FOLDER = "feedback"
NOT_WORK = (FEEDBACK_FOLDER, ".ipynb_checkpoints")
"""What may lie in an assignment's folder that was never fetched."""


def has_work(folder: Path) -> bool:
    """Whether an assignment was fetched into this folder; feedback alone does not count."""
    return folder.is_dir() and any(entry.name not in NOT_WORK for entry in folder.iterdir())
