"""What all exchange classes share: configuration, the client, the names of local folders, errors in nbgrader's way."""

# nbgrader has no type information, so its classes are Any to mypy.
from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, NoReturn

from nbgrader.exchange import abc
from nbgrader.utils import get_username
from traitlets import Bool, Unicode

from doorstart_exchange_client.client import RELAY_SOCKET, ExchangeClient, ExchangeClientError
from doorstart_exchange_client.wire import JUNK, ArchiveError


class Exchange(abc.Exchange):
    """The base of the exchange classes."""

    socket = Unicode(RELAY_SOCKET, help="Path of the Unix socket of the relay, which leads to the exchange.").tag(
        config=True
    )
    path_includes_course = Bool(
        True,
        help="Whether an assignment's folder is `./course/assignment` (True) or `./assignment` (False).",
    ).tag(config=True)

    def init_src(self) -> None:
        """Nothing to prepare; subclasses say what they need."""

    def init_dest(self) -> None:
        """Nothing to prepare; subclasses say what they need."""

    @property
    def client(self) -> ExchangeClient:
        """The exchange, as the owner of this server."""
        return ExchangeClient(self.socket)

    def refuse(self, message: str) -> NoReturn:
        """Logs a message and raises nbgrader's ``ExchangeError``."""
        self.fail(message)
        raise AssertionError("fail() raises")

    @contextmanager
    def errors_in_words(self) -> Iterator[None]:
        """Whatever goes wrong inside becomes nbgrader's ``ExchangeError`` with a message for a person."""
        try:
            yield
        except (ExchangeClientError, ArchiveError) as error:
            self.refuse(str(error))
        except OSError as error:
            self.refuse(
                f"A file could not be read or written: {error.filename or ''} ({error.strerror or error}). "
                "If your disk is full, delete what you do not need; then try again."
            )

    def course(self) -> str:
        """The course id; fails when there is none."""
        course = str(self.coursedir.course_id)
        if not course:
            self.refuse("No course id specified. Re-run with --course flag.")
        return course

    def assignment(self) -> str | None:
        """The assignment id, or None for all (empty, or nbgrader's ``*``)."""
        name = str(self.coursedir.assignment_id)
        return None if name in ("", "*") else name

    def require_own_name(self) -> None:
        """Fails when another student id was asked for: the token says who is who, and nothing else."""
        asked = str(self.coursedir.student_id)
        if asked not in ("", "*", own_name()):
            self.refuse(f"You are {own_name()} and can do this only for yourself, not for {asked!r}.")

    def wants_student(self, name: str) -> bool:
        """Whether nbgrader's ``student_id`` and ``student_id_exclude`` select this learner."""
        excluded = [part.strip() for part in str(self.coursedir.student_id_exclude).split(",")]
        return fnmatch(name, str(self.coursedir.student_id) or "*") and name not in excluded

    def local_folder(self, course: str, assignment: str) -> Path:
        """Where an assignment lies in this server, as an absolute path."""
        root = Path(self.assignment_dir).absolute()
        return root / course / assignment if self.path_includes_course else root / assignment

    def ignored(self) -> Callable[[str], bool]:
        """Whether a file or folder of this name is left out, by nbgrader's ``ignore`` and our list of junk."""
        patterns = [*JUNK, *self.coursedir.ignore]
        return lambda name: any(fnmatch(name, pattern) for pattern in patterns)

    @property
    def max_bytes(self) -> int:
        """Most bytes to read into memory; nbgrader's ``max_dir_size`` is in kilobytes."""
        return 1000 * int(self.coursedir.max_dir_size)


def own_name() -> str:
    """The Hub's name of this server's owner. In a container everybody has the same system user."""
    return os.environ.get("JUPYTERHUB_USER") or str(get_username())


def notebooks(files: list[dict[str, Any]]) -> list[str]:
    """The ids (names without ``.ipynb``) of the notebooks at the top of an archive."""
    return sorted(
        path.removesuffix(".ipynb")
        for path in (str(file["path"]) for file in files)
        if path.endswith(".ipynb") and "/" not in path
    )
