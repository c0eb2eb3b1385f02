"""Where people land after log-in, and the Hub's start page: a person's servers, and what can be done with each.

A learner has one server, an instructor one for each course. Who may start which is decided in
:mod:`doorstart.spawner.permission`; here it is only shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from tornado import web

from doorstart import names
from doorstart.pages import feedback
from doorstart.pages.exchange import ExchangeError, my_units
from doorstart.pages.page import EXCHANGE_SETTING, Page
from doorstart.pages.units import Learning, learning
from doorstart.settings import settings

STATES = ("stopped", "starting", "running", "stopping")


@dataclass(frozen=True)
class Entry:
    """A server that somebody has."""

    name: str
    """The server's name; empty for a learner's."""
    course: str
    """The course's id; empty for a learner's server, which is for all courses."""
    state: str
    """One of :data:`STATES`."""

    @property
    def title(self) -> str:
        """The course for people to read: ``Stock management (en)``; empty for a learner's server."""
        return names.readable_course(self.course)


def entries(groups: list[str], states: Mapping[str, str]) -> list[Entry]:
    """The servers of somebody with these Hub groups, a learner's first, then by course.

    Args:
        groups: The person's Hub groups.
        states: The state of each server that is not stopped, by its name.
    """
    own = [""] if names.courses_of(groups, "learner") else []
    found = [Entry(name, "", states.get(name, "stopped")) for name in own]
    for course in names.courses_of(groups, "instructor"):
        name = names.server_name(course)
        found.append(Entry(name, course, states.get(name, "stopped")))
    return found


def destination(servers: list[Entry], *, admin: bool, hub: str, username: str) -> str:
    """Where somebody goes after log-in: to the admin page, to the only server that they teach in, or to the start page.

    Args:
        servers: What the person has, see :func:`entries`.
        admin: Whether the person is an admin.
        hub: Path of the Hub, such as ``/hub/``.
        username: The person's username.

    Returns:
        A path on the site.
    """
    if admin and not servers:
        return f"{hub}admin"
    if len(servers) == 1 and servers[0].course:
        # The Hub starts the server, or goes on to it when it runs.
        return f"{hub}spawn/{quote(username, safe='@~')}/{servers[0].name}"
    return f"{hub}home"


def _state(spawner: Any) -> str:
    if spawner.pending == "stop":
        return "stopping"
    if spawner.ready:
        return "running"
    return "starting" if spawner.active else "stopped"


def _entries_of(user: Any) -> list[Entry]:
    states = {name: _state(spawner) for name, spawner in user.spawners.items()}
    return entries([group.name for group in user.groups], states)


def default_url(handler: Any) -> str:
    """``JupyterHub.default_url``: where this request's user goes; empty for somebody who is not logged in."""
    user = handler.current_user
    if user is None:
        return ""
    return destination(_entries_of(user), admin=bool(user.admin), hub=handler.hub.base_url, username=user.name)


class StartPage(Page):
    """The start page, in place of the Hub's own, which offers servers that nobody here can have."""

    @web.authenticated
    async def get(self) -> None:
        """Show the person's servers."""
        user = self.current_user
        servers = _entries_of(user)
        for entry in servers:
            if entry.state == "running":
                await user.spawners[entry.name].poll_and_notify()  # it may have ended by itself
        servers = _entries_of(user)
        learns = any(not entry.course for entry in servers)
        html = await self.render_template(
            "start.html",
            user=user,
            servers=servers,
            learns=learns,
            learning=await self._learning(servers) if learns else None,
        )
        self.set_header("Cache-Control", "no-store")
        self.finish(html)

    async def _learning(self, servers: list[Entry]) -> Learning | None:
        """The learner's units; ``None`` when the exchange does not answer, which the page then says."""
        user = self.current_user
        try:
            units = await my_units(user, self.settings[EXCHANGE_SETTING])
        except ExchangeError as error:
            self.log.error("%s", error)
            return None
        zone = ZoneInfo(settings().time_zone)
        running = any(not entry.course and entry.state == "running" for entry in servers)
        place = {"hub": self.hub.base_url, "server": user.server_url(""), "username": user.name}
        return learning(units, self.language, zone, running=running, **place)


handlers: list[tuple[str, type[web.RequestHandler]]] = [(r"/home", StartPage), *feedback.handlers]
