"""What a probe looks for: everything that a container could find of another one, kept up until the process ends.

Runs as a process of its own, in the canary's container and in the neighbour's server: ``python -c SOURCE``.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable

libc = ctypes.CDLL(None, use_errno=True)
IPC_CREAT = 0o1000
TIMEOUT = 2.0
"""Longest wait for a client, in seconds."""


def plant(source: str, token: str, key: int) -> dict[str, int]:
    """Start a process with the canaries of a learner; it ends with the container.

    Args:
        source: The source of this module.
        token: What is to be found: in its command line, in answers, in names.
        key: Key of its System V shared memory.
    """
    program = f"{source}\n\nhold({token!r}, {key}, serve=False)\n"
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdin=quiet, stdout=subprocess.PIPE, stderr=quiet, text=True
    )
    if process.stdout is None or process.stdout.readline() != "ready\n":
        raise RuntimeError("the canary did not start")
    with open(os.path.expanduser(f"~/{token}.txt"), "w") as file:
        file.write(token)
    return {"pid": process.pid}


def hold(token: str, key: int, *, serve: bool, port: int = 0, folder: str = "") -> None:
    """Keep the canaries up.

    Args:
        token: As in :func:`plant`.
        key: As in :func:`plant`.
        serve: Whether to listen on the network too: ``port`` by TCP and UDP, and as a name server.
        port: The port.
        folder: Folder for a Unix socket that answers as a container engine does.
    """
    _keep(lambda: _answer(_listener(socket.AF_UNIX, "\0" + token), token.encode()))
    segment = libc.shmget(key, 4096, IPC_CREAT | 0o666)
    with open(f"/dev/shm/{token}", "w") as file:  # noqa: S108  inside the container
        file.write(token)
    os.chmod(file.name, 0o644)
    if serve:
        tcp = _listener(socket.AF_INET6, ("::", port), both=True)
        udp = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        udp.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        udp.bind(("::", port))
        dns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        dns.bind(("0.0.0.0", 53))  # noqa: S104  the canary's own container
        with contextlib.suppress(FileNotFoundError):
            os.unlink(f"{folder}/docker.sock")
        engine = _listener(socket.AF_UNIX, f"{folder}/docker.sock")
        os.chmod(f"{folder}/docker.sock", 0o666)
        _keep(lambda: _answer(tcp, token.encode()))
        _keep(lambda: _echo(udp, lambda _: token.encode()))
        _keep(lambda: _echo(dns, _name_answer))
        _keep(lambda: _answer(engine, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nOK"))
    print("ready", flush=True)
    try:
        threading.Event().wait()
    finally:
        libc.shmctl(segment, 0, None)


def _keep(work: Callable[[], None]) -> None:
    threading.Thread(target=work, daemon=True).start()


def _listener(family: int, address: str | tuple[str, int], *, both: bool = False) -> socket.socket:
    listener = socket.socket(family)
    if both:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    listener.bind(address)
    listener.listen()
    return listener


def _answer(listener: socket.socket, said: bytes) -> None:
    while True:
        client, _ = listener.accept()
        with client, contextlib.suppress(OSError):
            client.settimeout(TIMEOUT)
            client.sendall(said)
            client.shutdown(socket.SHUT_WR)
            # To close with something unread would reset the connection, and the answer be lost.
            while client.recv(4096):
                pass


def _echo(server: socket.socket, answer: Callable[[bytes], bytes]) -> None:
    while True:
        question, address = server.recvfrom(512)
        server.sendto(answer(question), address)


def _name_answer(question: bytes) -> bytes:
    """An answer with one address, 192.0.2.1 of the block for documentation (RFC 5737), to any question."""
    header = question[:2] + b"\x84\x00\x00\x01\x00\x01\x00\x00\x00\x00"
    return header + question[12:] + b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\xc0\x00\x02\x01"
