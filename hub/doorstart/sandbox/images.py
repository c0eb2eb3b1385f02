"""Which image of kernels a caller gets: read anew for every kernel and every grading, so that a rollback is at once."""

from __future__ import annotations

from pathlib import Path

from doorstart.identity import Caller
from doorstart.images import registry_file
from doorstart.images.registry import RegistryError
from doorstart.sandbox.kernels import Refused
from doorstart.sandbox.said import said


def image_for(caller: Caller, *, registry: Path) -> str:
    """The digest of the image for this caller.

    Args:
        caller: who asks; what they asked for does not matter.
        registry: the registry's file.

    Raises:
        Refused: none is promoted, or the registry cannot be read.
    """
    try:
        image = registry_file.read(registry).choose("kernel", caller.groups)
    except RegistryError as error:
        raise Refused(503, str(error)) from error
    if not image:
        raise Refused(503, said("No image for kernels has been promoted on this site. Ask the admin to promote one."))
    return image
