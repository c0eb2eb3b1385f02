"""Memory that others could share, and taking more of what is limited: memory and processes."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import signal
import time
from typing import Any

libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p


def shared_memory(key: int, token: str) -> dict[str, Any]:
    """Find a segment of System V shared memory by its key, and a POSIX one by its name."""
    found = []
    if libc.shmget(key, 0, 0) >= 0:
        found.append("System V")
    if os.path.exists(f"/dev/shm/{token}"):  # noqa: S108  inside the container
        found.append("POSIX")
    return {"reached": bool(found), "detail": f"found: {', '.join(found) or 'none'}"}


def take_memory(most: int) -> dict[str, Any]:
    """Have a child take memory until it has ``most`` bytes or is ended; ``reached`` if it got them all."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        kept, block = [], 16 << 20
        for _ in range(0, most, block):
            kept.append(bytearray(os.urandom(4096)) * (block // 4096))
            os.write(writing, b".")
        os._exit(0)
    os.close(writing)
    got = 0
    while step := os.read(reading, 4096):
        got += len(step) * (16 << 20)
    os.close(reading)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    ended = f"ended by signal {-code}" if code < 0 else f"ended with {code}"
    return {"reached": code == 0, "detail": f"took {got >> 20} MB of {most >> 20} MB, {ended}", "bytes": got}


def fork_bomb(most: int, seconds: float) -> dict[str, Any]:
    """Processes that each make more, until ``most`` are there, or no more can be made, or the time is over.

    All of them count in one pipe, so that the count holds also where a process cannot tell how many there are. None
    outlives this call: they are in one group, and each ends by itself a little after the time.
    """
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    first = os.fork()
    if first == 0:
        os.setpgid(0, 0)
        _multiply(writing, time.monotonic() + seconds)
    with contextlib.suppress(OSError):
        os.setpgid(first, first)
    os.close(writing)
    made, deadline = 1, time.monotonic() + seconds
    while made < most and time.monotonic() < deadline:
        with contextlib.suppress(BlockingIOError):
            made += len(os.read(reading, 4096))
        time.sleep(0.02)
    for _ in range(50):
        try:
            os.killpg(first, signal.SIGKILL)
        except ProcessLookupError:
            break
        with contextlib.suppress(ChildProcessError):
            os.waitpid(first, os.WNOHANG)
        time.sleep(0.02)
    os.close(reading)
    said = f"{made} processes made"
    return {"reached": made >= most, "detail": said, "made": made}


def _multiply(writing: int, deadline: float) -> None:
    while time.monotonic() < deadline:
        try:
            if os.fork():
                os.write(writing, b".")
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.ENOMEM):
                break
        time.sleep(0.05)
    os._exit(0)
