"""Asks a service on a Unix socket whether it is well: ``python -m doorstart.health SOCKET PATH``.

For the compose file's health checks. Only the standard library: it runs in every service's image, every few seconds.
"""

from __future__ import annotations

import http.client
import socket
import sys


def status(path: str, request: str, timeout: float = 4) -> int:
    """The HTTP status of ``GET request`` on the Unix socket ``path``; ``timeout`` in seconds.

    Raises:
        OSError: nothing listens there, or no answer came in time.
    """
    connection = http.client.HTTPConnection("localhost", timeout=timeout)
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.settimeout(timeout)
    connection.sock.connect(path)
    try:
        connection.request("GET", request)
        return connection.getresponse().status
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if status(sys.argv[1], sys.argv[2]) == http.HTTPStatus.OK else 1)
