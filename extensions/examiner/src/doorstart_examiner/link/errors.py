"""What can go wrong between the two sides."""

from __future__ import annotations

from doorstart_examiner.said import said


class BadMessage(Exception):  # noqa: N818 (the message is what is bad)
    """The other side does not keep to the form. Nothing that it says from here on is of use."""


REFUSED = "refused"
"""Why a learner kernel may not go on: it did not keep to the form."""


class CannotCross(Exception):  # noqa: N818 (says what the value cannot do)
    """A value cannot go to the other side: it is too large, or of a kind that must not go. The text says which."""


class KernelGone(BaseException):
    """The learner kernel is not there any more, or may not go on. Test code cannot catch it by mistake.

    Attributes:
        reason: one word for programs, as in the conductor's answer.
        message: for an instructor.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


class TimeOver(BaseException):
    """The time of a test cell is over."""

    def __init__(self) -> None:
        super().__init__(said("The time for this check was over."))
