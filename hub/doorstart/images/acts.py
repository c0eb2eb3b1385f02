"""What a person may do to the registry of images: each act takes a registry and gives the one after it, or refuses.

What comes and goes by itself is in :mod:`doorstart.images.arrivals`. Nothing here reads or writes a file, asks the
engine or knows a clock. Every act adds to the log.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from doorstart.images.registry import (
    BY_PERSON,
    CHECK_GROUPS,
    NAMES,
    SERVERS,
    Act,
    Ending,
    Entry,
    Registry,
    RegistryError,
    Request,
    State,
    short,
    trial_groups,
)

_GROUP = re.compile(r"[A-Za-z0-9][A-Za-z0-9:._-]{0,99}\Z")
_KEPT_HISTORY = 10
_LONGEST_REASON = 500


def trial(registry: Registry, image: str, group: str, *, who: str, now: datetime) -> Registry:
    """Give an image to the people of a group. Another one of this name that the group had is not on trial there then.

    Raises:
        RegistryError: unknown, retired or pruned, a service's image, or no such name of a group.
    """
    entry = usable(registry, image)
    if entry.name not in BY_PERSON:
        raise RegistryError(
            f"The image {short(image)} is that of the {entry.name}, of which a site has one for everybody, so no group "
            "can try it."
        )
    if not _GROUP.match(group):
        raise RegistryError(f"{group!r} is not the name of a group. One is, for example, course:programming.en:learner")
    for other in registry.images.values():
        if other.name == entry.name and group in other.trials:
            registry = with_entry(registry, _without_trial(other, group))
    entry = registry.entry(image)
    entry = entry.model_copy(update={"trials": {**entry.trials, group: now}})
    registry = with_entry(registry, entry)
    return registry if group in CHECK_GROUPS else logged(registry, entry, who, "trial", now, detail=group)


def end_trial(registry: Registry, image: str, group: str, *, who: str, now: datetime) -> Registry:
    """Take an image from a group that had it on trial; nothing happens if it had not.

    Raises:
        RegistryError: the site does not know the image.
    """
    entry = registry.entry(image)
    if group not in entry.trials:
        return registry
    entry = _without_trial(entry, group)
    registry = with_entry(registry, entry)
    return registry if group in CHECK_GROUPS else logged(registry, entry, who, "end trial", now, detail=group)


def end_checks(registry: Registry) -> Registry:
    """Take all images from the groups of checks: for what a check that was killed has left."""
    for entry in registry.images.values():
        if len(trial_groups(entry)) < len(entry.trials):
            kept = {group: entry.trials[group] for group in trial_groups(entry)}
            registry = with_entry(registry, entry.model_copy(update={"trials": kept}))
    return registry


def promote(
    registry: Registry, image: str, *, who: str, reason: str, now: datetime, checked: str, two_persons: bool
) -> Registry:
    """Promote an image, or ask for it or confirm it where two persons have to agree.

    Args:
        registry: The registry.
        image: The id.
        who: The person.
        reason: Why.
        now: The time.
        checked: What the check before it found, in a few words.
        two_persons: Whether a second person has to confirm.

    Raises:
        RegistryError: see :func:`promotable`, or no reason is given.
    """
    entry = promotable(registry, image, who=who, two_persons=two_persons)
    reason = _reason(reason)
    asked = registry.requests.get(image)
    if two_persons and asked is None:
        request = Request(when=now, who=who, reason=reason, checked=checked)
        registry = registry.model_copy(update={"requests": {**registry.requests, image: request}})
        return logged(registry, entry, who, "ask for promotion", now, reason=reason, detail=checked)
    if two_persons and asked:
        checked = f"{checked or asked.checked}; asked for by {asked.who}: {asked.reason}"
    return with_promoted(registry, entry, who, reason, now, detail=checked)


def promotable(registry: Registry, image: str, *, who: str, two_persons: bool) -> Entry:
    """The image, if this person may promote it, or ask for it, now. Whether it is good is another question.

    Raises:
        RegistryError: unknown, retired, pruned or promoted already, or the same person asked for it.
    """
    entry = usable(registry, image)
    if registry.state(image) is State.PROMOTED:
        raise RegistryError(f"The image {short(image)} is promoted already.")
    asked = registry.requests.get(image)
    if two_persons and asked and asked.who == who:
        raise RegistryError(
            f"{who} has asked for the promotion of {short(image)} already. On this site two persons have to agree: "
            "somebody else has to confirm it."
        )
    return entry


def rollback(registry: Registry, name: str, *, who: str, reason: str, now: datetime) -> Registry:
    """Go back to the image that was promoted before.

    Raises:
        RegistryError: no such name, no reason, or nothing to go back to.
    """
    if name not in NAMES:
        raise RegistryError(f"{name!r} is no image of a site; they are: {', '.join(NAMES)}.")
    reason = _reason(reason)
    target = registry.previous(name)
    if not target:
        raise RegistryError(
            f"There is no earlier {name} to go back to. Promote another one; see: doorstart image list --name {name}"
        )
    history = {**registry.history, name: registry.history[name][:-1]}
    left = registry.promoted(name)
    registry = registry.model_copy(update={"history": history})
    return logged(registry, registry.entry(target), who, "rollback", now, reason=reason, detail=f"from {short(left)}")


def require_shown(registry: Registry, name: str, *, promoted: str, target: str) -> None:
    """Refuse a rollback that somebody decided on when another image was promoted, or would have been gone back to.

    Args:
        registry: The registry as it is now.
        name: Of the image.
        promoted: The id of the promoted image that the person was shown.
        target: The id of the one before it that the person was shown.

    Raises:
        RegistryError: it is not so any more.
    """
    if (registry.promoted(name), registry.previous(name)) != (promoted, target):
        raise RegistryError(
            f"Nothing was rolled back: somebody changed the images since this page was shown, and the {name} that is "
            f"promoted now is {short(registry.promoted(name)) or 'none'}. Look again whether you want to go back."
        )


def retire(registry: Registry, image: str, *, who: str, reason: str, now: datetime) -> Registry:
    """Nobody gets this image again. It is no target of a rollback any more, and its trials end.

    Raises:
        RegistryError: unknown, promoted, or no reason.
    """
    entry = registry.entry(image)
    if registry.state(image) is State.PROMOTED:
        raise RegistryError(f"The image {short(image)} is promoted. Promote another {entry.name} first, or roll back.")
    reason = _reason(reason)
    entry = entry.model_copy(update={"retired": True, "trials": {}})
    history = {name: [one for one in line if one != image] for name, line in registry.history.items()}
    requests = {one: request for one, request in registry.requests.items() if one != image}
    registry = registry.model_copy(update={"history": history, "requests": requests})
    return logged(with_entry(registry, entry), entry, who, "retire", now, reason=reason)


def restore(registry: Registry, image: str, *, who: str, reason: str, now: datetime) -> Registry:
    """Undo :func:`retire`: the image is known again.

    Raises:
        RegistryError: unknown, not retired, or no reason.
    """
    entry = registry.entry(image)
    if not entry.retired:
        raise RegistryError(f"The image {short(image)} is not retired.")
    entry = entry.model_copy(update={"retired": False})
    return logged(with_entry(registry, entry), entry, who, "restore", now, reason=_reason(reason))


def end_servers(registry: Registry, name: str, at: datetime, *, who: str, reason: str, now: datetime) -> Registry:
    """Have the servers ended at a time that have another image than they would get, now and at that time.

    Raises:
        RegistryError: not the name of servers' image, or no reason.
    """
    if name not in SERVERS:
        raise RegistryError(f"Only people's servers can be ended at a time, and {name} is not one of them.")
    reason = _reason(reason)
    others = [one for one in registry.endings if one.name != name]
    ending = Ending(
        name=name, at=at, reason=reason, who=who, promoted=registry.promoted(name), trials=registry.trials(name)
    )
    registry = registry.model_copy(update={"endings": [*others, ending]})
    act = Act(when=now, who=who, what="end servers", name=name, image=registry.promoted(name), reason=reason)
    at_text = at.isoformat(timespec="seconds")
    return registry.model_copy(update={"log": [*registry.log, act.model_copy(update={"detail": f"at {at_text}"})]})


def ended(registry: Registry, ending: Ending) -> Registry:
    """Forget an ending that was carried out."""
    return registry.model_copy(update={"endings": [one for one in registry.endings if one != ending]})


def usable(registry: Registry, image: str) -> Entry:
    """An image that can be given to somebody.

    Raises:
        RegistryError: unknown, retired or pruned.
    """
    entry = registry.entry(image)
    if entry.retired:
        why = next((act for act in reversed(registry.log) if act.image == image and act.what == "retire"), None)
        by = f" by {why.who}: {why.reason}" if why else ""
        raise RegistryError(f"The image {short(image)} was retired{by.rstrip('.')}. Choose another one.")
    if entry.removed:
        raise RegistryError(f"The image {short(image)} was pruned, so the engine does not have it. Import it again.")
    return entry


def with_promoted(registry: Registry, entry: Entry, who: str, reason: str, now: datetime, detail: str = "") -> Registry:
    """The registry in which this image is promoted, and nothing of that is asked any more."""
    line = [one for one in registry.history.get(entry.name, []) if one != entry.id]
    history = {**registry.history, entry.name: [*line, entry.id][-_KEPT_HISTORY:]}
    requests = {one: request for one, request in registry.requests.items() if one != entry.id}
    registry = registry.model_copy(update={"history": history, "requests": requests})
    checks = {group: since for group, since in entry.trials.items() if group in CHECK_GROUPS}
    entry = entry.model_copy(update={"trials": checks})
    return logged(with_entry(registry, entry), entry, who, "promote", now, reason=reason, detail=detail)


def _reason(text: str) -> str:
    tidy = " ".join(text.split())
    if not tidy:
        raise RegistryError("Say why: it is kept in the log for those who come after you.")
    return tidy[:_LONGEST_REASON]


def _without_trial(entry: Entry, group: str) -> Entry:
    kept = {one: since for one, since in entry.trials.items() if one != group}
    return entry.model_copy(update={"trials": kept})


def with_entry(registry: Registry, entry: Entry) -> Registry:
    """The registry with this entry in the place of the one of the same image."""
    return registry.model_copy(update={"images": {**registry.images, entry.id: entry}})


def logged(registry: Registry, entry: Entry, who: str, what: str, now: datetime, **told: Any) -> Registry:
    """The registry with one more line in its log."""
    act = Act(when=now, who=who, what=what, name=entry.name, image=entry.id, **told)
    return registry.model_copy(update={"log": [*registry.log, act]})
