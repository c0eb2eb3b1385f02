"""The requests with which a server tries to get more out of the relay than its allow-list: paths, methods, tricks.

Only a list. ``{self}``, ``{other}``, ``{course}`` and ``{group}`` stand for the attacker, the neighbour, the server of
their course, and its group; who judges the answers is :mod:`doorstart.check.probes.hub`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Request = dict[str, Any]
"""``method``, ``target``, and optionally ``headers`` and ``body``: see :func:`doorstart.check.inside.relay.ask`."""
TOKEN = "/hub/api/oauth2/token"  # noqa: S105  a path
ACTIVITY = ("/hub/api/users/{self}/activity", "/hub/api/users/{other}/activity")
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_BEYOND = {
    "/users": _METHODS,
    "/users/{self}": _METHODS,
    "/users/{other}": _METHODS,
    "/users/{self}/tokens": ("GET", "POST"),
    "/users/{other}/tokens": ("GET", "POST"),
    "/users/{self}/tokens/a1": ("GET", "DELETE"),
    "/users/{self}/server": ("POST", "DELETE"),
    "/users/{other}/server": ("POST", "DELETE"),
    "/users/{other}/server/progress": ("GET",),
    "/users/{self}/servers/{course}": ("POST", "DELETE"),
    "/users/{self}/shared": ("GET",),
    "/users/{self}/activity": ("GET", "PUT", "DELETE"),
    "/users/{self}/admin-access": ("POST",),
    "/groups": ("GET", "POST"),
    "/groups/{group}": ("GET", "POST", "DELETE"),
    "/groups/{group}/users": ("POST", "DELETE"),
    "/shares/{other}/": ("GET", "POST", "DELETE"),
    "/share-codes/{self}/": ("GET", "POST"),
    "/info": ("GET",),
    "/proxy": ("GET", "POST", "PATCH"),
    "/services": ("GET", "POST"),
    "/services/exchange": ("GET", "DELETE"),
    "/shutdown": ("POST",),
    "/health": ("GET",),
    "/metrics": ("GET",),
    "/authorizations/token/a1": ("GET",),
    "/authorizations/token": ("POST",),
    "/oauth2/authorize?client_id=jupyterhub-user-{self}&response_type=code": ("GET", "POST"),
    "/oauth2/token": ("GET", "PUT"),
    "/user": ("POST", "DELETE"),
    "/doorstart/people": ("GET",),
    "/doorstart/roster": ("POST",),
    "/doorstart/people/{other}/password": ("POST",),
}
"""Paths of the Hub's API, and of Doorstart's part of it, by which methods."""
_PAGES = (
    "/",
    "/hub/",
    "/hub/login",
    "/hub/home",
    "/hub/admin",
    "/hub/token",
    "/hub/spawn",
    "/hub/logout",
    "/hub/metrics",
    "/hub/user/{other}/",
    "/hub/change-password",
    "/user/{other}/",
    "/user/{other}/api/contents",
    "/services/",
    "/services/sandbox/kernels",
    "/services/other/",
    "/services/exchange",
    "/api/routes",
)
_TRICKS = (
    "//hub/api/users",
    "/hub//api/users",
    "/hub/./api/users",
    "/hub/api/./users",
    "/hub/api/user/../users",
    "/hub/api/user/%2e%2e/users",
    "/hub/api/user%2f..%2fusers",
    "/hub/api/user/..%2fusers",
    "/hub/api/user%2e%2e/users",
    "/hub/api/user/",
    "/hub/api/user//",
    "/hub/api/user;/users",
    "/hub/api/user%00/users",
    "/hub/api/user%20",
    "/hub/api/user\\..\\users",
    "/hub/api/",
    "/hub/API/users",
    "/HUB/api/user",
    "hub/api/users",
    "/hub/api/users?/hub/api/user",
    "/hub/api/users#/hub/api/user",
    "/hub/api/users/../user",
    "/hub/api/users/{other}/../../user",
    "/hub/api/users/%2e%2e/user",
    "/hub/login/%2e%2e/api/user",
    "/hub/user/{other}/%2e%2e/%2e%2e/api/user",
    "/services/exchange/../../hub/api/users",
    "/services/exchange/%2e%2e/%2e%2e/hub/api/users",
    "/services/exchange/..%2f..%2fhub/api/users",
    "/services/exchange/%2e%2e/sandbox/kernels",
    "/services/exchange%2f..%2f..%2fhub/api/users",
    "http://hub/hub/api/users",
    "http://relay/hub/api/users",
    "*",
)
_POST_TRICKS = (
    "/hub/api/users/{self}/servers/..%2factivity",
    "/hub/api/users/{self}/server/../activity",
    "/hub/api/users/{self}/server/%2e%2e/activity",
    "/hub/api/users/{self}/tokens/..%2factivity",
    "/hub/api/users/{other}/server%2f..%2factivity",
    "/hub/api/users//activity",
    "/hub/api/users/{self}/activity/",
    "/hub/api/users/{self}%2factivity",
    "/hub/api/users/{self}/tokens?/activity",
    "/hub/api/shutdown/..%2foauth2/token",
    "/hub/api/shutdown/%2e%2e/oauth2/token",
)
"""Paths that mean an allowed one to whoever resolves them and another to whoever does not."""
_HEADERS = (
    {"X-Original-URL": "/hub/api/users"},
    {"X-Rewrite-URL": "/hub/api/users"},
    {"X-HTTP-Method-Override": "POST"},
    {"X-Forwarded-Prefix": "/hub/api/users"},
    {"Upgrade": "websocket", "Connection": "close, Upgrade"},
    {"Host": "hub"},
    {"Host": "localhost:8000"},
)


def beyond(say: Callable[[str], str]) -> list[Request]:
    """All of them; ``say`` fills in the names."""
    asked = [(method, f"/hub/api{path}") for path, methods in _BEYOND.items() for method in methods]
    asked += [(method, path) for path in _PAGES for method in ("GET", "POST")]
    asked += [("GET", path) for path in _TRICKS] + [("POST", path) for path in _POST_TRICKS]
    asked += [(method, "/hub/api/users") for method in ("HEAD", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get")]
    requests: list[Request] = [{"method": method, "target": say(path)} for method, path in asked]
    requests += [{"method": "GET", "target": "/hub/api/info", "headers": headers} for headers in _HEADERS]
    # Two lengths of one body: what the relay takes for the body of one request could be a second one to the Hub.
    hidden = "0\r\n\r\nGET /hub/api/users HTTP/1.1\r\nHost: hub\r\n\r\n"
    both = {"Transfer-Encoding": "chunked"}
    requests.append({"method": "POST", "target": TOKEN, "headers": both, "body": hidden})
    return requests
