"""A stand-in for the sandbox: the same HTTP over a Unix socket, and all cells of a job run in one dictionary."""

from __future__ import annotations

import ast
import io
import json
import socket
import socketserver
import tarfile
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, Self

Answer = dict[str, Any]


class StandIn:
    """Answers from the job, unless it is told otherwise."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.jobs: list[dict[str, Any]] = []
        self.files: list[dict[str, bytes]] = []
        """Of each job: its files."""
        self.refusals: list[int] = []
        """Statuses to refuse the next requests with."""
        self.change: Callable[[Answer], Any] = lambda answer: answer
        """Applied to each answer."""
        self.delay = 0.0
        """Seconds that each job takes."""
        self.gate = threading.Event()
        """Jobs that have arrived wait for it."""
        self.gate.set()
        self.connections: set[socket.socket] = set()
        self._server: socketserver.BaseServer | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Listen."""
        stand_in = self

        class Handler(_Handler):
            owner = stand_in

        self._server = _Server(str(self.path), Handler)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def stop(self) -> None:
        """Be gone."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            for connection in list(self.connections):
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            self.path.unlink(missing_ok=True)
            self._server = None

    def answer(self, job: dict[str, Any]) -> Answer:
        """What became of each cell."""
        names: dict[str, Any] = {}
        for line in job["imports"]:
            exec(line, names)  # noqa: S102
        cells = [
            _test(cell["source"], names) if cell["kind"] == "test" else _run(cell["source"], names)
            for cell in job["cells"]
        ]
        ended = {"ended": None, "message": "", "restarts": 0}
        return {"version": 1, "cells": cells, "kernel": ended, "usage": {}}


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    request_queue_size = 50


class _Handler(BaseHTTPRequestHandler):
    owner: StandIn
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.owner.connections.add(self.request)

    def log_message(self, *_: Any) -> None:
        """Nothing."""

    def do_GET(self) -> None:
        self._send(200, {"image": "sha256:0123"})

    def do_POST(self) -> None:
        body = self._body()
        if self.owner.refusals:
            self._send(self.owner.refusals.pop(0), {"error": "no", "message": "Not now."})
            return
        with tarfile.open(fileobj=io.BytesIO(body), mode="r:") as tar:
            members = {member.name: tar.extractfile(member).read() for member in tar if member.isreg()}
        assert next(iter(members)) == "job.json"
        job = json.loads(members.pop("job.json"))
        self.owner.jobs.append(job)
        self.owner.files.append(members)
        time.sleep(self.owner.delay)
        self.owner.gate.wait(60)
        self._send(200, self.owner.change(self.owner.answer(job)))

    def _body(self) -> bytes:
        found = bytearray()
        while size := int(self.rfile.readline(), 16):
            found += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return bytes(found)

    def _send(self, status: int, content: Any) -> None:
        body = json.dumps(content).encode()
        with suppress(BrokenPipeError, ConnectionResetError):
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)


def _run(source: str, names: dict[str, Any]) -> Answer:
    printed = io.StringIO()
    names["print"] = lambda *words: printed.write(" ".join(map(str, words)) + "\n")
    outputs: list[Answer] = []
    status = "ok"
    try:
        exec("\n".join(line for line in source.split("\n") if not line.startswith("%")), names)  # noqa: S102
    except Exception as error:
        status = "error"
        trace = traceback.format_exception_only(error)
        outputs.append(
            {"output_type": "error", "ename": type(error).__name__, "evalue": str(error), "traceback": trace}
        )
    if printed.getvalue():
        outputs.insert(0, {"output_type": "stream", "name": "stdout", "text": printed.getvalue()})
    return {"kind": "learner", "status": status, "outputs": outputs, "execution_count": 1, "message": ""}


def _test(source: str, names: dict[str, Any]) -> Answer:
    printed = io.StringIO()
    names["print"] = lambda *words: printed.write(" ".join(map(str, words)) + "\n")
    result: Answer = {"kind": "test", "status": "passed", "value": None, "check": None, "message": ""}
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    try:
        exec(compile(tree, "check", "exec"), names)  # noqa: S102
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), "check", "eval"), names)  # noqa: S307
            if isinstance(value, int | float):
                result["value"] = repr(value)
    except Exception as error:
        line = traceback.extract_tb(error.__traceback__)[-1].lineno or 1
        text = source.split("\n")[line - 1]
        result |= {
            "status": "failed",
            "check": {
                "line": line,
                "hidden": "HIDDEN" in "\n".join(source.split("\n")[:line]),
                "learner": {
                    "called": "f()",
                    "came_back": None,
                    "expected": None,
                    "message": str(error),
                    "next_step": None,
                },
                "instructor": {
                    "source": text,
                    "called": None,
                    "came_back": None,
                    "expected": None,
                    "message": str(error),
                    "error": None,
                },
            },
        }
    return result | {"printed": printed.getvalue()}
