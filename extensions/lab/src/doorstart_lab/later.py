"""Server extensions that are loaded when one of their addresses is first asked for, and not when the server starts.

nbgrader brings SQLAlchemy, Alembic and nbconvert with it. A learner who works in *My courses* never needs them, but
without this every start of a server waits for them, and every server keeps them in memory.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from jupyter_server.utils import url_path_join
from tornado.httputil import HTTPServerRequest
from tornado.routing import AnyMatches, Router, Rule

EXTENSIONS = {
    "nbgrader.server_extensions.assignment_list": ("assignments", "courses", "nbgrader_version"),
    "nbgrader.server_extensions.validate_assignment": ("assignments", "nbgrader_version"),
}
"""Modules, and the first parts of the addresses that each adds to a server."""


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "doorstart_lab.later"}]


def _load_jupyter_server_extension(app: Any) -> None:
    app.web_app.default_router.rules.insert(0, Rule(AnyMatches(), Later(app, EXTENSIONS)))


class Later(Router):
    """Loads an extension when it is asked for; handles nothing itself.

    Tornado goes through the rules of a server until one answers. This one is the first and never does, so whatever an
    extension has added meanwhile is found behind it.

    Args:
        app: The server.
        extensions: As :data:`EXTENSIONS`.
    """

    def __init__(self, app: Any, extensions: dict[str, tuple[str, ...]]) -> None:
        self._app = app
        self._waiting = dict(extensions)

    def find_handler(self, request: HTTPServerRequest, **_: Any) -> None:
        """Load what this request needs and the server has not yet."""
        base = url_path_join(str(self._app.web_app.settings["base_url"]), "/")
        first = str(request.path).removeprefix(base).partition("/")[0]
        for module in [one for one, addresses in self._waiting.items() if first in addresses]:
            del self._waiting[module]
            import_module(module).load_jupyter_server_extension(self._app)
