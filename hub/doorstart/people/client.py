"""Asks the Hub about people, over the Hub's Unix socket; runs inside the Hub's container.

Only the standard library, and no knowledge of the requests: what they may hold is said in
:mod:`doorstart.people.handlers`.
"""

from __future__ import annotations

import http.client
import json
import socket
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from doorstart.names import CHECK_PREFIX

TIMEOUT = 600.0
"""Longest wait for an answer, in seconds: a fifth of a second for each new password, and 1,000 people."""

STOP_TIMEOUT = 60.0
"""Longest wait for somebody's servers to stop, in seconds."""


class HubError(Exception):
    """The Hub cannot be reached, or refused. ``answer`` is what it said: ``status``, ``message``, ``problems``."""

    def __init__(self, status: int, message: str, problems: list[dict[str, Any]] | None = None) -> None:
        super().__init__(message)
        self.answer: dict[str, Any] = {"status": status, "message": message, "problems": problems or []}


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class Client:
    """Asks one Hub.

    Args:
        hub_socket: the Hub's socket.
        token_file: the file with the internal service's token.
        prefix: path of the Hub's API.
    """

    def __init__(self, hub_socket: Path, token_file: Path, prefix: str = "/hub/api/doorstart") -> None:
        self._socket = hub_socket
        self._token_file = token_file
        self._prefix = prefix

    def import_roster(self, request: dict[str, Any]) -> dict[str, Any]:
        """Import rows; see :class:`doorstart.people.handlers.ImportRequest`."""
        return self._ask("POST", "/roster", request)

    def people(self) -> dict[str, Any]:
        """Everybody."""
        return self._ask("GET", "/people")

    def reset(self, request: dict[str, Any]) -> dict[str, Any]:
        """A new password for ``request["username"]``; ``one_time`` as in the import.

        Raises:
            HubError: refused, or the request has no username.
        """
        username = request.get("username")
        if not isinstance(username, str) or not username:
            raise HubError(400, 'Whose password? The request needs a "username".')
        rest = {key: value for key, value in request.items() if key != "username"}
        return self._ask("POST", f"/people/{quote(username, safe='')}/password", rest)

    def forget(self, request: dict[str, Any]) -> dict[str, Any]:
        """Stop the servers of some people and delete their accounts without a trace; ``request["usernames"]``.

        Only people of a check are deleted. Everybody else's account is deactivated, by an import: a name that was given
        up and then given to somebody else would bring the old owner's submissions with it.

        Returns:
            ``{"forgotten": [username, …]}``; who was not there is not in it.

        Raises:
            HubError: the Hub refused, a server did not stop, or a name is not one of a check.
        """
        usernames = request.get("usernames")
        if not isinstance(usernames, list) or not all(str(name).startswith(CHECK_PREFIX) for name in usernames):
            raise HubError(400, f'Whom? The request needs "usernames", and each begins with {CHECK_PREFIX!r}.')
        return {"forgotten": [name for name in usernames if self._forget(str(name))]}

    def stop_server(self, username: str, name: str) -> None:
        """Have one server of somebody stopped; ``name`` is empty for the default server. It may take a moment.

        Raises:
            HubError: the Hub does not answer.
        """
        path = f"/hub/api/users/{quote(username, safe='')}"
        self._send("DELETE", f"{path}/servers/{name}" if name else f"{path}/server")

    def servers(self) -> dict[str, bool]:
        """Whose default server is there: whether it is ready (True) or only starting or stopping (False).

        Raises:
            HubError: the Hub does not answer.
        """
        found: dict[str, bool] = {}
        offset, page = 0, 100
        while True:
            status, text = self._send("GET", f"/hub/api/users?state=active&limit={page}&offset={offset}")
            users = self._array(status, text)
            found |= {one["name"]: bool(one["servers"][""]["ready"]) for one in users if "" in one.get("servers", {})}
            if len(users) < page:
                return found
            offset += page

    def start_server(self, username: str) -> None:
        """Have somebody's default server started, without waiting for it longer than the Hub does.

        Raises:
            HubError: the Hub does not answer, or the server is not to be had.
        """
        status, text = self._send("POST", f"/hub/api/users/{quote(username, safe='')}/server")
        if status not in (201, 202):
            self._object(status, text, 201)

    def note_activity(self, username: str) -> None:
        """Somebody's default server counts as used now, so that it is not stopped for being idle.

        Raises:
            HubError: the Hub does not answer.
        """
        now = datetime.now(UTC).isoformat()
        request = {"servers": {"": {"last_activity": now}}}
        self._send("POST", f"/hub/api/users/{quote(username, safe='')}/activity", request)

    def _forget(self, username: str) -> bool:
        path = f"/hub/api/users/{quote(username, safe='')}"
        deadline = time.monotonic() + STOP_TIMEOUT
        while True:
            status, text = self._send("GET", path)
            if status == 404:
                return False
            servers = self._object(status, text, 200).get("servers", {})
            if not servers:
                break
            if time.monotonic() > deadline:
                raise HubError(0, f"The servers of {username} have not stopped after {STOP_TIMEOUT:.0f} s.")
            for name in servers:
                self.stop_server(username, name)
            time.sleep(0.2)
        status, text = self._send("DELETE", path)
        if status not in (204, 404):
            self._object(status, text, 204)
        return True

    def _ask(self, method: str, path: str, request: dict[str, Any] | None = None) -> dict[str, Any]:
        return self._object(*self._send(method, self._prefix + path, request), 200)

    def _send(self, method: str, path: str, request: dict[str, Any] | None = None) -> tuple[int, str]:
        """The status and the text of the Hub's answer."""
        try:
            token = self._token_file.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise HubError(0, f"The Hub's token cannot be read ({error}). The Hub writes it when it starts.") from error
        connection = _UnixConnection(str(self._socket), TIMEOUT)
        body = None if request is None else json.dumps(request)
        headers = {"Authorization": f"token {token}", "Content-Type": "application/json"}
        try:
            connection.request(method, path, body=body, headers=headers)
            response = connection.getresponse()
            return response.status, response.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException) as error:
            raise HubError(0, f"The Hub does not answer on {self._socket} ({error}). Is the site up?") from error
        finally:
            connection.close()

    @staticmethod
    def _array(status: int, text: str) -> list[dict[str, Any]]:
        """The JSON array in an answer.

        Raises:
            HubError: the status is not 200, or something else came.
        """
        try:
            answer = json.loads(text)
        except ValueError:
            answer = None
        if status != 200 or not isinstance(answer, list):
            raise HubError(status, f"The Hub gave an answer that is not a list (status {status}).")
        return answer

    @staticmethod
    def _object(status: int, text: str, expected: int) -> dict[str, Any]:
        """The JSON object in an answer with the expected status.

        Raises:
            HubError: another status, or something else than a JSON object.
        """
        try:
            answer = json.loads(text)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise HubError(status, f"The Hub gave an answer that is not JSON (status {status}).")
        if status != expected:
            message = str(answer.get("message") or f"The Hub refused with status {status}.")
            raise HubError(status, message, answer.get("problems"))
        return answer
