"""The Content-Security-Policy of each kind of page (W3C, Content Security Policy Level 3).

The policies name folders, not only the site: without a subdomain for each person, ``'self'`` would let a page run a
script from any learner's server.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from doorstart_page_policy.pages import COURSE_PARTS, LARGE_PARTS, Kind

HANDLERS: Final = (
    "createAssignmentModal();",
    "createStudentModal();",
    "toggleAllNames()",
    "toggle_name(false);",
    "toggle_name(true);",
)
"""What nbgrader's own templates have in the attributes of events. They may run wherever they stand, and only they."""

_HOST = re.compile(r"(?:[A-Za-z0-9.-]+|\[[0-9a-fA-F:.]+\])(?::[0-9]{1,5})?\Z")


@dataclass(frozen=True)
class Place:
    """Where a server is, as the browser sees it."""

    host: str
    """Name and port, from the request's ``Host``."""
    base_url: str
    """The server's path, with a slash at both ends."""

    def below(self, *folders: str) -> str:
        """Source expressions for folders below the base URL, of the scheme of the page; none if the host is no host."""
        return " ".join(f"{self.host}{self.base_url}{folder}" for folder in folders) if self._is_host() else ""

    def sockets(self) -> str:
        """Source expressions for the server's websockets; a scheme has to be said, because it is not the page's."""
        return f"ws://{self.below('')} wss://{self.below('')}" if self._is_host() else ""

    def _is_host(self) -> bool:
        return _HOST.match(self.host) is not None


def sha256(script: str) -> str:
    """How a policy names a script in a page's markup by what it is."""
    return f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}"


def own_work(place: Place) -> str:
    """For pages that show the reader's own work: anything, but only from this site."""
    inside = "'self' data: blob:"
    return _written(
        {
            "default-src": f"{inside} 'unsafe-inline' 'unsafe-eval'",
            "connect-src": f"{inside} {place.sockets()}",
            "base-uri": "'self'",
            "form-action": "'self'",
        }
    )


def others_work(kind: Kind, place: Place, *, nonce: str = "", hashes: Sequence[str] = ()) -> str:
    """For pages of a server that shows what others wrote.

    Args:
        kind: of the page.
        place: where the server is.
        nonce: of the scripts in formgrader's page.
        hashes: of the scripts in JupyterLab's page, as ``sha256-…``.
    """
    if kind is Kind.CONTENT:
        return _content()
    if kind is Kind.COURSE:
        return _course(place)
    parts = place.below(*LARGE_PARTS)
    if kind is Kind.LAB:
        # JupyterLab compiles the schemas of its settings. No content gets as far as to have something evaluated.
        scripts = ["'unsafe-eval'", *(f"'{one}'" for one in hashes)]
    else:
        scripts = [
            "'unsafe-hashes'",
            *(f"'{sha256(one)}'" for one in HANDLERS),
            *([f"'nonce-{nonce}'"] if nonce else []),
        ]
    return _written(
        {
            "default-src": "'none'",
            "script-src": f"{' '.join(scripts)} {parts}",
            "style-src": f"'unsafe-inline' {parts}",
            "img-src": f"data: blob: {parts} {place.below('files/')}",
            "font-src": f"data: {parts}",
            "media-src": "data: blob:",
            "connect-src": f"{place.below('')} {place.sockets()}",
            "worker-src": f"blob: {parts}",
            # JupyterLab shows an HTML or PDF file in a frame of a blob, which has this policy too.
            "frame-src": "blob:",
            "object-src": "blob:",
            "base-uri": "'none'",
            "form-action": "'none'",
            "frame-ancestors": "'none'",
        }
    )


def _course(place: Place) -> str:
    """Our own pages: scripts and styles are files of ours, and forms go to pages of the same kind."""
    parts, pages = place.below(COURSE_PARTS), place.below("course", "course/")
    return _written(
        {
            "default-src": "'none'",
            "script-src": parts,
            "style-src": parts,
            "img-src": parts,
            "connect-src": pages,
            "form-action": pages,
            "base-uri": "'none'",
            "frame-ancestors": "'none'",
        }
    )


def _content() -> str:
    """Nothing runs, loads, is sent or framed, and the page is of an origin of its own."""
    return _written(
        {
            "default-src": "'none'",
            "style-src": "'unsafe-inline'",
            "img-src": "data:",
            "font-src": "data:",
            "media-src": "data:",
            "base-uri": "'none'",
            "form-action": "'none'",
            "frame-ancestors": "'none'",
            "sandbox": "",
        }
    )


def _written(directives: dict[str, str]) -> str:
    return "; ".join(" ".join(f"{name} {sources}".split()) for name, sources in directives.items())
