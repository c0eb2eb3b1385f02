"""What can end the work on a notebook: the learner's code, or something that is not the learner's doing."""

from __future__ import annotations

from enum import StrEnum

from doorstart.sandbox.grading.limits import Limits
from doorstart.sandbox.said import said
from doorstart.settings import MIB


class Reason(StrEnum):
    """Why a learner kernel was ended, or stopped in the middle of a cell."""

    OUT_OF_MEMORY = "out-of-memory"
    CELL_TIME = "cell-time"
    NOTEBOOK_TIME = "notebook-time"
    CPU_TIME = "cpu-time"
    OUTPUT = "output"
    EXITED = "exited"


class Incident(Exception):  # noqa: N818  (it is an outcome of a learner's code, not a fault)
    """The learner's code was stopped in a cell. ``reply``: what the kernel, which is still there, said after that."""

    def __init__(self, reason: Reason, message: str, reply: bytes | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.reply = reply


class Lost(Exception):  # noqa: N818
    """A learner kernel or an examiner has gone without the learner's doing."""


class Failed(Exception):  # noqa: N818
    """The job cannot be carried out at this time; the message is for an instructor."""


def message(reason: Reason, limits: Limits) -> str:
    """What is said of a learner kernel that was ended, or stopped."""
    match reason:
        case Reason.OUT_OF_MEMORY:
            megabytes = limits.memory // MIB
            return said("The learner's code used more than %(megabytes)s MB of memory.", megabytes=megabytes)
        case Reason.CELL_TIME:
            seconds = f"{limits.cell_seconds:g}"
            return said("The learner's code ran longer than %(seconds)s seconds in this cell.", seconds=seconds)
        case Reason.NOTEBOOK_TIME:
            seconds = f"{limits.notebook_seconds:g}"
            return said("The notebook ran longer than %(seconds)s seconds.", seconds=seconds)
        case Reason.CPU_TIME:
            seconds = f"{limits.cpu_seconds:g}"
            return said("The learner's code used more than %(seconds)s seconds of processor time.", seconds=seconds)
        case Reason.OUTPUT:
            return said("The learner's code gave back more data than is taken.")
        case Reason.EXITED:
            return said("The learner's code ended the kernel's program.")
