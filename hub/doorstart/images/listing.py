"""Images as they are listed, by the command line and by the Hub's pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import docker
from docker.errors import ImageNotFound

from doorstart.images.registry import Entry, Registry, trial_groups


@dataclass(frozen=True)
class Listed:
    """An image as it is listed; ``size`` in bytes, None when it is not on the engine."""

    entry: Entry
    state: str
    groups: tuple[str, ...]
    size: int | None
    rollback_target: bool
    asked_by: str

    def plain(self) -> dict[str, Any]:
        """In the form of ``--json``."""
        entry = self.entry.model_dump(mode="json", include={"name", "id", "version", "source", "learned", "removed"})
        told = {"state": self.state, "groups": list(self.groups), "size": self.size}
        return {**entry, **told, "rollback_target": self.rollback_target, "asked_by": self.asked_by}


def listed(client: docker.DockerClient, known: Registry, *, name: str = "", removed: bool = False) -> list[Listed]:
    """The images of a registry by name, the newest first.

    Args:
        client: The engine.
        known: The registry.
        name: Only images of this name.
        removed: Whether those are listed too that were pruned.
    """
    newest = {entry.id: number for number, entry in enumerate(reversed(known.images.values()))}
    chosen = [one for one in known.images.values() if (removed or not one.removed) and name in ("", one.name)]
    return [
        Listed(
            entry=one,
            state=str(known.state(one.id)),
            groups=tuple(trial_groups(one)),
            size=size(client, one.id),
            rollback_target=known.previous(one.name) == one.id,
            asked_by=known.requests[one.id].who if one.id in known.requests else "",
        )
        for one in sorted(chosen, key=lambda one: (one.name, newest[one.id]))
    ]


def size(client: docker.DockerClient, image: str) -> int | None:
    """The size of an image in bytes; None if it is not on the engine."""
    try:
        return int(client.images.get(image).attrs["Size"])
    except ImageNotFound:
        return None


def megabytes(size: int | None) -> str:
    """A size for people; empty if it is not known."""
    return "" if size is None else f"{size / 1e6:.0f} MB"


def moment(time: datetime) -> str:
    """A time as people on this machine read it."""
    return time.astimezone().strftime("%Y-%m-%d %H:%M")
