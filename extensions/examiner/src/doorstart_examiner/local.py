"""Grades one notebook on this machine, with two processes and **without any confinement**.

For course authors who check their own tests against their own answers, and for the tests of this package. Submissions
are graded in containers: see the conductor. The learner kernel here has all rights of whoever runs this.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import socket
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self

from doorstart_examiner.frames import Channel, FrameError

OUTPUT_BYTES = 1024 * 1024
CELL_SECONDS = 30.0
TEST_SECONDS = 30.0
_GRACE = 2.0
"""Seconds between the interrupt and the end."""
HIDDEN_TESTS = ("### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS")
"""What begins and ends a hidden region, for a job that does not say. As `HIDDEN_TESTS` of `hub/doorstart/names.py`,
which must not be imported from here, and cannot import this where the examiner is not installed."""
_NOT_RUN: dict[str, dict[str, Any]] = {
    "learner": {"kind": "learner", "status": "not-run", "outputs": [], "execution_count": None, "message": ""},
    "test": {"kind": "test", "status": "not-run", "value": None, "printed": "", "check": None, "message": ""},
}


def grade(job: Mapping[str, Any], files: Mapping[str, bytes] | Path) -> dict[str, Any]:
    """Grade one notebook.

    Args:
        job: as in ``POST /gradings``; of ``limits``, ``cell_seconds``, ``test_seconds`` and ``output_bytes`` count.
        files: of the notebook's folder: contents by path, or a folder.

    Returns:
        The answer; of its ``usage``, ``seconds`` of both processes, and ``peak_bytes`` of the learner kernel's memory;
        as ``files``, the paths of what is in the learner kernel's folder at the end.
    """
    with Nursery() as nursery:
        return nursery.grade(job, files)


class Nursery:
    """A process that has all imports done, and forks the two processes of each notebook. A context manager."""

    def __enter__(self) -> Self:
        ours, theirs = socket.socketpair()
        environment = os.environ | {"PYTHONHASHSEED": "0"}
        # Safe path: files beside the caller are not to be imported.
        command = [sys.executable, "-P", "-m", "doorstart_examiner.local", str(theirs.fileno())]
        self._process = subprocess.Popen(command, pass_fds=[theirs.fileno()], env=environment)
        theirs.close()
        self._control = ours
        return self

    def __exit__(self, *_: object) -> None:
        self._control.close()
        self._process.wait()

    def fork(self, role: str, folder: Path) -> tuple[Channel, int]:
        """Start the program ``kernel`` or ``examiner`` in a folder; its channel and process id."""
        ours, theirs = socket.socketpair()
        with theirs:
            request = json.dumps({"role": role, "folder": str(folder)}).encode()
            socket.send_fds(self._control, [request], [theirs.fileno()])
            reply = self._control.recv(64)
        if not reply:
            raise RuntimeError("The process that starts learner kernels and examiners has ended; its messages say why.")
        return Channel(ours), int(reply)

    def grade(self, job: Mapping[str, Any], files: Mapping[str, bytes] | Path) -> dict[str, Any]:
        """As :func:`grade`."""
        with tempfile.TemporaryDirectory() as kernel_folder, tempfile.TemporaryDirectory() as examiner_folder:
            kernel = self.fork("kernel", Path(kernel_folder))
            examiner = self.fork("examiner", Path(examiner_folder))
            conductor = _Conductor(kernel, examiner, job)
            try:
                started = time.monotonic()
                answer = conductor.run(_archive(files))
                seconds = time.monotonic() - started
                usage = {"seconds": seconds, "peak_bytes": _peak(kernel[1])}
                return answer | {"usage": usage, "files": _paths(Path(kernel_folder))}
            finally:
                conductor.close()


class _Conductor:
    """Sends cells where they belong, and the examiner's questions to the learner kernel."""

    def __init__(self, kernel: tuple[Channel, int], examiner: tuple[Channel, int], job: Mapping[str, Any]) -> None:
        self._kernel, self._kernel_id = kernel
        self._examiner, self._examiner_id = examiner
        self._job = job
        limits = job.get("limits") or {}
        self._cell_seconds = float(limits.get("cell_seconds", CELL_SECONDS))
        self._test_seconds = float(limits.get("test_seconds", TEST_SECONDS))
        self._output_bytes = int(limits.get("output_bytes", OUTPUT_BYTES))
        self._ended: dict[str, Any] = {"ended": None, "message": "", "restarts": 0}

    def run(self, archive: bytes) -> dict[str, Any]:
        for channel in (self._kernel, self._examiner):
            channel.send(b"F", archive)
            channel.receive()
        settings = {
            "imports": self._job.get("imports", []),
            "hidden": self._job.get("hidden", HIDDEN_TESTS),
            "test_seconds": self._test_seconds,
        }
        self._examiner.send(b"I", json.dumps(settings).encode())
        self._examiner.receive()
        cells = [self._learner(cell) if cell["kind"] == "learner" else self._test(cell) for cell in self._job["cells"]]
        return {"version": 1, "cells": cells, "kernel": self._ended}

    def close(self) -> None:
        for channel, process in ((self._kernel, self._kernel_id), (self._examiner, self._examiner_id)):
            channel.close()
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    def _learner(self, cell: Mapping[str, Any]) -> dict[str, Any]:
        if self._ended["ended"]:
            return dict(_NOT_RUN["learner"])
        request = {"source": cell["source"], "output_bytes": self._output_bytes}
        with self._limited(self._cell_seconds) as timer:
            reply = self._asked(b"X", json.dumps(request).encode())
        if reply is None:
            return {**_NOT_RUN["learner"], "status": "ended", "message": self._ended["message"]}
        answer = json.loads(reply)
        status = "timeout" if timer.fired else answer["status"]
        return {
            "kind": "learner",
            "status": status,
            "outputs": answer["outputs"],
            "execution_count": answer["execution_count"],
            "message": "The output was cut: there was too much." if answer["truncated"] else "",
        }

    def _test(self, cell: Mapping[str, Any]) -> dict[str, Any]:
        if self._ended["ended"]:
            return {**_NOT_RUN["test"], "message": self._ended["message"]}
        self._examiner.send(b"T", json.dumps({"source": cell["source"]}).encode())
        with self._limited(self._test_seconds):
            while True:
                kind, payload = self._examiner.receive()
                if kind == b"R":
                    answer: dict[str, Any] = json.loads(payload)
                    answer.pop("gone", None)  # Nothing is started anew here: authors do not attack themselves.
                    return answer
                reply = self._asked(b"K", payload)
                if reply is None:
                    gone = {"reason": self._ended["ended"], "message": self._ended["message"]}
                    self._examiner.send(b"D", json.dumps(gone).encode())
                else:
                    self._examiner.send(b"K", reply)

    def _asked(self, kind: bytes, payload: bytes) -> bytes | None:
        try:
            self._kernel.send(kind, payload)
            replied, reply = self._kernel.receive()
        except FrameError:
            if not self._ended["ended"]:
                self._ended |= {"ended": "exited", "message": "The learner's code ended the kernel."}
            return None
        if replied != kind or (kind == b"X" and not _is_reply(reply)):
            self._ended |= {"ended": "exited", "message": "The learner's code wrote to the kernel's own channel."}
            return None
        return reply

    @contextlib.contextmanager
    def _limited(self, seconds: float) -> Iterator[_Timer]:
        timer = _Timer(self._kernel_id, seconds, self._too_late)
        try:
            yield timer
        finally:
            timer.cancel()

    def _too_late(self) -> None:
        self._ended |= {
            "ended": "cell-time",
            "message": "The learner's code took too long and could not be interrupted.",
        }


