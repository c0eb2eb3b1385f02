"""Why a bundle is refused, in sentences: what happened, why, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from securesystemslib.signer import Key
from tuf.api.exceptions import (
    BadVersionNumberError,
    DownloadHTTPError,
    DownloadLengthMismatchError,
    ExpiredMetadataError,
    RepositoryError,
)
from tuf.api.metadata import Metadata, Root

from doorstart.bundle import plain, trust
from doorstart.bundle.errors import RefusedError
from doorstart.bundle.keys import name_of


def refusal(error: Exception, metadata_folder: Path, work: Path, name: str, installed: int) -> RefusedError:
    """What python-tuf found, for the person who holds the stick.

    Args:
        error: The library's.
        metadata_folder: The bundle's folder with metadata.
        work: Has the root that counted, and whatever else was accepted.
        name: The file at which it stopped.
        installed: Number of the bundle that the site has.
    """
    file = metadata_folder / name
    if isinstance(error, ExpiredMetadataError):
        return _expired(error, metadata_folder, work)
    if isinstance(error, DownloadHTTPError):
        others = [path.name for path in file.parent.glob(f"*.{name.split('.', 1)[-1]}")]
        if others:
            return RefusedError("mixed", f"The bundle should have {name}, and has {others[0]}: two bundles were mixed.")
        return RefusedError("missing", missing(f"metadata/{name}"))
    if isinstance(error, DownloadLengthMismatchError):
        return RefusedError("changed", changed(name))  # too long to be looked at
    try:
        metadata = _metadata(file)
    except RefusedError as refused:
        return refused
    if isinstance(error, BadVersionNumberError):
        if name == "timestamp.json":
            return RefusedError("rollback", older(metadata.signed.version, installed))
        return RefusedError("mixed", f"{name} has the number {metadata.signed.version} inside: two bundles were mixed.")
    return _signatures(metadata, trust.read((work / "root.json").resolve()).signed, name)


def _signatures(metadata: Metadata, root: Root, name: str) -> RefusedError:  # type: ignore[type-arg]  # of any role
    """Why the signatures of a file do not suffice."""
    role = "root" if name.endswith("root.json") else metadata.signed.type
    held = root.get_verification_result(role, metadata.signed_bytes, metadata.signatures)
    spoiled = [root.keys[keyid] for keyid in metadata.signatures if keyid in held.unsigned]
    strangers = [keyid for keyid in metadata.signatures if keyid not in {*held.signed, *held.unsigned}]
    if spoiled:
        why = f"{name} was changed after {_names(spoiled)} signed it. Copy the bundle to the stick again."
        return RefusedError("changed", why)
    why = f"{name} has {len(held.signed)} of the {held.threshold} signatures that this site needs"
    why += f" ({_names(held.signed.values())})" if held.signed else ""
    why += f", and {len(strangers)} by keys that it does not trust" if strangers else ""
    return RefusedError("signatures", f"{why}. A person with a trusted key adds one with: doorstart bundle sign")


def _names(keys: Iterable[Key]) -> str:
    return ", ".join(sorted(name_of(key) for key in keys))


def _expired(error: Exception, metadata_folder: Path, work: Path) -> RefusedError:
    root = trust.read((work / "root.json").resolve()).signed
    if "root" in str(error):
        until = f"{root.expires:%Y-%m-%d}"
        why = f"The site's root of trust counted until {until}. Have a new one signed: doorstart bundle rekey"
        return RefusedError("expired", why)
    try:
        expires = _metadata(metadata_folder / "timestamp.json").signed.expires
    except RefusedError as refused:
        return refused
    why = (
        f"The bundle was valid until {expires:%Y-%m-%d %H:%M} UTC. Ask for a new one; if it should still be valid, "
        "look whether this machine's clock is right."
    )
    return RefusedError("expired", why)


def _metadata(file: Path) -> Metadata:  # type: ignore[type-arg]  # of any role
    """A file of the stick as it is, whoever signed it.

    Raises:
        RefusedError: it is none.
    """
    try:
        return Metadata.from_bytes(plain.read(file))
    except (OSError, RepositoryError):
        raise RefusedError("changed", changed(file.name)) from None


def older(number: int, installed: int) -> str:
    """A bundle is older than the one that the site has."""
    return f"The bundle ({number}) is older than the one that this site has ({installed}). Ask for a newer one."


def changed(name: str) -> str:
    """A file is not what was signed."""
    return f"{name} is not what was signed: it was damaged or changed. Copy the bundle to the stick again."


def missing(name: str) -> str:
    """A file is not there."""
    return f"{name} is missing from the bundle. Copy the whole folder to the stick again."


def lacking(what: str) -> str:
    """The site lacks something that the bundle does not carry."""
    return (
        f"The bundle takes for granted that this site has {what}, and it has not. It was made for another site, or "
        "from an old state file. Write a new one (doorstart bundle state), and have a bundle made from that."
    )
