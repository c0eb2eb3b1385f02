"""Every way in which the exchange says no: HTTP status, a word for programs, and a text that a teacher understands."""

# ruff: noqa: N818  the exceptions are answers, named for what they say
from __future__ import annotations


class ExchangeError(Exception):
    """A request is refused and nothing was stored."""

    status = 400
    code = "refused"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class UnknownCourse(ExchangeError):
    """No such course, or the caller is not in it: the two must look the same to the caller."""

    status = 404
    code = "unknown_course"

    def __init__(self, course: str) -> None:
        super().__init__(
            f"You have no course {course!r}. Check the name; if it is right, ask your instructor to enrol you."
        )


class InstructorsOnly(ExchangeError):
    status = 403
    code = "instructors_only"

    def __init__(self, course: str) -> None:
        super().__init__(f"Only instructors of {course} can do this, and you are a learner there.")


class LearnersOnly(ExchangeError):
    status = 403
    code = "learners_only"

    def __init__(self, course: str) -> None:
        super().__init__(
            f"Only learners of {course} hand in work, and you are its instructor. "
            "To try it out, ask the admin for a learner's account in the course."
        )


class NotReleased(ExchangeError):
    status = 404
    code = "not_released"

    def __init__(self, course: str, assignment: str) -> None:
        super().__init__(
            f"The assignment {assignment!r} is not released in {course}. "
            "Check the name in the list of assignments, or ask your instructor."
        )


class UnknownSubmission(ExchangeError):
    """No such submission, or not one that the caller may see: the two must look the same."""

    status = 404
    code = "unknown_submission"

    def __init__(self) -> None:
        super().__init__("You have no submission with this number. Look it up in the list of submissions.")


class NoFeedback(ExchangeError):
    status = 404
    code = "no_feedback"

    def __init__(self) -> None:
        super().__init__("There is no feedback for this submission yet. Your instructor releases it after grading.")


class BadTime(ExchangeError):
    status = 422
    code = "bad_time"

    def __init__(self, time: str) -> None:
        super().__init__(f"{time!r} is not a time. Write it such as 2030-01-31 16:00:00.000000 UTC, and try again.")


class BadScore(ExchangeError):
    status = 422
    code = "bad_score"

    def __init__(self, score: str) -> None:
        super().__init__(f"{score!r} is not a score. Write the points and the most points, such as 7.5/10.")


class BadName(ExchangeError):
    status = 422
    code = "bad_name"

    def __init__(self, what: str, name: str) -> None:
        super().__init__(
            f"{name!r} cannot be the name of {what}. Use letters, digits, hyphens and underscores, at most 64 of them, "
            "and begin and end with a letter or digit."
        )


class TooManySubmissions(ExchangeError):
    status = 429
    code = "too_many_submissions"

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"You have handed in this assignment {limit} times, which is the most there can be. "
            "What you handed in is kept; speak to your instructor if you need one more."
        )


class TooLarge(ExchangeError):
    status = 413
    code = "too_large"

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"This is larger than {limit // 1024**2} MiB, which is the most there can be. Delete large files or "
            "clear the output of notebooks, and try again."
        )


class TooManyFiles(ExchangeError):
    status = 413
    code = "too_many_files"

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"There are more than {limit} files and folders, which is the most there can be. "
            "Delete what is not needed, and try again."
        )


class WrongDigest(ExchangeError):
    status = 400
    code = "wrong_digest"

    def __init__(self) -> None:
        super().__init__("The upload was damaged or cut short on its way. Nothing was stored: try again.")


class DigestMissing(ExchangeError):
    status = 400
    code = "digest_missing"

    def __init__(self, header: str) -> None:
        super().__init__(f"The request must carry the SHA-256 of its body, as 64 hexadecimal digits, in {header}.")


class UploadTimeout(ExchangeError):
    status = 408
    code = "upload_timeout"

    def __init__(self) -> None:
        super().__init__("The upload stood still for too long. Nothing was stored: try again.")


class BadArchive(ExchangeError):
    """The uploaded archive breaks a rule; ``code`` says which."""

    status = 422

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class StoreFull(ExchangeError):
    status = 507
    code = "store_full"

    def __init__(self) -> None:
        super().__init__("The disk of the exchange is full. Nothing was stored: tell the admin, then try again.")
