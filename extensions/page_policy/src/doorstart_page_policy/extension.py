"""Puts the policies into a server."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from jupyter_server.serverapp import ServerApp
from tornado.httputil import HTTPHeaders, HTTPServerRequest
from tornado.routing import Matcher, Rule
from tornado.web import OutputTransform, RequestHandler
from traitlets import Enum
from traitlets.config import Configurable

from doorstart_page_policy.pages import Kind, kind_of
from doorstart_page_policy.policy import Place, others_work, own_work, sha256
from doorstart_page_policy.requests import refusal
from doorstart_page_policy.templates import mark_scripts, new_nonce

_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)


class PagePolicy(Configurable):
    """What the pages of this server show."""

    shows = Enum(
        ["own work", "others' work"],
        default_value="others' work",
        help="Whose work the pages show. The reader's own may run scripts; that of others may not do anything.",
    ).tag(config=True)


def _load_jupyter_server_extension(app: ServerApp) -> None:
    """Add the policies to every answer of the server, and refuse what only content asks for."""
    web_app = app.web_app
    base_url = str(web_app.settings["base_url"])
    if PagePolicy(parent=app).shows == "own work":
        _transform(web_app, lambda request: own_work(Place(request.host, base_url)))
        return
    web_app.default_router.rules.insert(0, Rule(_Refused(base_url), _Refusal))
    hashes = inline_hashes(_lab_page(app))

    def policy(request: HTTPServerRequest) -> str:
        kind = kind_of(_below(base_url, request.path))
        nonce = ""
        if kind is Kind.FORMGRADER:
            nonce = new_nonce()
            mark_scripts(web_app.settings["nbgrader_jinja2_env"])
            mark_scripts(web_app.settings["nbgrader_exporter"].environment)
        return others_work(kind, Place(request.host, base_url), nonce=nonce, hashes=hashes)

    _transform(web_app, policy)


def inline_hashes(page: str) -> list[str]:
    """The hashes of the scripts in a page's own markup, as a policy names them."""
    return [sha256(script) for script in _INLINE.findall(page)]


def _lab_page(app: ServerApp) -> str:
    """The template of JupyterLab's page; nothing in its scripts is filled in."""
    from jupyterlab.commands import get_app_dir

    return (Path(get_app_dir()) / "static" / "index.html").read_text()


def _below(base_url: str, path: str) -> str:
    return path.removeprefix(base_url) if path.startswith(base_url) else ""


def _transform(web_app: Any, policy: Callable[[HTTPServerRequest], str]) -> None:
    class AddPolicy(OutputTransform):
        """Tornado makes one for each request, before it is handled, and asks it when the answer is sent."""

        def __init__(self, request: HTTPServerRequest) -> None:
            self._policy = policy(request)

        def transform_first_chunk(
            self, status_code: int, headers: HTTPHeaders, chunk: bytes, finishing: bool
        ) -> tuple[int, HTTPHeaders, bytes]:
            """Beside a policy that the answer has already: a browser keeps to both."""
            headers.add("Content-Security-Policy", self._policy)
            headers["X-Content-Type-Options"] = "nosniff"
            headers["Referrer-Policy"] = "same-origin"
            headers["Cross-Origin-Opener-Policy"] = "same-origin"
            headers["Cross-Origin-Resource-Policy"] = "same-origin"
            return status_code, headers, chunk

    web_app.add_transform(AddPolicy)


class _Refused(Matcher):
    """Matches requests that are refused."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        """The arguments of :class:`_Refusal`, or None for a request that goes its way."""
        headers = cast("dict[str, str]", request.headers)
        why = refusal(_below(self._base_url, request.path), request.query_arguments, headers)
        return {"target_kwargs": {"why": why}} if why else None


class _Refusal(RequestHandler):
    """Answers with 403 and why."""

    def initialize(self, why: str) -> None:
        """Take the sentence that is the answer."""
        self._why = why

    def prepare(self) -> None:
        """Answer, whatever the method is."""
        self.set_status(403)
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(f"{self._why}\n")
