"""What a site has, for the file that goes out to the connected side. Digests and versions, and no name of anybody."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from doorstart.bundle import courses, packages
from doorstart.bundle.contents import NamedVersion, SiteState
from doorstart.bundle.engine import Engine
from doorstart.bundle.store import Store
from doorstart.images.registry import Registry


def read(store: Store, engine: Engine, registry: Registry, own_courses: Path) -> SiteState:
    """The state of a site.

    Args:
        store: The site's store of bundles.
        engine: The site's engine.
        registry: What the site knows of images.
        own_courses: The courses that the site was set up with, for a site that never imported any.
    """
    there = [one for one in registry.images.values() if not one.removed and engine.has(one.id)]
    there.sort(key=lambda one: registry.promoted(one.name) == one.id)  # the promoted one of each name comes last
    running = {registry.promoted(one.name) for one in there}
    layers = {diff_id for one in there for diff_id in engine.diff_ids(one.id)}
    imported, root = store.imported, store.root
    return SiteState(
        made=datetime.now(UTC).replace(microsecond=0),
        bundle=imported.number if imported else 0,
        root=root.signed.version if root else 0,
        images=[
            NamedVersion(
                name=one.name,
                id=one.id,
                version=one.version,
                packages=packages.read(engine.client, one.id) if one.id in running else {},
            )
            for one in there
        ],
        layers=sorted(layers),
        courses={name: one.digest for name, one in courses.pack(store.courses or own_courses).items()},
    )
