"""A running exchange for tests: the real service on a Unix socket. The only fake is the Hub that it asks who calls."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import signal
import socketserver
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import httpx

from doorstart import names
from doorstart_exchange_client.client import ExchangeClient
from doorstart_exchange_client.wire import DIGEST_HEADER, PREFIX, pack

COURSE = "accounting.en"
NOTEBOOK = json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


class FakeHub:
    """Answers ``/hub/api/user`` as the Hub does: a model for a known token, else 403."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.users: dict[str, dict[str, Any]] = {}
        self.status = 200
        self.requests = 0
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                hub.requests += 1
                token = self.headers.get("Authorization", "").removeprefix("token ")
                user = hub.users.get(token) if self.path == "/hub/api/user" else None
                status = hub.status if hub.status != 200 else 200 if user else 403
                body = json.dumps(user or {"status": status}).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def address_string(self) -> str:
                return "exchange"

            def log_message(self, *_: Any) -> None:
                pass

        class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
            daemon_threads = True
            request_queue_size = 512

        self.server = Server(str(path), Handler)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def add(
        self, name: str, *groups: str, scopes: tuple[str, ...] = (names.EXCHANGE_SCOPE,), kind: str = "user"
    ) -> str:
        """A token of this user."""
        token = hashlib.sha256(f"{name}{groups}{scopes}{kind}".encode()).hexdigest()[:32]
        self.users[token] = {"name": name, "kind": kind, "groups": list(groups), "scopes": list(scopes)}
        return token

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@dataclass
class Site:
    """One exchange with its Hub and people."""

    folder: Path
    hub: FakeHub
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def socket(self) -> Path:
        return self.folder / "x.sock"

    @property
    def state(self) -> Path:
        return self.folder / "state"

    def command(self, *arguments: str) -> list[str]:
        paths = ["--state", str(self.state), "--socket", str(self.socket), "--hub-socket", str(self.hub.path)]
        return [sys.executable, "-m", "doorstart.exchange", *paths, *arguments]

    @property
    def variables(self) -> dict[str, str]:
        database = f"sqlite:///{self.state / 'exchange.db'}"
        return {**os.environ, "DOORSTART_EXCHANGE_DATABASE": database, **self.environment}

    def start(self) -> None:
        log = (self.folder / "log").open("ab")
        self.process = subprocess.Popen(self.command(), env=self.variables, stdout=log, stderr=log, cwd=self.folder)
        log.close()
        for _ in range(600):
            assert self.process.poll() is None, (self.folder / "log").read_text()
            try:
                with self.http(None) as http:
                    assert http.get("/health").status_code == 200
                return
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError((self.folder / "log").read_text())

    def stop(self, how: int = signal.SIGTERM) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(20)
            self.process = None

    def http(self, token: str | None) -> httpx.Client:
        headers = {} if token is None else {"Authorization": f"token {token}"}
        transport = httpx.HTTPTransport(uds=str(self.socket), verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
        return httpx.Client(transport=transport, base_url=f"http://x{PREFIX}", headers=headers, timeout=60)

    def client(self, token: str) -> ExchangeClient:
        return ExchangeClient(str(self.socket), token)

    def learner(self, name: str, course: str = COURSE) -> str:
        return self.hub.add(name, names.group(course, "learner"))

    def instructor(self, name: str = "ann", course: str = COURSE) -> str:
        return self.hub.add(name, names.group(course, "instructor"))

    def send(
        self, token: str | None, body: bytes, method: str = "POST", path: str = "", **headers: str
    ) -> httpx.Response:
        """Sends a body as a submission of ``ps1``, or to another path."""
        sent = {DIGEST_HEADER: hashlib.sha256(body).hexdigest(), **headers}
        with self.http(token) as http:
            return http.request(
                method, path or f"/courses/{COURSE}/assignments/ps1/submissions", content=body, headers=sent
            )

    def key(self) -> bytes:
        """The public key of this site's receipts."""
        with self.http(None) as http:
            return base64.b64decode(http.get("/key").json()["key"])

    def release(self, assignment: str = "ps1", course: str = COURSE, content: bytes = NOTEBOOK) -> dict[str, Any]:
        archive = pack({"ps1.ipynb": content, "data/numbers.csv": b"a,b\n1,2\n"})
        return self.client(self.instructor(course=course)).release(course, assignment, archive)[0]


def work(text: str = "", **files: bytes) -> bytes:
    """An archive to hand in, with this text in its notebook."""
    return pack({"ps1.ipynb": NOTEBOOK + text.encode(), **files})


def page(content: bytes) -> bytes:
    """An archive with one page of feedback."""
    return pack({"ps1.html": content})


def running_site() -> Iterator[Site]:
    # Not below pytest's folder: the path of a Unix socket must be short.
    folder = Path(tempfile.mkdtemp(prefix="xc"))
    hub = FakeHub(folder / "hub.sock")
    site = Site(folder, hub)
    site.start()
    try:
        yield site
    finally:
        site.stop()
        hub.close()
        shutil.rmtree(folder)
