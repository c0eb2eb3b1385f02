"""What one notebook may use while it is graded. What happens when it uses more is for whoever watches it."""

from __future__ import annotations

from dataclasses import dataclass

from doorstart.settings import Settings

FILES_SECONDS = 30.0
"""For a learner kernel to take the notebook's files, and for an examiner to take them and to begin."""


@dataclass(frozen=True)
class Limits:
    """What one notebook may use. Times in seconds, sizes in bytes."""

    cell_seconds: float
    notebook_seconds: float
    cpu_seconds: float
    cell_output: int
    output: int
    operations: int
    transfer: int
    restarts: int
    memory: int

    @classmethod
    def of(cls, settings: Settings, asked: dict[str, float]) -> Limits:
        """The site's limits; a job may ask for shorter times."""

        def shorter(name: str, most: float) -> float:
            return min(most, max(asked.get(name, most), 0.1))

        return cls(
            cell_seconds=shorter("cell_seconds", settings.grading_cell_seconds),
            notebook_seconds=shorter("notebook_seconds", settings.grading_notebook_seconds),
            cpu_seconds=settings.grading_cpu_seconds,
            cell_output=settings.grading_cell_output,
            output=settings.grading_output,
            operations=settings.grading_operations,
            transfer=settings.grading_transfer,
            restarts=settings.grading_restarts,
            memory=settings.kernel_memory_limit,
        )
