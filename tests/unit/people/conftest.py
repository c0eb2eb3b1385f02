"""A real Hub on a Unix socket for the tests of people, and a browser that logs in to it."""

from __future__ import annotations

import itertools
import os
import re
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from doorstart.people.client import Client

HERE = Path(__file__).parent
FOLDER = HERE.parents[2] / "hub"
LIMIT = 3
"""Wrong passwords before an account is locked, in these tests."""
LOCKOUT = 600
"""How long it stays locked, in seconds."""

Row = dict[str, Any]
_numbers = itertools.count()


class Hub:
    """A Hub process; state is kept in ``state`` over restarts."""

    limit = LIMIT

    def __init__(self, state: Path) -> None:
        self.state = state
        self.socket = state / "hub.sock"
        self.token_file = state / "admin-token"
        self.token_file.write_text(secrets.token_hex(16))
        self.client = Client(self.socket, self.token_file)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *, lockout: int = LOCKOUT) -> None:
        """Start, and wait until the Hub answers."""
        environment = os.environ | {
            "TEST_HUB_STATE": str(self.state),
            "TEST_HUB_FOLDER": str(FOLDER),
            "DOORSTART_FAILED_LOGINS": str(LIMIT),
            "DOORSTART_LOCKOUT": str(lockout),
        }
        command = [sys.executable, "-m", "jupyterhub", "-f", str(HERE / "hub_config.py")]
        with (self.state / "hub.log").open("ab") as log:
            self._process = subprocess.Popen(
                command, env=environment, cwd=self.state, stdout=log, stderr=subprocess.STDOUT
            )
        deadline = time.monotonic() + 120
        while not self._up():
            if self._process.poll() is not None or time.monotonic() > deadline:
                pytest.fail("the Hub does not start:\n" + self.log()[-4000:])
            time.sleep(0.1)

    def _up(self) -> bool:
        try:
            with self.http() as http:
                return http.get("/hub/api/").status_code == 200
        except httpx.TransportError:
            return False

    def stop(self, *, kill: bool = False) -> None:
        if self._process is not None:
            (self._process.kill if kill else self._process.terminate)()
            self._process.wait(timeout=20)
            self._process = None

    def log(self) -> str:
        return (self.state / "hub.log").read_text(errors="replace")

    def http(self, token: str | None = None) -> httpx.Client:
        headers = {} if token is None else {"Authorization": f"token {token}"}
        return httpx.Client(
            transport=httpx.HTTPTransport(uds=str(self.socket)), base_url="http://site", headers=headers, timeout=30
        )

    def browser(self) -> Browser:
        return Browser(self)

    def person(self, username: str) -> dict[str, Any]:
        """What the list of people says of one of them."""
        found: dict[str, Any] = next(p for p in self.client.people()["people"] if p["username"] == username)
        return found


class Browser:
    """Cookies of one person's browser, and forms filled in as a page would send them."""

    def __init__(self, hub: Hub) -> None:
        self.http = hub.http()

    def form(self, page: str, **fields: str) -> httpx.Response:
        """Open a page and send its form."""
        shown = self.http.get(page)
        token = re.search(r'name="_xsrf" value="([^"]+)"', shown.text)
        assert token is not None, shown.text
        return self.http.post(page, data={"_xsrf": token.group(1)} | fields)

    def log_in(self, username: str, password: str) -> httpx.Response:
        return self.form("/hub/login", username=username, password=password)

    def change(
        self, old: str, new: str, again: str | None = None, page: str = "/hub/change-password"
    ) -> httpx.Response:
        return self.form(page, old=old, new=new, again=new if again is None else again)

    def start_server(self, username: str, name: str = "") -> httpx.Response:
        """As the Hub's own pages do it, by its API."""
        # Sec-Fetch-Mode as a script in a page has it; the token is in the page's cookie.
        xsrf = {"X-XSRFToken": self.http.cookies.get("_xsrf", "", path="/hub/"), "Sec-Fetch-Mode": "cors"}
        server = f"servers/{name}" if name else "server"
        return self.http.post(f"/hub/api/users/{username}/{server}", headers=xsrf, json={})

    def who(self) -> str | None:
        """Who the Hub takes this browser for."""
        answer = self.http.get("/hub/home")
        shown = re.search(r'data-user="([^"]+)"', answer.text)
        return shown.group(1) if answer.status_code == 200 and shown else None


def _row(username: str, role: str = "learner", courses: Sequence[str] = ("accounting.en",), **more: str) -> Row:
    name = {"username": username, "display_name": f"Name of {username}", "language": "en"}
    return name | {"role": role, "courses": list(courses)} | more


@pytest.fixture(scope="session")
def row() -> Callable[..., Row]:
    """Makes a row of an import."""
    return _row


@pytest.fixture
def new_name() -> Callable[[], str]:
    """Makes usernames that nobody has yet: each test has its own people, so all can share one Hub."""
    return lambda: f"p{next(_numbers)}"


@pytest.fixture(scope="session")
def hub() -> Iterator[Hub]:
    # Not tmp_path: the path of a Unix socket may have 107 bytes only.
    with tempfile.TemporaryDirectory(prefix="hub") as folder:
        hub = Hub(Path(folder))
        hub.start()
        yield hub
        hub.stop()


@pytest.fixture
def someone(hub: Hub, new_name: Callable[[], str]) -> Callable[..., tuple[str, str]]:
    """Makes a new person: username and password."""

    def make(*, one_time: bool = False, **more: Any) -> tuple[str, str]:
        username = new_name()
        answer = hub.client.import_roster({"rows": [_row(username, **more)], "one_time": one_time})
        return username, answer["passwords"][0]["password"]

    return make
