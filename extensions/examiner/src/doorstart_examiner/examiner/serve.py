"""The examiner as a process: serves one notebook over a channel to the conductor."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from doorstart_examiner.examiner.run import Examiner
from doorstart_examiner.frames import Channel, FrameError
from doorstart_examiner.link.errors import REFUSED, KernelGone


def serve_examiner(channel: Channel, folder: Path | str) -> None:
    """Serve the requests of the conductor: ``F``, ``I`` and ``T``.

    ``gone`` in an answer: this examiner has done with this learner kernel, which did not keep to the form. A conductor
    who wants the next tests to be fair starts both anew.

    Args:
        channel: to the conductor.
        folder: the working folder.
    """
    examiner: Examiner | None = None
    archive = b""

    def ask(payload: bytes) -> bytes:
        channel.send(b"K", payload)
        kind, reply = channel.receive()
        if kind == b"K":
            return reply
        if kind != b"D":
            raise FrameError(f"a message of the kind {kind!r} where the learner kernel's reply belongs")
        gone = json.loads(reply)
        raise KernelGone(str(gone["reason"]), str(gone["message"]))

    with contextlib.suppress(FrameError):
        while True:
            kind, payload = channel.receive()
            if kind == b"F":
                archive = payload
                if examiner is not None:
                    examiner.folder.unpack(archive)
                channel.send(b"F", b"{}")
            elif kind == b"I":
                settings = json.loads(payload)
                begin, end = settings["hidden"]
                seconds = float(settings["test_seconds"])
                examiner = Examiner(ask, Path(folder), settings["imports"], (begin, end), seconds)
                if archive:
                    examiner.folder.unpack(archive)
                channel.send(b"I", b"{}")
            elif kind == b"T" and examiner is not None:
                answer = examiner.run(str(json.loads(payload)["source"]))
                if examiner.refuses:
                    answer["gone"] = REFUSED
                channel.send(b"R", json.dumps(answer).encode())
            else:
                raise FrameError(f"a request of the kind {kind!r}")
