"""Commands in the site's containers, with bytes in and bytes out; the host needs no Docker client for it."""

from __future__ import annotations

import contextlib
import io
import json
import socket
import struct
import tarfile
from pathlib import Path
from typing import Any

import docker
from docker.errors import NotFound
from docker.models.containers import Container


class CommandError(Exception):
    """A command in a container failed. ``answer`` is its JSON, if it printed any."""

    def __init__(self, message: str, answer: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.answer = answer or {}


def running(client: docker.DockerClient, name: str) -> Container:
    """A running container by name.

    Raises:
        CommandError: there is none.
    """
    try:
        container = client.containers.get(name)
    except NotFound:
        raise CommandError(f"{name} is not running. Start the site with: make up") from None
    if container.status != "running":
        raise CommandError(f"{name} is {container.status}. Start the site with: make up")
    return container


def execute(client: docker.DockerClient, name: str, command: list[str], stdin: bytes = b"") -> bytes:
    """Run a command in a running container; its standard output.

    Raises:
        CommandError: the container is not running, or the command failed.
    """
    container = running(client, name)
    started = client.api.exec_create(container.id, command, stdin=True)
    connection = client.api.exec_start(started["Id"], socket=True)
    raw: socket.socket = connection._sock  # type: ignore[union-attr]  # over a Unix socket or TCP it has one
    raw.settimeout(600)
    raw.sendall(stdin)
    raw.shutdown(socket.SHUT_WR)
    output, said = demultiplex(raw)
    connection.close()
    code = client.api.exec_inspect(started["Id"])["ExitCode"]
    if code:
        raise _failed(output, said, command)
    return output


def execute_json(client: docker.DockerClient, name: str, command: list[str], request: Any = None) -> dict[str, Any]:
    """Run a command that reads and prints JSON.

    Raises:
        CommandError: as :func:`execute`, or what it printed is not a JSON object.
    """
    stdin = b"" if request is None else json.dumps(request).encode()
    output = execute(client, name, command, stdin)
    try:
        answer = json.loads(output)
    except ValueError:
        raise CommandError(f"{' '.join(command)} printed no JSON") from None
    return dict(answer)


def demultiplex(raw: socket.socket) -> tuple[bytes, bytes]:
    """Standard output and error from the engine's stream: frames of type, three zeros, length, content."""
    streams: dict[int, list[bytes]] = {1: [], 2: []}
    with raw.makefile("rb") as frames:
        while len(header := frames.read(8)) == 8:
            kind, length = struct.unpack(">BxxxL", header)
            streams.setdefault(kind, []).append(frames.read(length))
    return b"".join(streams[1]), b"".join(streams[2])


def _failed(output: bytes, said: bytes, command: list[str]) -> CommandError:
    answer: dict[str, Any] = {}
    with contextlib.suppress(ValueError, TypeError):
        answer = dict(json.loads(output))
    last = said.decode(errors="replace").strip().splitlines()[-1:] or [f"{' '.join(command)} failed"]
    return CommandError(str(answer.get("message") or last[0]), answer)


def archive(folder: Path, *, uid: int = 0) -> bytes:
    """A folder as a tar file whose entries belong to a user; the same content gives the same bytes."""
    buffer = io.BytesIO()

    def owned(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = uid
        entry.uname = entry.gname = ""
        entry.mode = 0o755 if entry.isdir() else 0o644
        entry.mtime = 0
        return entry

    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for child in sorted(folder.iterdir()):
            tar.add(child, arcname=child.name, filter=owned)
    return buffer.getvalue()
