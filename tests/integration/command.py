"""The ``doorstart`` command as an admin runs it, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    returncode: int
    stdout: str
    stderr: str
    seconds: float


def doorstart(*arguments: str, stdin: str = "", cwd: Path | None = None, **environment: str) -> Done:
    """Run the command for the tests' site.

    Args:
        arguments: Its arguments.
        stdin: What is typed.
        cwd: Where; default: here.
        environment: Settings that differ from the tests' site.
    """
    began = time.monotonic()
    done = subprocess.run(
        [Path(sys.executable).with_name("doorstart"), *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**os.environ, **environment},
        timeout=280,
    )
    return Done(done.returncode, done.stdout, done.stderr, time.monotonic() - began)
