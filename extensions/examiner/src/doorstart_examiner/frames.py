"""Frames over a connected socket: four bytes of length, one byte of kind, then the payload.

The other end may be hostile. What it announces is checked before anything is reserved for it, and memory grows only
with what has really arrived. What is in a payload is not looked at here: that is for :mod:`doorstart_examiner.values`.
"""

from __future__ import annotations

import socket
import time

MAX_FRAME = 64 * 1024 * 1024
"""The most bytes that a frame may have after its length: the kind and the payload."""

_HEADER = 4
_CHUNK = 1024 * 1024
_SMALL = 64 * 1024


class FrameError(Exception):
    """The other end is gone, or does not keep to the form. Nothing more can be sent or received."""


class Channel:
    """One end of a connected stream socket, blocking, for one thread.

    Args:
        sock: the socket; the channel owns it from here on.
        max_frame: the most bytes of a frame, in both directions, at most 2**32 - 1.
    """

    def __init__(self, sock: socket.socket, max_frame: int = MAX_FRAME) -> None:
        self._socket = sock
        self._max_frame = max_frame
        self._arrived = bytearray()
        self._refusal: str | None = None

    def send(self, kind: bytes, payload: bytes) -> None:
        """Send one frame; waits for as long as the other end does not read.

        Args:
            kind: one byte.
            payload: what goes with it.

        Raises:
            FrameError: it is too long, and then nothing was sent; or the other end is gone.
            ValueError: ``kind`` is not one byte.
        """
        if len(kind) != 1:
            raise ValueError("the kind of a frame is one byte")
        if self._refusal:
            raise FrameError(self._refusal)
        length = len(payload) + 1
        if length > self._max_frame:
            raise FrameError(f"a frame of {length} bytes is longer than the {self._max_frame} that are allowed")
        head = length.to_bytes(_HEADER, "big") + kind
        try:
            self._socket.settimeout(None)
            if length <= _SMALL:
                self._socket.sendall(head + payload)
            else:
                self._socket.sendall(head)
                self._socket.sendall(payload)
        except OSError as error:
            raise self._broken("the other end does not take anything any more") from error

    def receive(self, timeout: float | None = None) -> tuple[bytes, bytes]:
        """Wait for one frame.

        Args:
            timeout: seconds until the whole frame has to be here; None waits for ever.

        Returns:
            Its kind (one byte) and its payload.

        Raises:
            FrameError: the other end closed, or announced a frame that is empty or too long.
            TimeoutError: it is not complete yet. What has arrived is kept, so receive() may be called again.
        """
        if self._refusal:
            raise FrameError(self._refusal)
        deadline = None if timeout is None else time.monotonic() + timeout
        self._fill(_HEADER, deadline)
        length = int.from_bytes(self._arrived[:_HEADER], "big")
        if length == 0:
            raise self._broken("a frame without a kind arrived")
        if length > self._max_frame:
            raise self._broken(f"a frame of {length} bytes was announced; {self._max_frame} are allowed")
        self._fill(_HEADER + length, deadline)
        kind = bytes(self._arrived[_HEADER : _HEADER + 1])
        with memoryview(self._arrived) as view:
            payload = bytes(view[_HEADER + 1 : _HEADER + length])
        self._arrived = bytearray()
        return kind, payload

    def close(self) -> None:
        """Close the socket. Safe to call twice."""
        self._refusal = self._refusal or "the channel is closed"
        self._socket.close()

    def _fill(self, wanted: int, deadline: float | None) -> None:
        """Receive until ``wanted`` bytes are here, and not one more."""
        while len(self._arrived) < wanted:
            remaining = None if deadline is None else deadline - time.monotonic()
            if remaining is not None and remaining <= 0:
                raise TimeoutError("no whole frame arrived in time")
            try:
                self._socket.settimeout(remaining)
                chunk = self._socket.recv(min(wanted - len(self._arrived), _CHUNK))
            except TimeoutError:
                raise TimeoutError("no whole frame arrived in time") from None
            except OSError as error:
                raise self._broken("the connection broke") from error
            if not chunk:
                inside = "in the middle of a frame" if self._arrived else "between two frames"
                raise self._broken(f"the other end closed the connection {inside}")
            self._arrived += chunk

    def _broken(self, why: str) -> FrameError:
        self._refusal = why
        return FrameError(why)
