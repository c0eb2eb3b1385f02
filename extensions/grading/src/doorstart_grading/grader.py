"""Who or what grades: the name under which automatic and manual scores stand in the gradebook."""

from __future__ import annotations

import getpass
import os
import re
import time
from functools import cache
from importlib import metadata

from doorstart_sandbox_kernel.client import Sandbox

_FRESH = 60
"""Seconds for which the sandbox is not asked again what it grades with."""


class _Known:
    image = ""
    asked: float | None = None


@cache
def version() -> str:
    """The version of this package."""
    try:
        return metadata.version("doorstart-grading")
    except metadata.PackageNotFoundError:  # Run from its sources.
        return "0"


def label() -> str:
    """What gives automatic scores: this package, and the image that learners' code runs in, as far as it is known."""
    image = f", image {_Known.image}" if _Known.image else ""
    return f"Doorstart grading {version()}{image}"


def person() -> str:
    """Who gives scores in formgrader: the Hub's user of this server."""
    return os.environ.get("JUPYTERHUB_USER") or getpass.getuser()


def ask(sandbox: Sandbox) -> None:
    """Ask the sandbox what it grades with, once a minute.

    Raises:
        SandboxError: no answer, or a refusal.
    """
    now = time.monotonic()
    if _Known.asked is None or now - _Known.asked > _FRESH:
        image = str(sandbox.grader().get("image", ""))
        _Known.image = image if re.fullmatch(r"[\w.:/@+-]{1,200}", image) else ""
        _Known.asked = now
