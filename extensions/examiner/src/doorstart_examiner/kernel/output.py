"""What learner's code writes: to ``sys.stdout`` and ``sys.stderr``, to the descriptors below them, and as display data.

All of it is counted, and what is over the limit is dropped, so that a flood of output takes no memory. A thread reads
the descriptors, because a full pipe would stop whoever writes to it.
"""

from __future__ import annotations

import codecs
import contextlib
import fcntl
import io
import json
import os
import select
import struct
import termios
import threading
import time
from typing import Any

_CHUNK = 64 * 1024
_SETTLE = 0.5
"""Most seconds that the end of a cell waits for what is still in a pipe."""


class Output:
    """Collects what is written, up to a number of bytes."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._left = 0
        self._outputs: list[dict[str, Any]] = []
        self._texts: list[list[str]] = []
        self.truncated = False

    def begin(self, most: int) -> None:
        """Start anew.

        Args:
            most: bytes.
        """
        with self._lock:
            self._outputs, self._texts = [], []
            self._left = most
            self.truncated = False

    def take(self) -> list[dict[str, Any]]:
        """The outputs since the beginning, or since they were last taken, as nbformat v4 has them."""
        with self._lock:
            outputs, texts = self._outputs, self._texts
            self._outputs, self._texts = [], []
        for output, text in zip(outputs, texts, strict=True):
            if output["output_type"] == "stream":
                output["text"] = "".join(text)
        return outputs

    def write(self, name: str, text: str) -> None:
        """Text for a stream, ``stdout`` or ``stderr``."""
        text = text.encode("utf-8", "replace").decode()
        with self._lock:
            text = self._fitting(text)
            if not text:
                return
            if self._outputs and self._outputs[-1].get("name") == name:
                self._texts[-1].append(text)
            else:
                self._add({"output_type": "stream", "name": name, "text": ""}, [text])

    def add(self, output: dict[str, Any]) -> None:
        """An output of another type."""
        try:
            size = len(json.dumps(output))
        except (TypeError, ValueError):
            return
        with self._lock:
            if size > self._left:
                self.truncated, self._left = True, 0
                return
            self._left -= size
            self._add(output, [])

    def clear(self) -> None:
        """Drop what is there, as ``clear_output()`` does. What it took of the limit stays taken."""
        self.take()

    def _add(self, output: dict[str, Any], texts: list[str]) -> None:
        self._outputs.append(output)
        self._texts.append(texts)

    def _fitting(self, text: str) -> str:
        if len(text) <= self._left // 4:
            self._left -= len(text.encode())
            return text
        data = text.encode()
        if len(data) > self._left:
            self.truncated = True
            data = data[: self._left]
        self._left -= len(data)
        return data.decode(errors="ignore")


class Stream(io.TextIOBase):
    """``sys.stdout`` or ``sys.stderr`` of the learner's code."""

    encoding = "utf-8"
    errors = "replace"

    def __init__(self, output: Output, name: str, descriptor: int) -> None:
        super().__init__()
        self._output = output
        self._stream_name = name
        self._descriptor = descriptor

    @property
    def name(self) -> str:
        """As the streams of a notebook have it."""
        return f"<{self._stream_name}>"

    def writable(self) -> bool:
        """Yes."""
        return True

    def fileno(self) -> int:
        """The descriptor below, for programs that are started."""
        return self._descriptor

    def isatty(self) -> bool:
        """No."""
        return False

    def write(self, text: str) -> int:
        """Write text."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._output.write(self._stream_name, str(text))
        return len(text)

    def close(self) -> None:
        """Stays open: what is written later belongs to the cell, too."""


class Drain:
    """Redirects the descriptors 1 and 2 of this process and of what it starts into an :class:`Output`."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._pipes: dict[int, str] = {}
        self._busy = threading.Lock()
        for descriptor, name in ((1, "stdout"), (2, "stderr")):
            reader, writer = os.pipe()
            os.dup2(writer, descriptor)
            os.close(writer)
            high = fcntl.fcntl(reader, fcntl.F_DUPFD_CLOEXEC, 100)
            os.close(reader)
            self._pipes[high] = name
            threading.Thread(target=self._read, args=(high, name), daemon=True, name=f"drain-{name}").start()

    def settle(self) -> None:
        """Wait until what was written so far has been read."""
        deadline = time.monotonic() + _SETTLE
        while time.monotonic() < deadline:
            with self._busy:
                if not any(map(_waiting, self._pipes)):
                    return
            time.sleep(0.001)

    def _read(self, descriptor: int, name: str) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        while True:
            if not _readable(descriptor):
                return
            with self._busy, contextlib.suppress(OSError):
                data = os.read(descriptor, _CHUNK)
                if not data:
                    return
                self._output.write(name, decoder.decode(data))


def _waiting(descriptor: int) -> int:
    try:
        return int(struct.unpack("i", fcntl.ioctl(descriptor, termios.FIONREAD, b"\0\0\0\0"))[0])
    except OSError:
        return 0


def _readable(descriptor: int) -> bool:
    """Wait until there is something to read; False if there never will be."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    try:
        poll.poll()
    except OSError:
        return False
    return True
