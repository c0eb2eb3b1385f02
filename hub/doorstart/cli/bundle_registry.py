"""``doorstart bundle publish``, and bundles from a registry: where several machines of one building share one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from doorstart.bundle import published, verify
from doorstart.bundle.container_registry import ContainerRegistry
from doorstart.bundle.errors import BundleError, RefusedError
from doorstart.bundle.source import Source, Stick
from doorstart.cli import bundle_keys, bundle_words
from doorstart.settings import settings
from doorstart.site.progress import step

BundleOrNot = Annotated[
    Path | None,
    typer.Argument(
        help="The bundle's folder, for example on a stick; without one, the newest of the registry in the settings.",
        show_default=False,
    ),
]
Number = Annotated[
    int | None, typer.Option(help="The bundle of this number from the registry, instead of the newest.", min=1)
]


def register(app: typer.Typer) -> None:
    """Add the command to ``doorstart bundle``."""
    app.command()(publish)


def publish(
    bundle: Annotated[Path, typer.Argument(help="The bundle's folder, for example on a stick.", show_default=False)],
    root: bundle_keys.RootOption = None,
) -> None:
    """Put a bundle into the registry of the settings, for the other machines; checked before, as an import does."""
    registry = _registry()
    try:
        with bundle_keys.trusted(root) as trusted, step("Publish") as current:
            if trusted is None:
                raise RefusedError("no-trust", "Nobody is trusted here yet. Give the root that you trust: --root FILE")
            current.say("checking signatures")
            verified = verify.authenticate(bundle, trusted)
            verify.check_files(bundle, verified, current.say)
            sent = published.publish(bundle, verified, registry, current.say)
            current.note = f"bundle {verified.contents.number}, {bundle_words.mib(sent)} that the registry did not have"
    except RefusedError as error:
        bundle_words.refuse(error, as_json=False)


def source(bundle: Path | None, number: int | None, folder: Path) -> Source:
    """Where a bundle is: in the folder that was named, else in the registry of the settings.

    Args:
        bundle: Its folder.
        number: Which one of the registry.
        folder: Where files of the registry go.

    Raises:
        BundleError: a folder and a number were given, or neither a folder nor a registry.
    """
    if bundle is None:
        return published.Published(_registry(), folder, number)
    if number is not None:
        raise BundleError("A number is for bundles in a registry, and a folder was given. Leave one of the two out.")
    return Stick(bundle)


def _registry() -> ContainerRegistry:
    chosen = settings()
    return published.open_registry(chosen.bundle_registry, chosen.bundle_registry_ca, chosen.bundle_registry_login)
