"""Which packages share a layer: a change of one package has to change few bytes, and an image has to have few layers.

A large package has a layer of its own. Small ones share layers with those that go into the same images, so that no
image has a package that it does not need; which of these one goes into depends on its name alone, so that it stays.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping


def by_use(
    uses: Mapping[str, Collection[str]], sizes: Mapping[str, int], large: int, shared: int
) -> dict[str, list[tuple[str, ...]]]:
    """The packages of each image, in groups.

    Args:
        uses: Names of packages by image.
        sizes: Bytes by name of package.
        large: As for :func:`by_size`.
        shared: As for :func:`by_size`.

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
        for group in by_size({name: sizes[name] for name in names}, large, shared):
            for image in users_of:
                grouped[image].append(group)
    return grouped


def by_size(sizes: Mapping[str, int], large: int, shared: int) -> list[tuple[str, ...]]:
    """Groups of packages, the large ones alone, each group sorted by name.

    Args:
        sizes: Bytes by name of package.
        large: Bytes from which on a package has a layer of its own.
        shared: About how many bytes of small packages share a layer.
    """
    alone = sorted(name for name, size in sizes.items() if size >= large)
    small = sorted(set(sizes) - set(alone))
    buckets = 1
    while sum(sizes[name] for name in small) > buckets * shared:
        buckets *= 2  # so that one more bucket splits each, and mixes none
    together: dict[int, list[str]] = {}
    for name in small:
        together.setdefault(int.from_bytes(hashlib.sha256(name.encode()).digest()[:4]) % buckets, []).append(name)
    return [*((name,) for name in alone), *(tuple(names) for _, names in sorted(together.items()))]
