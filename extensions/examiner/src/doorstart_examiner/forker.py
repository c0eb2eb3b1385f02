"""The forker: a service process that has a kernel's imports done, and forks learner kernels into their containers.

Importing IPython, pandas and matplotlib costs a second of processor time, which a notebook of a few cells does not need
itself. So one process does it once, and a learner kernel is a fork of it that joins a container which the sandbox
service has started (:mod:`doorstart_examiner.joining`). The container keeps every limit; nothing of a learner ever runs
in, or speaks to, the forker itself.

Run as ``python -I -m doorstart_examiner.forker SOCKET CGROUPS``, as root among the machine's processes, in a container
of the image in which submissions run. One connection is one learner kernel. Messages are JSON, one a packet:

* in: first ``{"op": "start", "pid", "container", "uid", "folder", "environment", "limits"}``; afterwards
  ``{"op": "signal", "signal"}`` and ``{"op": "usage"}``.
* out: ``{"ready": {}}`` with a descriptor, the learner kernel's channel; ``{"usage": {…}}``; at the end
  ``{"ended": {"signal", "code"}, "usage": {…}}``, or ``{"error": text}`` if the learner kernel could not be started.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import shutil
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any

from doorstart_examiner import joining
from doorstart_examiner.joining import JoinError, Limits, Target
from doorstart_examiner.leash import End, Leash, Server

MAX_MESSAGE = 64 * 1024
_MATPLOTLIB = Path("/opt/doorstart/matplotlib")
"""The list of fonts, made when the image was built."""


class Forker(Server):
    """Forks learner kernels.

    Args:
        path: of its socket.
        cgroups: where the machine's control groups are mounted.
    """

    def __init__(self, path: str, cgroups: Path) -> None:
        super().__init__(path, socket.SOCK_SEQPACKET, reads=True)
        self._cgroups = cgroups
        self._usage: dict[Leash, Usage] = {}

    def readable(self, leash: Leash) -> None:
        """Do what one message asks for; a connection that is closed, or sends nonsense, is dropped."""
        message = leash.connection.recv(MAX_MESSAGE)
        if not message:
            self.drop(leash)
            return
        request = json.loads(message)
        if request["op"] == "start" and leash not in self._usage:
            self._start(leash, request)
        elif request["op"] == "signal":
            self.signal(leash, int(request["signal"]))
        elif request["op"] == "usage" and leash in self._usage:
            _send(leash.connection, {"usage": self._usage[leash].read()})
        else:
            raise ValueError(f"not a request of this connection: {request['op']!r}")

    def ended(self, leash: Leash, end: End) -> None:
        """Tell how a learner kernel ended."""
        usage = self._usage[leash].read()
        with contextlib.suppress(OSError):  # Whoever asked for it may be gone.
            _send(leash.connection, {"ended": {"signal": end.signal, "code": end.code}, "usage": usage})

    def drop(self, leash: Leash) -> None:
        """As in the class above; what it used is forgotten."""
        super().drop(leash)
        if leash.pidfd is None:
            self._usage.pop(leash, None)

    def _start(self, leash: Leash, request: dict[str, Any]) -> None:
        try:
            target = Target.open(int(request["pid"]), str(request["container"]), int(request["uid"]))
        except (JoinError, OSError) as error:
            _send(leash.connection, {"error": str(error)})
            return
        self._usage[leash] = Usage(self._cgroups, target.cgroups)
        try:
            joining.enter_processes(target)
            try:
                self.fork(leash, lambda: _become_kernel(leash.connection, target, self._cgroups, request))
            finally:
                # If this fails, what is forked next would be born in the wrong place: the forker must not go on.
                _or_end(lambda: joining.enter_processes(None))
        except OSError as error:  # The container has ended meanwhile.
            _send(leash.connection, {"error": str(error)})
        finally:
            target.close()


class Usage:
    """What a container has used, read from its control groups; what is not there counts as nothing."""

    def __init__(self, root: Path, cgroups: list[tuple[str, str]]) -> None:
        self._folders = {
            name: joining.cgroup_folder(root, controllers, path)
            for controllers, path in cgroups
            for name in controllers.split(",")
        }
        self._last: dict[str, float] = {"cpu_seconds": 0.0, "memory_bytes": 0, "out_of_memory": 0}

    def read(self) -> dict[str, float]:
        """Processor time in seconds, most memory in bytes, and how many processes were killed for want of it."""
        with contextlib.suppress(OSError, ValueError):  # The container is gone: what was read last is what is known.
            self._last = self._read_v1() if "memory" in self._folders else self._read_v2()
        return self._last

    def _read_v1(self) -> dict[str, float]:
        memory = self._folders["memory"]
        return {
            "cpu_seconds": int((self._folders["cpuacct"] / "cpuacct.usage").read_text()) / 1e9,
            "memory_bytes": int((memory / "memory.max_usage_in_bytes").read_text()),
            "out_of_memory": _field(memory / "memory.oom_control", "oom_kill"),
        }

    def _read_v2(self) -> dict[str, float]:
        folder = self._folders[""]
        peak = folder / "memory.peak"  # Since Linux 5.19.
        return {
            "cpu_seconds": _field(folder / "cpu.stat", "usage_usec") / 1e6,
            "memory_bytes": int((peak if peak.exists() else folder / "memory.current").read_text()),
            "out_of_memory": _field(folder / "memory.events", "oom_kill"),
        }


def _field(path: Path, name: str) -> int:
    return next((int(line.split()[1]) for line in path.read_text().splitlines() if line.split()[0] == name), 0)


def _become_kernel(control: socket.socket, target: Target, cgroups: Path, request: dict[str, Any]) -> None:
    """In the forked process: join the container, prove it, hand over the channel's other end, and serve."""
    from doorstart_examiner.frames import Channel
    from doorstart_examiner.kernel import serve

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Until it serves: an interrupt is for the learner's code.
    try:
        limits = Limits(**{name: int(value) for name, value in request["limits"].items()})
        joining.join(target, cgroups, limits, {str(k): str(v) for k, v in request["environment"].items()})
        folder = str(request["folder"])
        os.chdir(folder)
        # Made here: a socket belongs for ever to the network in which it was made.
        ours, theirs = socket.socketpair()
        joining.verify(target, {control.fileno(), ours.fileno(), theirs.fileno()})
        socket.send_fds(control, [json.dumps({"ready": {}}).encode()], [theirs.fileno()])
    except BaseException as error:
        _send(control, {"error": f"The learner kernel could not be started: {error}"})
        raise
    control.close()
    theirs.close()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    serve(Channel(ours), folder)


def _send(connection: socket.socket, message: dict[str, Any]) -> None:
    connection.send(json.dumps(message).encode())


def _or_end(step: Any) -> None:
    try:
        step()
    except BaseException as error:
        print(f"The forker cannot go on: {error}", file=sys.stderr, flush=True)
        os._exit(1)


def main() -> None:
    """Import what kernels need, then serve until the process is told to end."""
    path, cgroups = sys.argv[1:]
    begun = time.monotonic()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if _MATPLOTLIB.is_dir():
        shutil.copytree(_MATPLOTLIB, os.environ["MPLCONFIGDIR"], dirs_exist_ok=True)
    from doorstart_examiner import frames  # noqa: F401  (imported once, here)
    from doorstart_examiner.kernel import preload

    joining.filters()
    preload()
    gc.collect()
    # What is there now is not looked at again: otherwise each forked process would copy all of it while collecting.
    gc.freeze()
    forker = Forker(path, Path(cgroups))
    print(f"Ready to fork after {time.monotonic() - begun:.1f} s", file=sys.stderr, flush=True)
    forker.serve()


if __name__ == "__main__":
    main()
