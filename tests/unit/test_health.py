"""The health check of a service: what it says of one that is well, ill, silent, or not there."""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from doorstart import health


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as short:  # the path of a socket has to be short
        yield Path(short)


def answering(path: Path, *parts: bytes) -> None:
    """A service that answers one request with these parts."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()

    def serve() -> None:
        connection, _ = listener.accept()
        with connection, listener:
            connection.recv(4096)
            for part in parts:
                connection.sendall(part)

    threading.Thread(target=serve, daemon=True).start()


@pytest.mark.parametrize(
    ("parts", "status"), [((b"HTTP/1.1 200 OK\r\n\r\n",), 200), ((b"HTTP/1", b".1 503 X\r\n"), 503)]
)
def test_the_status_of_an_answer_that_may_come_in_parts(folder: Path, parts: tuple[bytes, ...], status: int) -> None:
    answering(folder / "s", *parts)
    assert health.status(str(folder / "s"), "/health") == status


@pytest.mark.parametrize("parts", [(), (b"\x00\x01\n",)])
def test_what_is_no_http_is_an_error(folder: Path, parts: tuple[bytes, ...]) -> None:
    answering(folder / "s", *parts)
    with pytest.raises(ValueError, match="no HTTP"):
        health.status(str(folder / "s"), "/health")


@pytest.mark.parametrize(("answer", "ends"), [(b"HTTP/1.1 200 OK\r\n", 0), (b"HTTP/1.1 503 Away\r\n", 1), (None, 1)])
def test_the_check_runs_as_compose_runs_it(folder: Path, answer: bytes | None, ends: int) -> None:
    if answer is not None:
        answering(folder / "s", answer)
    command = [sys.executable, "-I", "-S", health.__file__, str(folder / "s"), "/health"]
    assert subprocess.run(command, capture_output=True).returncode == ends
