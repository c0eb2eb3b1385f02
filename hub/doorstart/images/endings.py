"""Ends servers at the time that an admin set, after a warning to their people: a service of the Hub.

The warning is ``notice.json`` in the server's socket folder, which the server sees at ``/run/doorstart/server``:
``{"kind": "ending", "at": time, "reason": text}``. Only root can write there. Only servers are ended that still have
another image than their people would get, and would have got when it was decided: what is promoted or tried later makes
no good image a bad one. What nobody could end now is tried again.
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import docker
from docker.errors import DockerException

from doorstart import names
from doorstart.images import acts, registry_file, running
from doorstart.images.registry import Ending, Registry, RegistryError
from doorstart.people.client import Client, HubError
from doorstart.settings import settings

NOTICE = "notice.json"
_LOOK_EVERY = 3.0
START_TIMEOUT = timedelta(minutes=2)
"""Time after an ending in which servers are waited for that are being started: their images may be chosen already."""

log = logging.getLogger("doorstart.images.endings")


def step(
    known: Registry,
    now: datetime,
    servers: list[running.Outdated],
    warn: Callable[[running.Outdated, Ending], None],
    end: Callable[[running.Outdated], None],
    *,
    starting: bool,
) -> list[Ending]:
    """Look once at all endings; those that are carried out.

    Args:
        known: The registry.
        now: The time.
        servers: Those that have another image than their people would get.
        warn: Tells the person.
        end: Ends the server, or begins to.
        starting: Whether a server is being started; see :func:`starts`.
    """
    carried_out = []
    for ending in known.endings:
        theirs = [
            one
            for one in servers
            if one.running.kind == ending.name and not ending.spares(one.running.image, one.person.groups)
        ]
        for one in theirs:
            if now < ending.at:
                warn(one, ending)
            else:
                end(one)
        waits = starting and now < ending.at + START_TIMEOUT
        if now >= ending.at and not theirs and not waits:
            carried_out.append(ending)
    return carried_out


def starts(known: Iterable[running.Person], servers: Iterable[running.Running]) -> bool:
    """Whether the Hub counts a server as running whose container does not run: its image is chosen, and not to be seen.

    Args:
        known: The people, as the Hub knew them before ``servers`` were looked up.
        servers: Those whose containers run.
    """
    there = {one.server_id for one in servers}
    return any(names.server_id(one.username, server) not in there for one in known for server in one.servers)


def warn(folder: Path, ending: Ending) -> None:
    """Write the warning into a server's socket folder; nothing happens if the server has just gone."""
    notice = {"kind": "ending", "at": ending.at.isoformat(timespec="seconds"), "reason": ending.reason}
    content = json.dumps(notice)
    try:
        if (folder / NOTICE).is_file() and (folder / NOTICE).read_text() == content:
            return
        fresh = folder / f".{NOTICE}"
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o644)
        with os.fdopen(descriptor, "w") as file:
            os.fchmod(descriptor, 0o644)
            file.write(content)
        fresh.replace(folder / NOTICE)
    except FileNotFoundError:
        return


def people(client: Client) -> list[running.Person]:
    """Everybody with their groups and running servers, as the Hub knows them.

    Raises:
        HubError: the Hub does not answer.
    """
    return [
        running.Person(one["username"], tuple(one["groups"]), tuple(one["running_servers"]))
        for one in client.people()["people"]
        if one["running_servers"]
    ]


def main() -> None:
    """Look after the endings of this site until the process is ended."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    hub = Client(Path(names.HUB_SOCKET), Path(names.STATE / "hub" / "admin-token"))
    engine = docker.from_env()
    site, path = settings().site, settings().registry

    def tell(one: running.Outdated, ending: Ending) -> None:
        warn(Path(names.SERVERS) / one.running.server_id, ending)

    def end(one: running.Outdated) -> None:
        log.info("Ending server %r of %s, which has another image", one.server, one.person.username)
        hub.stop_server(one.person.username, one.server)

    while True:
        try:
            known = registry_file.read(path)
            if known.endings:
                theirs = people(hub)  # first: a server that is not there yet chooses its image after the ending
                there = running.running(engine, site)
                servers, starting = running.outdated(known, theirs, there), starts(theirs, there)
                for ending in step(known, datetime.now(UTC), servers, tell, end, starting=starting):
                    registry_file.update(partial(acts.ended, ending=ending), path)
        except (RegistryError, HubError, DockerException, OSError) as error:
            log.warning("Looking after servers that are to be ended failed, trying again: %s", error)
        time.sleep(_LOOK_EVERY)


if __name__ == "__main__":
    main()
