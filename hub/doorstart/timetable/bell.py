"""Starts the servers of a class before the bell, and keeps them while the lesson lasts: a service of the Hub.

What is decided is in :mod:`doorstart.timetable.planning`. A server is started by the Hub as for anybody who asks for
it: the same image, the same confinement.
"""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from doorstart import names
from doorstart.people.client import Client, HubError
from doorstart.settings import Settings, settings
from doorstart.timetable import store
from doorstart.timetable.lessons import Timetable, near
from doorstart.timetable.planning import Learner, Plan, Room, plan

_LOOK_EVERY = 5.0
_KEEP_EVERY = 300.0
_KEEPS_IN_IDLE_TIMEOUT = 4
"""How often a kept server is noted as used before it would be stopped: more than once, for the Hub may be busy."""
MEMORY = Path("/proc/meminfo")

log = logging.getLogger("doorstart.timetable.bell")


class Hub(Protocol):
    """What the bell asks of the Hub."""

    def people(self) -> dict[str, Any]:
        """Everybody; see :meth:`doorstart.people.client.Client.people`."""

    def servers(self) -> dict[str, bool]:
        """Whose default server is starting (False) or ready (True)."""

    def start_server(self, username: str) -> None:
        """Ask for somebody's default server."""

    def note_activity(self, username: str) -> None:
        """Somebody's default server counts as used now."""


def available(meminfo: str) -> int:
    """Bytes that programs can still get without swapping, from the text of ``/proc/meminfo`` (``proc(5)``)."""
    for line in meminfo.splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    raise ValueError("no MemAvailable")


def learners(people: dict[str, Any], servers: dict[str, bool]) -> list[Learner]:
    """The active learners of the Hub's answer."""
    found = []
    for one in people["people"]:
        courses = names.courses_of(list(one["groups"]), "learner")
        if one["active"] and courses:
            state = {None: "stopped", False: "starting", True: "running"}[servers.get(one["username"])]
            found.append(Learner(one["username"], frozenset(courses), state))
    return found


class Bell:
    """Looks at the timetable, again and again.

    Args:
        hub: The Hub.
        chosen: The site's settings.
        table: Reads the timetable.
        memory: Bytes that the machine has left.
    """

    def __init__(self, hub: Hub, chosen: Settings, table: Callable[[], Timetable], memory: Callable[[], int]) -> None:
        self._hub = hub
        self._settings = chosen
        self._table = table
        self._memory = memory
        self._begun: defaultdict[str, set[str]] = defaultdict(set)
        self._keep_every = min(_KEEP_EVERY, chosen.idle_timeout / _KEEPS_IN_IDLE_TIMEOUT)
        self._kept = 0.0

    def look(self, now: datetime) -> Plan | None:
        """Do what is to be done now; None if no lesson is near, for then nobody is asked anything.

        Raises:
            HubError: the Hub does not answer.
            TimetableError: there is no reading the timetable.
        """
        table, zone = self._table(), ZoneInfo(self._settings.time_zone)
        ahead = timedelta(seconds=self._settings.lesson_ahead)
        room = Room(self._memory(), self._settings.lesson_server_memory, self._settings.lesson_memory_reserve)
        if not any(True for _ in near(table, now, ahead, zone)):
            self._begun.clear()
            return None
        people = learners(self._hub.people(), self._hub.servers())
        found = plan(table, people, self._begun, now, ahead, zone, room)
        for username, lesson in found.had:
            self._begun[lesson].add(username)
        for username, lesson in found.start:
            self._begun[lesson].add(username)
            log.info("Starting the server of %s for the lesson %s", username, lesson)
            try:
                self._hub.start_server(username)
            except HubError as error:
                log.warning("The server of %s was not started: %s", username, error)
        if found.refused:
            log.warning("No memory is left for %d more servers of this lesson", len(found.refused))
        if now.timestamp() - self._kept >= self._keep_every:
            self._kept = now.timestamp()
            for username in found.keep:
                self._hub.note_activity(username)
        return found


def main() -> None:
    """Look after the lessons of this site until the process is ended."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    hub = Client(Path(names.HUB_SOCKET), Path(names.STATE / "hub" / "admin-token"))
    bell = Bell(hub, settings(), store.read, lambda: available(MEMORY.read_text()))
    while True:
        try:
            bell.look(datetime.now(UTC))
        except (HubError, store.TimetableError, OSError) as error:
            log.warning("Looking after lessons failed, trying again: %s", error)
        time.sleep(_LOOK_EVERY)


if __name__ == "__main__":
    main()
