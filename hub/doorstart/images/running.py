"""Which image running servers have, and which of them have another one than their people would get now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import docker

from doorstart import names
from doorstart.images.registry import SERVERS, Registry


@dataclass(frozen=True)
class Running:
    """The container of a running server."""

    container: str
    server_id: str
    kind: str
    """``learner`` or ``instructor``: the name of its image."""
    image: str


@dataclass(frozen=True)
class Person:
    """Somebody with running servers."""

    username: str
    groups: tuple[str, ...]
    servers: tuple[str, ...]
    """The names of the running ones; a learner's is empty."""


@dataclass(frozen=True)
class Outdated:
    """A running server whose person would get another image now."""

    person: Person
    server: str
    running: Running
    wanted: str


def running(client: docker.DockerClient, site: str) -> list[Running]:
    """The running servers of a site.

    Raises:
        docker.errors.DockerException: the engine does not answer.
    """
    wanted = [f"{names.LABEL_SITE}={site}", names.LABEL_SERVER]
    found = []
    for one in client.api.containers(filters={"label": wanted}):
        labels = one["Labels"]
        if labels.get(names.LABEL_ROLE) in SERVERS:
            found.append(
                Running(str(one["Id"]), labels[names.LABEL_SERVER], labels[names.LABEL_ROLE], str(one["ImageID"]))
            )
    return found


def outdated(registry: Registry, people: Iterable[Person], servers: Iterable[Running]) -> list[Outdated]:
    """The servers that have another image than their people would get now, by username."""
    by_id: Mapping[str, Running] = {one.server_id: one for one in servers}
    found = []
    for person in sorted(people, key=lambda one: one.username):
        for server in person.servers:
            one = by_id.get(names.server_id(person.username, server))
            wanted = registry.choose(one.kind, person.groups) if one else ""
            if one and one.image != wanted:
                found.append(Outdated(person, server, one, wanted))
    return found
