"""Frames over a socket, as :mod:`doorstart_examiner.frames` defines them, for an event loop."""

from __future__ import annotations

import asyncio
import socket

MAX_FRAME = 64 * 1024 * 1024
_LIMIT = 1024 * 1024


class FrameError(Exception):
    """The other side closed the connection, or sent what is no frame, or a longer one than is taken from it."""


class TooLongError(FrameError):
    """A longer frame than is taken from the other side."""


class Frames:
    """One connection. After an error, or when a call was cancelled, it is of no more use."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def over(cls, connection: socket.socket) -> Frames:
        """Over a connected stream socket, which belongs to the result from now on."""
        return cls(*await asyncio.open_unix_connection(sock=connection, limit=_LIMIT))

    @classmethod
    async def to(cls, path: str) -> Frames:
        """Over a new connection to a Unix socket.

        Raises:
            OSError: nobody listens there.
        """
        return cls(*await asyncio.open_unix_connection(path, limit=_LIMIT))

    async def send(self, kind: bytes, payload: bytes) -> None:
        """Send a frame; returns when most of it has been taken.

        Raises:
            FrameError: the connection is closed, or the payload too long.
        """
        if len(payload) + 1 > MAX_FRAME:
            raise TooLongError(f"{len(payload)} bytes are too long for a frame")
        try:
            self._writer.write((len(payload) + 1).to_bytes(4, "big") + kind + payload)
            await self._writer.drain()
        except OSError as error:
            raise FrameError(str(error)) from error

    async def receive(self, most: int = MAX_FRAME) -> tuple[bytes, bytes]:
        """The next frame's kind and payload.

        Args:
            most: bytes of the longest payload that is taken.

        Raises:
            FrameError: the connection is closed, or what comes is not such a frame.
        """
        try:
            length = int.from_bytes(await self._reader.readexactly(4), "big")
            if not 1 <= length <= most + 1:
                raise TooLongError(f"a frame of {length} bytes, and at most {most} are taken")
            frame = await self._reader.readexactly(length)
        except (asyncio.IncompleteReadError, OSError) as error:
            raise FrameError("the connection is closed") from error
        return frame[:1], frame[1:]

    async def ask(self, kind: bytes, payload: bytes, most: int = MAX_FRAME) -> bytes:
        """Send a frame and return the payload of the reply, which has the same kind.

        Raises:
            FrameError: as :meth:`send` and :meth:`receive`, or the reply is of another kind.
        """
        await self.send(kind, payload)
        answered, reply = await self.receive(most)
        if answered != kind:
            raise FrameError(f"a reply of kind {answered!r} to {kind!r}")
        return reply

    @property
    def closed(self) -> bool:
        """Whether this side has closed it."""
        return self._writer.transport.is_closing()

    def close(self) -> None:
        """Close the connection, without sending what has not been taken."""
        self._writer.transport.abort()
