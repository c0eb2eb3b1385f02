"""Requests through the relay, with the server's own token or none, byte for byte as they are given."""

from __future__ import annotations

import os
import socket
import time
from typing import Any

TIMEOUT = 8.0
"""Longest wait for an answer, in seconds."""
SLOWER = 429


def ask(relay: str, requests: list[dict[str, Any]], token: str | None = None) -> list[dict[str, Any]]:
    """Send requests, each on a connection of its own.

    Args:
        relay: Path of the relay's socket.
        requests: ``method``, ``target`` (the path as it is sent), and optionally ``headers`` and ``body``.
        token: The Hub token to send; by default the server's own.

    Returns:
        For each request ``status`` (0: no answer of HTTP) and the begin of the ``body``.
    """
    token = os.environ.get("JUPYTERHUB_API_TOKEN", "") if token is None else token
    return [_ask(relay, request, token) for request in requests]


def _ask(relay: str, request: dict[str, Any], token: str) -> dict[str, Any]:
    body = str(request.get("body", "")).encode()
    headers = {"Host": "relay", "Authorization": f"token {token}", "Connection": "close"}
    headers |= {"Content-Length": str(len(body))} if body or request["method"] in ("POST", "PUT", "PATCH") else {}
    headers |= request.get("headers", {})
    lines = [
        f"{request['method']} {request['target']} HTTP/1.1",
        *(f"{name}: {text}" for name, text in headers.items()),
    ]
    data = "\r\n".join([*lines, "", ""]).encode() + body
    for attempt in range(5):
        status, text = _answer(relay, data)
        if status != SLOWER:
            break
        # The relay slows down whoever asks fast; that is not what is tested here.
        time.sleep(0.5 * (attempt + 1))
    return {"status": status, "body": text}


def _answer(relay: str, data: bytes) -> tuple[int, str]:
    answer = b""
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(TIMEOUT)
            client.connect(relay)
            client.sendall(data)
            while len(answer) < 4000 and (part := client.recv(4000)):
                answer += part
    except OSError as error:
        if not answer:
            return 0, error.strerror or type(error).__name__
    head, _, body = answer.partition(b"\r\n\r\n")
    words = head.split(None, 2)
    status = int(words[1]) if len(words) > 1 and words[0].startswith(b"HTTP/") and words[1].isdigit() else 0
    return status, body[:1500].decode(errors="replace")
