"""The proxy as the Hub sees it, which tells the Hub of activity in small portions."""

from __future__ import annotations

import time
from typing import Any

from jupyterhub.proxy import ConfigurableHTTPProxy

AT_ONCE = 20
"""Servers of whose activity the Hub is told at a time. Its only thread stands still for some 5 ms for each."""


class Proxy(ConfigurableHTTPProxy):  # type: ignore[misc]
    """Says when a server was last used only if that is news, and of the servers first that waited for it longest.

    The Hub looks at all routes every few seconds, for the proxy may have lost some. With each it looks up the server's
    person and writes down when the server was last used: with 300 servers it stood still for two seconds of each five.

    Whoever asks for the routes counts as told, also the Hub's own start, which does not look at activity. Servers
    report theirs by themselves, too.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._told: dict[str, tuple[str, float]] = {}
        """By route: the activity that the Hub knows, and when it was told."""

    async def get_all_routes(self) -> dict[str, Any]:
        """The routes by their address. Where the Hub need not look, ``last_activity`` is missing from their data."""
        routes: dict[str, Any] = await super().get_all_routes()
        self._told = {route: told for route, told in self._told.items() if route in routes}
        found = {route: at for route, one in routes.items() if (at := one["data"].pop("last_activity", None))}
        news = [route for route, at in found.items() if route not in self._told or self._told[route][0] != at]
        for route in sorted(news, key=lambda one: self._told.get(one, ("", 0.0))[1])[:AT_ONCE]:
            routes[route]["data"]["last_activity"] = found[route]
            self._told[route] = (found[route], time.monotonic())
        return routes
