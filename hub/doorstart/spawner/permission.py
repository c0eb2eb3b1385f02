"""Who may start which server: decided by the server's name and the person's groups, by nothing in a request."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from doorstart import names


class Kind(Enum):
    """What a server is for; the value is its label."""

    LEARNER = "learner"
    INSTRUCTOR = "instructor"


class RefusedError(Exception):
    """This person has no such server; the message is for the person."""


@dataclass(frozen=True)
class Grant:
    """A server that somebody may start: its kind and, for an instructor's, its course."""

    kind: Kind
    course: str = ""


def grant(server_name: str, groups: list[str]) -> Grant:
    """What the server of this name is for somebody with these Hub groups.

    A learner has one server, without a name, for all courses. An instructor has one server for each course, named
    after it by :func:`doorstart.names.server_name`.

    Raises:
        RefusedError: there is no such server for this person.
    """
    taught = names.courses_of(groups, "instructor")
    if not server_name:
        if names.courses_of(groups, "learner"):
            return Grant(Kind.LEARNER)
        if taught:
            raise RefusedError(f"An instructor has one server for each course. Yours: {', '.join(taught)}.")
        raise RefusedError("You are not in a course yet. Ask your instructor.")
    for course in taught:
        if names.server_name(course) == server_name:
            return Grant(Kind.INSTRUCTOR, course)
    raise RefusedError("There is no such server. Go back to the start page.")
