"""Asks a service on a Unix socket whether it is well: ``python -I -S health.py SOCKET PATH``.

For the compose file's health checks. It runs in every service's image, every few seconds, so it imports next to
nothing: most of what a check costs is the start of Python.
"""

from __future__ import annotations

import socket
import sys

OK = 200


def status(path: str, request: str, timeout: float = 4) -> int:
    """The HTTP status of ``GET request`` on the Unix socket ``path``; ``timeout`` in seconds, of each step.

    Raises:
        OSError: nothing listens there, or no answer came in time.
        ValueError: what came is no HTTP.
    """
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(timeout)
        connection.connect(path)
        connection.sendall(f"GET {request} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
        answer = b""
        while b"\n" not in answer and (part := connection.recv(4096)):
            answer += part
    version, _, rest = answer.decode("latin-1").partition(" ")
    if not version.startswith("HTTP/"):
        raise ValueError(f"no HTTP from {path}: {answer[:80]!r}")
    return int(rest[:3])


if __name__ == "__main__":
    sys.exit(0 if status(sys.argv[1], sys.argv[2]) == OK else 1)
