"""Requests that content would make with the reader's cookies, and that pages of the server never make."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from doorstart_page_policy.pages import Kind, kind_of

SHOWN: Final = frozenset({"image", "audio", "video"})
"""Destinations of what a notebook may show from the course's files."""
ASKED: Final = frozenset({"", "document", "empty", "websocket"})
"""Destinations of a page that is opened, and of what a script asks for (Fetch Metadata Request Headers, W3C). Empty
where a browser does not say it, which it does only with HTTPS or on the machine itself."""


def refusal(path: str, arguments: Mapping[str, object], headers: Mapping[str, str]) -> str:
    """Why a request is refused, as a sentence; empty if it is not.

    Args:
        path: below the server's base URL.
        arguments: of the query.
        headers: of the request.
    """
    if headers.get("Service-Worker") or headers.get("Sec-Fetch-Dest") == "serviceworker":
        return "No page of this server has a service worker."
    if path.partition("/")[0] == "formgrader" and "path" in arguments:
        # nbgrader would take that folder for a course and run its nbgrader_config.py, which a learner may hand in.
        return "Formgrader shows the course of this server only."
    destination = headers.get("Sec-Fetch-Dest", "")
    if destination in ASKED or kind_of(path) is Kind.PART:
        return ""
    if destination in SHOWN and path.startswith("files/"):
        return ""
    return "This address is not a part of a page."
