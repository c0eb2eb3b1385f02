"""Who is calling: the owner of a Hub token, asked of the Hub itself. Used by the exchange and the sandbox.

Not for deciding what a caller may do in a course: the exchange and the sandbox decide that from the groups.
"""

# ruff: noqa: N818  the exceptions are answers, named for what they say
from __future__ import annotations

import hashlib
import re
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
from fastapi import Request
from fastapi.responses import JSONResponse

from doorstart import names

CACHE_SECONDS = 10.0
"""How long an answer of the Hub is believed; a revoked token works for at most this long."""
CACHE_SIZE = 1024
HUB_TIMEOUT = httpx.Timeout(10.0, pool=30.0)
ALL_SERVICES = "access:services"
AUTHORIZATION = re.compile(r"(?:token|bearer) +([A-Za-z0-9._~+/=-]{1,512}) *\Z", re.IGNORECASE)
SERVER_SCOPE = "access:servers!server="


@dataclass(frozen=True, slots=True)
class Caller:
    """The owner of a token, as the Hub knows it."""

    name: str
    kind: str
    """``"user"`` or ``"service"``."""
    groups: tuple[str, ...]
    scopes: frozenset[str]
    server: str | None
    """Name of the server that the token was made for (``""``: the default server); None when it was made for none."""

    def courses(self, role: str) -> list[str]:
        """The course ids in which the caller is ``"learner"`` or ``"instructor"``; a service is neither."""
        return names.courses_of(list(self.groups), role) if self.kind == "user" else []


class IdentityError(Exception):
    """The caller is refused. ``status`` is the HTTP status, ``code`` a word for programs."""

    status = 401
    code = "not_identified"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotIdentified(IdentityError):
    """No token, or the Hub does not know it (any more)."""


class ScopeMissing(IdentityError):
    """A good token, made for something else."""

    status = 403
    code = "scope_missing"


class HubUnavailable(IdentityError):
    """The Hub does not answer, so nobody can be identified."""

    status = 503
    code = "hub_unavailable"


class HubIdentity:
    """Finds the caller of a request; an instance is a FastAPI dependency.

    Args:
        scope: the scope that a token must have; the unfiltered ``access:services`` will do too.
        hub_socket: path of the Hub's Unix socket.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        scope: str,
        hub_socket: str = str(names.HUB_SOCKET),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.scope = scope
        self._clock = clock
        self._cache: OrderedDict[str, tuple[float, Caller]] = OrderedDict()
        self._client = httpx.AsyncClient(
            transport=httpx.AsyncHTTPTransport(uds=hub_socket),
            base_url="http://hub",
            timeout=HUB_TIMEOUT,
            trust_env=False,
        )

    async def __call__(self, request: Request) -> Caller:
        """The caller of this request; raises as :meth:`identify`."""
        return await self.identify(request.headers.get("authorization"))

    async def identify(self, authorization: str | None) -> Caller:
        """The caller with this ``Authorization`` header (``token …`` or ``Bearer …``).

        Raises:
            NotIdentified: no token, or the Hub refuses it.
            ScopeMissing: the token lacks the scope, whoever its owner is.
            HubUnavailable: the Hub does not answer.
        """
        match = AUTHORIZATION.match(authorization or "")
        if match is None:
            raise NotIdentified("The request has no Hub token. Log in, start your server and try again from there.")
        caller = await self._caller(match[1])
        if self.scope not in caller.scopes and ALL_SERVICES not in caller.scopes:
            raise ScopeMissing(
                f"This token may not be used here: it lacks the permission {self.scope}. "
                "Use your own server; if this is your own server, stop it and start it again."
            )
        return caller

    async def close(self) -> None:
        """Closes the connections to the Hub."""
        await self._client.aclose()

    async def _caller(self, token: str) -> Caller:
        # The table holds hashes, so that a memory dump or a stray log line of it opens nothing.
        key = hashlib.sha256(token.encode()).hexdigest()
        known = self._cache.get(key)
        if known is not None and known[0] > self._clock():
            return known[1]
        self._cache.pop(key, None)
        asked = self._clock()
        caller = await self._ask_hub(token)
        self._cache[key] = (asked + CACHE_SECONDS, caller)
        while len(self._cache) > CACHE_SIZE:
            self._cache.popitem(last=False)
        return caller

    async def _ask_hub(self, token: str) -> Caller:
        try:
            response = await self._client.get("/hub/api/user", headers={"Authorization": f"token {token}"})
        except httpx.HTTPError as error:
            raise HubUnavailable(
                "The Hub does not answer, so nobody can be identified now. Nothing is lost: try again in a minute."
            ) from error
        if response.status_code in (401, 403):
            raise NotIdentified(
                "The Hub does not know this token, or it has expired. Stop your server, start it again and repeat."
            )
        try:
            response.raise_for_status()
            return caller_of(response.json())
        except (httpx.HTTPStatusError, ValueError, KeyError, TypeError) as error:
            raise HubUnavailable(
                f"The Hub gave an answer that cannot be used (status {response.status_code}). "
                "Nothing is lost: try again in a minute."
            ) from error


def caller_of(model: dict[str, Any]) -> Caller:
    """The caller that a reply of the Hub's ``/hub/api/user`` describes.

    Raises:
        KeyError, TypeError, ValueError: not such a reply.
    """
    name, kind, scopes = model["name"], model["kind"], model["scopes"]
    if not isinstance(name, str) or not name or kind not in ("user", "service") or not isinstance(scopes, list):
        raise ValueError("not the Hub's model of a user or service")
    prefix = f"{SERVER_SCOPE}{name}/"
    servers = {scope.removeprefix(prefix) for scope in scopes if scope.startswith(prefix)}
    return Caller(
        name=name,
        kind=kind,
        groups=tuple(model.get("groups") or ()),
        scopes=frozenset(scopes),
        # A token for several servers was made for none in particular.
        server=servers.pop() if len(servers) == 1 else None,
    )


async def identity_error(_: Request, error: Exception) -> JSONResponse:
    """A FastAPI exception handler for :class:`IdentityError`: ``{"error": code, "message": text}``."""
    assert isinstance(error, IdentityError)  # noqa: S101  registered for this class only
    headers = {"WWW-Authenticate": "Bearer"} if error.status == 401 else None
    return JSONResponse({"error": error.code, "message": error.message}, error.status, headers)
