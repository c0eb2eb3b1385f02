"""A person's browser without the browser: logs in, starts a server, uses its REST API and its kernels.

What each method needs, a browser needs too: cookies, XSRF tokens, redirects, websockets. Nothing here holds a token
or knows anything that a page does not tell.
"""

from __future__ import annotations

import json
import re
import ssl
import time
import uuid
from collections.abc import Iterator
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
import websocket


class ClientError(Exception):
    """The site did not do what was asked; the message names the request and the answer."""


class OneAddress(httpx.HTTPTransport):
    """Sends every request to one address, whatever host it is for, as if the DNS said that the host is there.

    Args:
        address: Scheme, host and port, such as ``http://localhost:8000``.
        verify: Whether the certificate has to be one that this machine trusts.
    """

    def __init__(self, address: str, *, verify: bool) -> None:
        super().__init__(verify=verify)
        self._address = httpx.URL(address)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; its ``Host`` and the name in the TLS handshake are the ones that it is for."""
        here = request.url.copy_with(host=self._address.host, port=self._address.port)
        extensions = {**request.extensions, "sni_hostname": request.url.host}
        there = httpx.Request(
            request.method, here, headers=request.headers, stream=request.stream, extensions=extensions
        )
        return super().handle_request(there)


class Person:
    """Somebody who is logged in to a site, in a browser of their own.

    Args:
        url: The site's address, such as ``http://localhost:8000``.
        at: Where the site is reached, if its name is not known to this machine; by default at ``url``.
        username: Who.
        password: Their password.
        verify: Whether the certificate has to be one that this machine trusts.
    """

    def __init__(self, url: str, username: str, password: str, *, verify: bool = True, at: str = "") -> None:
        self.url = url
        self.at = at or url
        self.username = username
        self.verify = verify
        transport = OneAddress(self.at, verify=verify) if at else None
        self.http = httpx.Client(base_url=url, follow_redirects=True, timeout=120, verify=verify, transport=transport)
        self._log_in(password)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def _log_in(self, password: str) -> None:
        page = self.http.get("/hub/login")
        found = re.search(r'name="_xsrf"\s+value="([^"]*)"', page.text)
        if not found:
            raise ClientError(f"The log-in page has no form (status {page.status_code})")
        form = {"username": self.username, "password": password, "_xsrf": found[1]}
        answer = self.http.post("/hub/login", data=form, follow_redirects=False)
        if answer.status_code != httpx.codes.FOUND:
            raise ClientError(f"{self.username} could not log in (status {answer.status_code})")

    def hub(self, method: str, path: str, **options: Any) -> httpx.Response:
        """A request to the Hub's API with this browser's cookies; ``path`` such as ``/users/ann/server``."""
        headers = {"X-XSRFToken": self._xsrf("/hub/"), "Referer": f"{self.url}/hub/home"}
        return self.http.request(method, f"/hub/api{path}", headers=headers, **options)

    def start_server(self, name: str = "", timeout: float = 120) -> Server:
        """Start this person's server of this name and wait until it answers; ``timeout`` in seconds.

        Raises:
            ClientError: the Hub refused, or the server did not come up.
        """
        path = f"/users/{self.username}/servers/{name}" if name else f"/users/{self.username}/server"
        answer = self.hub("POST", path)
        already = answer.status_code == httpx.codes.BAD_REQUEST and "already running" in answer.text
        if answer.status_code not in (httpx.codes.CREATED, httpx.codes.ACCEPTED) and not already:
            raise ClientError(f"The server was not started: {_message(answer)}")
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            server = self._server(name)
            if server and server.get("ready"):
                return Server(self, name)
            if answer.status_code == httpx.codes.ACCEPTED and not server:
                raise ClientError("The server did not come up; the Hub's log says why.")
            time.sleep(0.1)
        raise ClientError(f"The server did not answer within {timeout:.0f} s.")

    def progress(self, name: str = "", timeout: float = 120) -> Iterator[dict[str, Any]]:
        """What the page of somebody who waits is told of a server that starts.

        Args:
            name: Of the server.
            timeout: Seconds without a word after which it ends with an error.

        Yields:
            The events of ``/users/{name}/server/progress``; the last one has ``ready`` or ``failed``.
        """
        path = f"servers/{name}" if name else "server"
        address = f"/hub/api/users/{self.username}/{path}/progress"
        headers = {"X-XSRFToken": self._xsrf("/hub/"), "Referer": f"{self.url}/hub/home"}
        with self.http.stream("GET", address, headers=headers, timeout=timeout) as answer:
            for line in answer.iter_lines():
                if line.startswith("data:"):
                    yield json.loads(line.removeprefix("data:"))

    def stop_server(self, name: str = "", timeout: float = 60) -> None:
        """Stop this person's server of this name and wait until it is gone; ``timeout`` in seconds."""
        path = f"/users/{self.username}/servers/{name}" if name else f"/users/{self.username}/server"
        self.hub("DELETE", path)
        deadline = time.monotonic() + timeout
        while self._server(name) and time.monotonic() < deadline:
            time.sleep(0.1)

    def _server(self, name: str) -> dict[str, Any] | None:
        answer = self.hub("GET", f"/users/{self.username}")
        if answer.status_code != httpx.codes.OK:
            raise ClientError(f"The Hub does not tell about {self.username}: {_message(answer)}")
        found: dict[str, Any] | None = answer.json().get("servers", {}).get(name)
        return found

    def _xsrf(self, path: str) -> str:
        for cookie in self.http.cookies.jar:
            if cookie.name == "_xsrf" and cookie.path == path:
                return str(cookie.value)
        return ""


