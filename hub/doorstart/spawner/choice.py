"""From which image a person's server starts: read anew at every start, so that a rollback counts for the next one."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from doorstart.images import registry_file
from doorstart.images.registry import RegistryError
from doorstart.spawner.permission import Kind


def image_for(kind: Kind, groups: Iterable[str], registry: Path) -> str:
    """The digest of the image: the one on trial in one of the person's groups, else the promoted one.

    Args:
        kind: What the server is for.
        groups: The person's Hub groups.
        registry: The registry's file.

    Raises:
        RegistryError: none is promoted, or the registry cannot be read. The message is for the person who waits.
    """
    image = registry_file.read(registry).choose(kind.value, groups)
    if not image:
        raise RegistryError("No image is promoted for this server. Tell the admin of the site.")
    return image
