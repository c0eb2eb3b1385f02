"""Around every answer: headers that keep it out of caches and frames, and a body that is read before a refusal.

Why the reading: a client that still sends while the connection closes may see a broken connection in place of the
message. So the rest of a body is read and thrown away first, within limits.
"""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

DRAIN_BYTES = 256 * 1024 * 1024
DRAIN_SECONDS = 20.0
HEADERS = [
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; sandbox"),
    (b"x-content-type-options", b"nosniff"),
]


class Courtesy:
    """The ASGI middleware described above."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        complete = False

        async def watch() -> Message:
            nonlocal complete
            message = await receive()
            complete = complete or _is_last(message)
            return message

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *HEADERS]
                if not complete and scope["method"] not in ("GET", "HEAD"):
                    await _drain(receive)
            await send(message)

        await self._app(scope, watch, answer)


def _is_last(message: MutableMapping[str, Any]) -> bool:
    return message["type"] == "http.disconnect" or not message.get("more_body", False)


async def _drain(receive: Receive) -> None:
    left = DRAIN_BYTES
    try:
        async with asyncio.timeout(DRAIN_SECONDS):
            while left > 0:
                message = await receive()
                left -= len(message.get("body", b""))
                if _is_last(message):
                    return
    except TimeoutError:
        return
