"""The house: a service process that has an examiner's imports done, and forks an examiner for each notebook.

It runs as ``python -I -m doorstart_examiner.house SOCKET FOLDER`` in a container of its own, without network, rights or
tokens, one for each instructor's server: the tests of one course never meet those of another. No learner code runs
here; what comes from it comes as data, through :mod:`doorstart_examiner.values`. One connection is one examiner.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import os
import resource
import shutil
import signal
import socket
import sys
import tempfile
import time
from pathlib import Path

from doorstart_examiner.leash import End, Leash, Server

MEMORY = 1024 * 1024 * 1024
"""Bytes that an examiner may take, beside what it shares with the house."""
CPU_SECONDS = 600
FILE_SIZE = 256 * 1024 * 1024
OPEN_FILES = 256
PRELOADED = ("numpy", "pandas", "matplotlib.pyplot", "doorstart_examiner.examiner", "doorstart_examiner.frames")
"""What tests use, and takes long to import."""
_MATPLOTLIB = Path("/opt/doorstart/matplotlib")
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE = 1, 4
_FIRST_TO_GO = "800"
"""Of an examiner, for the kernel: if the container's memory is used up, it goes and the house stays."""


class House(Server):
    """Forks examiners.

    Args:
        path: of its socket.
        folder: in which each examiner gets a working folder.
    """

    def __init__(self, path: str, folder: Path) -> None:
        super().__init__(path, socket.SOCK_STREAM, reads=False)
        self._folder = folder
        self._folders: dict[Leash, Path] = {}

    def accepted(self, leash: Leash) -> None:
        """Fork an examiner."""
        folder = self._folders[leash] = Path(tempfile.mkdtemp(dir=self._folder))
        self.fork(leash, lambda: _examine(leash.connection, folder))

    def ended(self, leash: Leash, end: End) -> None:
        """Remove its working folder."""
        shutil.rmtree(self._folders.pop(leash), ignore_errors=True)
        if end.signal not in (None, signal.SIGKILL) or end.code:
            print(f"An examiner ended with {end}", file=sys.stderr, flush=True)


def _examine(connection: socket.socket, folder: Path) -> None:
    from doorstart_examiner import examiner
    from doorstart_examiner.frames import Channel

    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_GO)
    _shield()
    os.setsid()
    # Should the house end: nobody would end its examiners.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    limits = {
        resource.RLIMIT_DATA: MEMORY,
        resource.RLIMIT_CPU: CPU_SECONDS,
        resource.RLIMIT_FSIZE: FILE_SIZE,
        resource.RLIMIT_NOFILE: OPEN_FILES,
        resource.RLIMIT_CORE: 0,
    }
    for which, most in limits.items():
        resource.setrlimit(which, (most, most))
    nothing = os.open("/dev/null", os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.chdir(folder)
    examiner.serve_examiner(Channel(connection), str(folder))


def _shield() -> None:
    """Let no other process of this user look into this one: an examiner has nothing to do with the next."""
    ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def main() -> None:
    """Import what tests need, then serve until the process is told to end."""
    path, folder = sys.argv[1:]
    begun = time.monotonic()
    os.umask(0o077)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if _MATPLOTLIB.is_dir():
        shutil.copytree(_MATPLOTLIB, os.environ["MPLCONFIGDIR"], dirs_exist_ok=True)
    for module in PRELOADED:
        importlib.import_module(module)
    gc.collect()
    gc.freeze()
    house = House(path, Path(folder))
    print(f"Ready to examine after {time.monotonic() - begun:.1f} s", file=sys.stderr, flush=True)
    house.serve()


if __name__ == "__main__":
    main()
