"""Which packages share a layer: a change of one package has to change few bytes, and an image has to have few layers.

A large package has a layer of its own. Small ones share layers with those that go into the same images, so that no
image has a package that it does not need; which of these one goes into depends on its name alone, so that it stays.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping

LARGE = 1_500_000
"""Bytes of a wheel or Debian package from which on it has a layer of its own."""

SHARED = 4_000_000
"""About how many bytes of small packages share a layer."""


def by_use(uses: Mapping[str, Collection[str]], sizes: Mapping[str, int]) -> dict[str, list[tuple[str, ...]]]:
    """The packages of each image, in groups.

    Args:
        uses: Names of packages by image.
        sizes: Bytes by name of package.

    Returns:
        For each image its groups: every package of it in exactly one, and a group is the same in all images that have
        one of its packages.
    """
    users: dict[str, frozenset[str]] = {}
    for image, names in uses.items():
        for name in names:
            users[name] = users.get(name, frozenset()) | {image}
    together: dict[tuple[str, ...], list[str]] = {}
    for name, images in users.items():
        together.setdefault(tuple(sorted(images)), []).append(name)
    grouped: dict[str, list[tuple[str, ...]]] = {image: [] for image in uses}
    # What most images have comes first, so that the engine keeps it once: to it, a layer is one with all those below.
    for users_of, names in sorted(together.items(), key=lambda one: (-len(one[0]), one[0])):
        for group in by_size({name: sizes[name] for name in names}):
            for image in users_of:
                grouped[image].append(group)
    return grouped


def by_size(sizes: Mapping[str, int]) -> list[tuple[str, ...]]:
    """Groups of packages, the large ones alone, each group sorted by name."""
    alone = sorted(name for name, size in sizes.items() if size >= LARGE)
    small = sorted(set(sizes) - set(alone))
    buckets = 1
    while sum(sizes[name] for name in small) > buckets * SHARED:
        buckets *= 2  # so that one more bucket splits each, and mixes none
    shared: dict[int, list[str]] = {}
    for name in small:
        shared.setdefault(int.from_bytes(hashlib.sha256(name.encode()).digest()[:4]) % buckets, []).append(name)
    return [*((name,) for name in alone), *(tuple(names) for _, names in sorted(shared.items()))]
