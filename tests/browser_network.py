"""A network namespace for the browser, in which there is nothing but the ports of this machine that a test asked for.

Other tests bring up networks meanwhile. A browser beside them would take each one for a move to another place and break
off what it is asking for (``net::ERR_NETWORK_CHANGED``). In here nothing changes; and what a page asks of anybody else
finds no way out, so that no test depends on a rule in the browser for that.

The namespace belongs to this process and ends with it, also when it is killed.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import fcntl
import os
import socket
import struct
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

CLONE_NEWNET = 0x40000000
"""``linux/sched.h``: the flag of a network namespace."""
SIOCSIFFLAGS, UP = 0x8914, 0x1
"""``linux/sockios.h``, ``linux/if.h``: set an interface's flags; that it is up."""
LOOPBACK = "127.0.0.1"
CHUNK = 65536
"""Bytes that are passed on at a time."""

T = TypeVar("T")


class BrowserNetwork:
    """A namespace with a loopback of its own, of which some ports lead to this machine's."""

    def __init__(self) -> None:
        """Make the namespace.

        Raises:
            OSError: If this user may not; root may.
        """
        self._namespace = _in_thread(_new_namespace)
        self._forwarded: set[int] = set()
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def reach(self, url: str) -> None:
        """Let the browser reach the port of an address on this machine, under the same number.

        Args:
            url: An address whose host is this machine, with a port.
        """
        port = urlsplit(url).port
        assert port, f"{url} names no port"
        if port in self._forwarded:
            return
        listening = _in_thread(lambda: _listen(self._namespace, port))
        asyncio.run_coroutine_threadsafe(_forward(listening, port), self._loop).result()
        self._forwarded.add(port)

    def wrapper(self, program: str, folder: Path) -> Path:
        """A command that runs a program in the namespace.

        Args:
            program: The program's path.
            folder: Where the command is written.
        """
        command = folder / Path(program).name
        inside = f"nsenter --net=/proc/{os.getpid()}/fd/{self._namespace}"
        command.write_text(f'#!/bin/sh\nexec {inside} {program} "$@"\n')
        command.chmod(0o755)
        return command


def _in_thread(act: Callable[[], T]) -> T:
    """Call something in a thread that then ends: the namespace is a thread's, and this one stays where it is."""
    results: list[T] = []
    errors: list[OSError] = []

    def run() -> None:
        try:
            results.append(act())
        except OSError as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return results[0]


def _call(name: str, *arguments: int) -> None:
    """Call a function of the C library that sets errno; Python has these two from 3.12 on."""
    library = ctypes.CDLL(None, use_errno=True)
    if getattr(library, name)(*arguments):
        raise OSError(ctypes.get_errno(), f"{name}: {os.strerror(ctypes.get_errno())}")


def _new_namespace() -> int:
    _call("unshare", CLONE_NEWNET)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", UP))
    return os.open("/proc/thread-self/ns/net", os.O_RDONLY)


def _listen(namespace: int, port: int) -> socket.socket:
    _call("setns", namespace, CLONE_NEWNET)
    return socket.create_server((LOOPBACK, port), backlog=512)


async def _forward(listening: socket.socket, port: int) -> None:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_connection(LOOPBACK, port)
        except OSError:
            writer.close()  # nobody listens at that port now
            return
        await asyncio.gather(_pass_on(reader, back), _pass_on(there, writer))

    await asyncio.start_server(connected, sock=listening)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await reader.read(CHUNK):
            writer.write(chunk)
            await writer.drain()
    with contextlib.suppress(OSError, RuntimeError):
        writer.close()
