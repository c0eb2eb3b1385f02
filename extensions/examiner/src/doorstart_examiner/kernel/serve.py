"""The learner kernel's main loop: one request, one reply, until the other end closes."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import sys
from pathlib import Path
from typing import Any

from doorstart_examiner.frames import Channel, FrameError
from doorstart_examiner.kernel.objects import Input, KernelLink
from doorstart_examiner.kernel.preload import preload
from doorstart_examiner.kernel.shell import Shell
from doorstart_examiner.link import folder as folders
from doorstart_examiner.link.folder import Folder


def serve(channel: Channel, folder: Path | str) -> None:
    """Serve the requests of the conductor: ``X``, ``F`` and ``K``.

    Args:
        channel: to the conductor.
        folder: the working folder.
    """
    preload()
    path = Path(folder)
    os.chdir(path)
    _import_from_working_folder()
    random.seed(0)
    sys.modules["numpy"].random.seed(0)
    folders.watch()
    server = Server(channel, Folder(path, protects=False))
    with contextlib.suppress(FrameError):
        server.run()


class Server:
    """Serves one channel."""

    def __init__(self, channel: Channel, folder: Folder) -> None:
        self._channel = channel
        self._folder = folder
        self._shell: Shell = Shell.instance()
        self._link = KernelLink(self._shell, self._exchange, folder)
        self._shell.capture(self._link.read_line)
        sys.stdin = Input(self._link.read_line)

    def run(self) -> None:
        """Serve until the other end closes.

        Raises:
            FrameError: it did.
        """
        while True:
            _interruptible(False)
            kind, payload = self._channel.receive()
            try:
                reply = self._reply(kind, payload)
            except KeyboardInterrupt as error:
                # Here, and not where the learner's code runs: it may come when that has just ended.
                _interruptible(False)
                reply = self._interrupted(kind, error)
            self._channel.send(kind, reply)

    def _reply(self, kind: bytes, payload: bytes) -> bytes:
        if kind == b"X":
            request = json.loads(payload)
            self._folder.touched()
            return json.dumps(self._run(str(request["source"]), int(request["output_bytes"]))).encode()
        if kind == b"F":
            self._folder.unpack(payload)
            return b"{}"
        if kind == b"K":
            return self._operate(payload)
        raise FrameError(f"a request of the kind {kind!r}")

    def _run(self, source: str, most: int) -> dict[str, Any]:
        try:
            _interruptible(True)
            return self._shell.run(source, most)
        finally:
            _interruptible(False)

    def _operate(self, payload: bytes) -> bytes:
        try:
            _interruptible(True)
            return self._link.operate(payload)
        finally:
            _interruptible(False)

    def _interrupted(self, kind: bytes, error: KeyboardInterrupt) -> bytes:
        if kind == b"K":
            self._link.working = False
            return self._link.reply(("raise", error, (), None))
        outputs = self._shell.output.take()
        reply = {"status": "error", "outputs": outputs, "execution_count": None, "truncated": False}
        return json.dumps(reply).encode()

    def _exchange(self, message: bytes) -> bytes:
        """Ask the examiner, while one of its own questions waits for an answer."""
        _interruptible(False)
        self._channel.send(b"K", message)
        kind, payload = self._channel.receive()
        if kind != b"K":
            raise FrameError(f"a request of the kind {kind!r} while an operation is under way")
        _interruptible(True)
        return payload


def _interruptible(may: bool) -> None:
    # Python's own handler leaves nothing of this file in the learner's traceback.
    signal.signal(signal.SIGINT, signal.default_int_handler if may else signal.SIG_IGN)


def _import_from_working_folder() -> None:
    """Let the learner's code import modules that lie beside it: after Python's own, before installed ones, as usual."""
    sys.path[:] = [path for path in sys.path if path]
    installed = (index for index, path in enumerate(sys.path) if path.endswith("-packages"))
    sys.path.insert(next(installed, len(sys.path)), "")
