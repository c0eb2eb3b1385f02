"""Images that come to a site, by ``make up`` or on a stick, and those that are taken from the engine again.

As in :mod:`doorstart.images.acts`: each function takes a registry and gives the one after it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from doorstart.images.acts import logged, with_entry, with_promoted
from doorstart.images.registry import NAMES, Entry, Known, Registry, RegistryError, short


def learn(registry: Registry, known: Iterable[Known], *, who: str, now: datetime) -> Registry:
    """Note images that came to the site. One that is there already stays as it is.

    Raises:
        RegistryError: a name that no image has, or an id that came under another name before.
    """
    for one in known:
        if one.name not in NAMES:
            raise RegistryError(f"{one.name!r} is no image of a site; they are: {', '.join(NAMES)}.")
        before = registry.images.get(one.id)
        if before is not None and before.name != one.name:
            raise RegistryError(f"The image {short(one.id)} is here already, as {before.name} and not as {one.name}.")
        if before is None:
            entry = Entry(**one.model_dump(), learned=now)
        elif before.removed:
            entry = before.model_copy(update={"removed": False, "source": one.source})
        else:
            continue
        registry = logged(with_entry(registry, entry), entry, who, "learn", now, detail=one.source)
    return registry


def built(registry: Registry, known: Iterable[Known], *, who: str, now: datetime, promote: bool) -> Registry:
    """Note what ``make up`` built or found, and promote what is another one than at the last time.

    What a rollback took back stays so: the same build is not promoted twice.

    Args:
        registry: The registry.
        known: The images, one of each name.
        who: Who ran ``make up``.
        now: The time.
        promote: Whether a new one is promoted; one of whose name none ever was is promoted anyhow.
    """
    came = list(known)
    registry = learn(registry, came, who=who, now=now)
    for name, image in ((one.name, one.id) for one in came):
        if registry.built.get(name) == image:
            continue
        registry = registry.model_copy(update={"built": {**registry.built, name: image}})
        first = not registry.promoted(name)
        if (promote or first) and registry.promoted(name) != image and not registry.entry(image).retired:
            reason = "first set-up" if first else "built anew"
            registry = with_promoted(registry, registry.entry(image), who, reason, now)
    return registry


def first(registry: Registry, *, who: str, now: datetime) -> Registry:
    """For a site that builds nothing: promote the image that came last of each name of which none ever was."""
    for name in NAMES:
        candidates = [one for one in registry.images.values() if one.name == name and not one.retired]
        candidates = [one for one in candidates if not one.removed]
        if candidates and not registry.promoted(name):
            registry = with_promoted(registry, candidates[-1], who, "first set-up", now)
    return registry


def pruned(registry: Registry, images: Iterable[str], *, who: str, now: datetime) -> Registry:
    """Note that the engine does not have these images any more."""
    for image in images:
        entry = registry.entry(image).model_copy(update={"removed": True, "trials": {}})
        history = {name: [one for one in line if one != image] for name, line in registry.history.items()}
        registry = with_entry(registry.model_copy(update={"history": history}), entry)
        registry = logged(registry, entry, who, "prune", now)
    return registry
