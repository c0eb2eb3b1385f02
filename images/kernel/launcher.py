"""Starts the Jupyter kernel in its throw-away container: makes the sockets, waits for the seal, then goes to the files.

Run by ``narrow.py`` as ``/opt/venv/bin/python -I /opt/doorstart/launcher.py`` with the root folder as working folder,
so that nothing of the submission can be imported, or read as configuration, while the kernel starts. The submission's
files come into the working folder only after the sandbox service has sealed the sockets.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from pathlib import Path

from ipykernel.kernelapp import IPKernelApp
from traitlets.config import Config

SOCKETS = Path("/run/doorstart/kernel")
FILES = Path("/run/doorstart/files")
"""Read-only: ``connection.json`` and, in ``work``, the submission's files."""
WORK = Path("/work")
MATPLOTLIB_CACHE = Path("/opt/doorstart/matplotlib")
"""The list of fonts, made when the image was built: making it takes seconds."""
SEAL_TIMEOUT = 120.0
"""Seconds. Only a safety net: the service ends a container that it cannot seal."""


def main() -> None:
    """Run the kernel until it is shut down."""
    os.umask(0o077)
    home = Path.home()
    home.mkdir(parents=True, exist_ok=True)
    if MATPLOTLIB_CACHE.is_dir():
        shutil.copytree(MATPLOTLIB_CACHE, home / ".cache" / "matplotlib")
    app = IPKernelApp.instance(config=_config())
    app.initialize([])
    _wait_for_seal()
    shutil.copytree(FILES / "work", WORK, dirs_exist_ok=True, copy_function=shutil.copyfile)
    os.chdir(WORK)
    _import_from_working_folder()
    app.start()


def _config() -> Config:
    config = Config()
    config.IPKernelApp.connection_file = str(FILES / "connection.json")
    config.IPKernelApp.ignore_cwd = True
    config.HistoryManager.enabled = False
    return config


def _import_from_working_folder() -> None:
    """Let the learner's code import modules that lie beside it: after Python's own, before installed ones, as usual."""
    installed = (index for index, path in enumerate(sys.path) if path.endswith("-packages"))
    sys.path.insert(next(installed, len(sys.path)), "")


def _wait_for_seal() -> None:
    """Return once the socket folder belongs to root and this process may not write to it."""
    deadline = time.monotonic() + SEAL_TIMEOUT
    while SOCKETS.stat().st_uid != 0 or os.access(SOCKETS, os.W_OK):
        if time.monotonic() > deadline:
            sys.exit("The sandbox service has not sealed the kernel's sockets. The kernel gives up.")
        time.sleep(0.005)


if __name__ == "__main__":
    main()
