"""A web server on the loopback that hears beacons, and pages without protection in which cases show that they act."""

from __future__ import annotations

import html
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import mistune

from .case import MARK, Case

BEACON = re.compile(MARK + r"([a-z0-9-]+)")


class Canary:
    """What was heard, and the pages to show."""

    def __init__(self) -> None:
        self.heard: set[str] = set()
        self.pages: dict[str, str] = {}
        self.url = ""

    def side_by_side(self, cases: list[Case]) -> str:
        """The address of a page that shows each case, as it is, in a frame of its own."""
        for case in cases:
            markup = f"<!doctype html><meta charset=utf-8><body><main>{as_it_is(case, self.url)}</main>"
            self.pages[f"/plain/{case.name}"] = markup
        # All that a page may do but lead the page around it away.
        allowed = "allow-scripts allow-same-origin allow-forms allow-popups allow-modals"
        frames = [f'<iframe sandbox="{allowed}" src="/plain/{case.name}"></iframe>' for case in cases]
        self.pages["/plain"] = f"<!doctype html><body>{''.join(frames)}"
        return f"{self.url}/plain"


def as_it_is(case: Case, canary: str) -> str:
    """The markup that a page without protection makes of a case."""
    content = case.filled(canary)
    if case.kind == "markdown":
        return str(mistune.create_markdown(escape=False)(content))
    if "javascript" in case.mime:
        return f"<script>{content}</script>"
    if case.mime == "text/markdown":
        return str(mistune.create_markdown(escape=False)(content))
    if case.kind in ("html", "raw", "output") and case.mime in ("text/html", "image/svg+xml"):
        return content
    return f"<pre>{html.escape(content)}</pre>"


@contextmanager
def listening() -> Iterator[Canary]:
    """A canary that listens while the body runs."""
    canary = Canary()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            """A page, or a beacon that is heard and answered with nothing."""
            page = canary.pages.get(self.path)
            if page is None:
                canary.heard.update(BEACON.findall(self.path))
            body = (page or "").encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_HEAD = answer  # noqa: N815  the library's names

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    canary.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield canary
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