class Server:
    """A running server, as its owner's browser uses it."""

    def __init__(self, owner: Person, name: str) -> None:
        self.owner = owner
        self.name = name
        self.path = f"/user/{owner.username}/{name}/" if name else f"/user/{owner.username}/"
        # Opening a page logs in to the server; after that its cookies are there.
        page = owner.http.get(f"{self.path}lab")
        if page.status_code != httpx.codes.OK or not page.url.path.startswith(self.path):
            raise ClientError(f"{self.path}lab did not open (status {page.status_code}, {page.url.path})")
        self.origin = f"{page.url.scheme}://{page.url.netloc.decode()}"
        """Scheme, host and port of the server's pages: the site's, or its owner's own."""

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """A request to this server; ``path`` relative to it, such as ``api/contents``."""
        headers = {"X-XSRFToken": self.owner._xsrf(self.path), "Referer": f"{self.origin}{self.path}lab"}
        return self.owner.http.request(method, f"{self.origin}{self.path}{path}", headers=headers, **options)

    def json(self, method: str, path: str, **options: Any) -> Any:
        """The JSON that a request is answered with.

        Raises:
            ClientError: the status is not one of success, or the answer is no JSON.
        """
        answer = self.request(method, path, **options)
        try:
            content = answer.json()
        except ValueError:
            raise ClientError(f"{method} {path}: no JSON (status {answer.status_code})") from None
        if not answer.is_success:
            raise ClientError(f"{method} {path}: {_message(answer)}")
        return content

    def run(self, code: str, timeout: float = 60) -> str:
        """Run code in a kernel of its own, over the websocket; what it printed.

        Raises:
            ClientError: the code raised, or did not end within ``timeout`` seconds.
        """
        kernel = self.json("POST", "api/kernels", json={"name": "python3"})["id"]
        try:
            return self.run_in(kernel, code, timeout)
        finally:
            self.request("DELETE", f"api/kernels/{kernel}")

    def run_in(self, kernel: str, code: str, timeout: float = 60) -> str:
        """As :meth:`run`, in a kernel that is there."""
        parts = urlsplit(self.owner.at)
        own = urlsplit(self.origin)
        scheme = "wss" if parts.scheme == "https" else "ws"
        request = httpx.Request("GET", f"{self.origin}{self.path}api/kernels/{kernel}/channels")
        self.owner.http.cookies.set_cookie_header(request)
        channel = websocket.create_connection(
            f"{scheme}://{parts.netloc}{self.path}api/kernels/{kernel}/channels",
            timeout=timeout,
            cookie=request.headers.get("cookie", ""),
            host=own.netloc,
            origin=self.origin,
            sslopt={} if self.owner.verify else {"cert_reqs": ssl.CERT_NONE, "check_hostname": False},
        )
        try:
            return _execute(channel, code, timeout)
        except websocket.WebSocketTimeoutException:
            raise ClientError(f"The kernel did not end within {timeout:.0f} s.") from None
        finally:
            channel.close()


def _execute(channel: websocket.WebSocket, code: str, timeout: float) -> str:
    message_id = uuid.uuid4().hex
    header = {"msg_id": message_id, "msg_type": "execute_request", "session": uuid.uuid4().hex, "username": ""}
    header |= {"version": "5.3", "date": ""}
    content = {"code": code, "silent": False, "store_history": False, "allow_stdin": False, "stop_on_error": True}
    request = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
    channel.send(json.dumps(request))
    printed: list[str] = []
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        message = json.loads(channel.recv())
        if message["parent_header"].get("msg_id") != message_id:
            continue
        kind, content = message["header"]["msg_type"], message["content"]
        if kind == "stream":
            printed.append(content["text"])
        elif kind == "error":
            raise ClientError(f"{content['ename']}: {content['evalue']}")
        elif kind == "status" and content["execution_state"] == "idle":
            return "".join(printed)
    raise ClientError(f"The kernel did not end within {timeout:.0f} s.")


def _message(answer: httpx.Response) -> str:
    try:
        said = answer.json().get("message", "")
    except (ValueError, AttributeError):
        said = ""
    return f"{said or answer.reason_phrase} (status {answer.status_code})"
