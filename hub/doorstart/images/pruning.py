"""Which images may be removed from the engine: decided here, without the engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from doorstart.images.registry import NAMES, Entry, Registry, State, short


@dataclass(frozen=True)
class Kept:
    """An image that stays, and why."""

    entry: Entry
    why: str


@dataclass(frozen=True)
class Plan:
    """What pruning removes, the newest first so that a child goes before its parent, and what it keeps."""

    remove: tuple[Entry, ...]
    keep: tuple[Kept, ...]


def plan(registry: Registry, used: Mapping[str, str]) -> Plan:
    """What to remove: retired images, and known ones that came before the promoted one of their name.

    Kept are what runs, is promoted, on trial, the target of a rollback or waits for a second person, and what came
    after the promoted one: that is the next update.

    Args:
        registry: The registry.
        used: Images that are needed whatever the registry says, such as those of containers, and why.
    """
    order = {image: number for number, image in enumerate(registry.images)}
    targets = {registry.previous(name) for name in NAMES}
    remove, keep = [], []
    for entry in registry.images.values():
        if entry.removed:
            continue
        promoted = registry.promoted(entry.name)
        state = registry.state(entry.id)
        if state is State.PROMOTED:
            why = "promoted"
        elif entry.id in used:
            why = used[entry.id]
        elif entry.trials:
            why = "on trial"
        elif entry.id in targets:
            why = "the target of a rollback"
        elif entry.id in registry.requests:
            why = "waits for a second person"
        elif state is State.KNOWN and (not promoted or order[entry.id] > order[promoted]):
            why = "newer than the promoted one"
        else:
            remove.append(entry)
            continue
        keep.append(Kept(entry, why))
    return Plan(tuple(reversed(remove)), tuple(keep))


def in_words(entry: Entry) -> str:
    """An image for people: its name and the beginning of its id."""
    return f"{entry.name} {short(entry.id)}"
