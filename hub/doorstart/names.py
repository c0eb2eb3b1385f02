"""Names that several parts must agree on: container paths, labels, groups, scopes, ids.

Not for knobs: what an admin may change is in :mod:`doorstart.settings`.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import PurePosixPath

# Inside the containers of the trusted side. Each folder is a named volume of its own.
RUN = PurePosixPath("/run/doorstart")
HUB_SOCKET = RUN / "hub" / "hub.sock"
EXCHANGE_SOCKET = RUN / "exchange" / "exchange.sock"
SANDBOX_SOCKET = RUN / "sandbox" / "sandbox.sock"
SERVERS = RUN / "servers"
"""One folder per running server, named by :func:`server_id`; the server's socket is in it."""
KERNELS = RUN / "kernels"
"""One folder per instructor's server, named by :func:`server_id`; in it one folder per running kernel."""
STATE = PurePosixPath("/var/lib/doorstart")

# Inside a server's container.
SERVER_SOCKET = RUN / "server" / "server.sock"
RELAY_SOCKET = RUN / "relay" / "relay.sock"
LEARNER_HOME = PurePosixPath("/home/learner")
INSTRUCTOR_HOME = PurePosixPath("/home/instructor")
COURSE_ROOT = PurePosixPath("/course")
"""Where an instructor's server has the course's folder, and its gradebook."""

EXCHANGE_SCOPE = "access:services!service=exchange"
SANDBOX_SCOPE = "access:services!service=sandbox"

SERVER_UID = 1000
"""User and group id of learners' and instructors' servers."""
KERNEL_UID = 2000
"""User and group id of sandboxed kernels."""
EXAMINER_UID = 2100
"""User and group id of examiners."""
PROXY_UID = 3000
"""User and group id of the proxy: owns the group of every server's socket."""

LABEL_SITE = "doorstart.site"
LABEL_ROLE = "doorstart.role"
LABEL_SERVER = "doorstart.server"

COURSE_ID = re.compile(r"(?=.{1,30}\Z)(?!.*-(?:nl|fr|en|de)\Z)[a-z][a-z0-9]*(?:-[a-z0-9]+)*(?:\.(?:nl|fr|en|de))?\Z")
"""A course id: lower-case words joined by hyphens, and optionally a dot and the language; 30 characters at most.

It does not end in a hyphen and a language, so that :func:`server_name` gives each course another name.
"""
ASSIGNMENT_ID = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,62}[A-Za-z0-9])?\Z")
USERNAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,30}[a-z0-9])?\Z")
"""A username: lower case, so that two names never differ in case alone; safe in a file name and a URL."""

HIDDEN_TESTS = ("### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS")
"""The lines between which hidden tests stand. nbgrader looks for them without the three signs.

:mod:`doorstart_examiner.local` says the same once more: `extensions/` imports nothing of `hub/`, and where this package
runs (the command line, the sandbox) the examiner need not be installed. `tests/unit/test_names.py` compares them.
"""

CHECK_PREFIX = "check-"
"""How the usernames of the checks' people begin. The checks delete such accounts, so nobody else has one."""

UNIX_PATH_MAX = 107
"""Longest path of a Unix socket in bytes (``sun_path`` in ``unix(7)`` is 108 with its final zero)."""


def server_id(username: str, server_name: str = "") -> str:
    """The id of a person's server: 16 hexadecimal digits.

    Short and of one length whatever the names are, so that socket paths stay below :data:`UNIX_PATH_MAX`
    and a folder's name tells nobody whose it is.
    """
    return hashlib.sha256(f"{username}/{server_name}".encode()).hexdigest()[:16]


def server_name(course_id: str) -> str:
    """The name of an instructor's server for a course; JupyterHub 6 allows no dot in it."""
    return course_id.replace(".", "-")


def readable_course(course_id: str) -> str:
    """A course's id for people to read, when its title is not known: ``Stock management (en)``."""
    course, _, language = course_id.partition(".")
    readable = course.replace("-", " ").capitalize()
    return f"{readable} ({language})" if language else readable


def group(course_id: str, role: str) -> str:
    """The Hub group of a course's people; ``role`` is ``"learner"`` or ``"instructor"``.

    Raises:
        ValueError: not a course id, or another role.
    """
    if not COURSE_ID.match(course_id):
        raise ValueError(f"{course_id!r} is not a course id: use lower-case letters, digits and hyphens")
    if role not in ("learner", "instructor"):
        raise ValueError(f"{role!r} is not a role in a course: it is learner or instructor")
    return f"course:{course_id}:{role}"


def courses_of(groups: list[str], role: str) -> list[str]:
    """The course ids, sorted, in which somebody with these Hub groups has this role."""
    parts = (name.split(":") for name in groups)
    return sorted(p[1] for p in parts if len(p) == 3 and p[0] == "course" and p[2] == role and COURSE_ID.match(p[1]))