def _is_reply(data: bytes) -> bool:
    try:
        answer = json.loads(data)
        return isinstance(answer["outputs"], list) and answer["status"] in ("ok", "error") and "truncated" in answer
    except (ValueError, TypeError, KeyError):
        return False


class _Timer:
    """Interrupts the learner kernel when the time is over, and ends it soon after."""

    def __init__(self, process: int, seconds: float, ending: Any) -> None:
        self.fired = False
        self._process = process
        self._ending = ending
        self._timers = [threading.Timer(seconds, self._interrupt), threading.Timer(seconds + _GRACE, self._end)]
        for timer in self._timers:
            timer.daemon = True
            timer.start()

    def cancel(self) -> None:
        for timer in self._timers:
            timer.cancel()

    def _interrupt(self) -> None:
        self.fired = True
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._process, signal.SIGINT)

    def _end(self) -> None:
        self._ending()
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._process, signal.SIGKILL)


def _peak(process: int) -> int:
    """The most memory that a process had, shared pages too; 0 if it is gone."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM")), 0)


def _paths(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def _archive(files: Mapping[str, bytes] | Path) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:", format=tarfile.PAX_FORMAT) as tar:
        if isinstance(files, Path):
            for path in sorted(files.rglob("*")):
                if path.is_file() and not path.is_symlink():
                    tar.add(path, str(path.relative_to(files)), recursive=False)
        else:
            for name, content in sorted(files.items()):
                member = tarfile.TarInfo(name)
                member.size = len(content)
                tar.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def _nurse(control: socket.socket) -> None:
    from doorstart_examiner import examiner, kernel

    kernel.preload()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 4096, 1)
        if not message:
            return
        request = json.loads(message)
        process = os.fork()
        if process == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            control.close()
            _become(request, descriptors[0], examiner, kernel)
        os.close(descriptors[0])
        control.send(str(process).encode())


def _become(request: dict[str, str], descriptor: int, examiner: Any, kernel: Any) -> None:
    code = 1
    try:
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        # High, and not inherited: what the learner's code starts does not have it.
        import fcntl

        high = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 200)
        os.close(descriptor)
        channel = Channel(socket.socket(fileno=high))
        if request["role"] == "kernel":
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            kernel.serve(channel, Path(request["folder"]))
        else:
            examiner.serve_examiner(channel, Path(request["folder"]))
        code = 0
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        os._exit(code)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        _nurse(socket.socket(fileno=int(sys.argv[1])))
