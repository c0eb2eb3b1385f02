"""The root of trust: whose keys count, and how many of them a bundle needs. TUF's root role.

All four roles of TUF have the same keys and the same threshold here: a bundle is signed once, by the same people, when
it is made, so a weaker key that signs every hour, as on a server, would protect nothing.

Roots are files ``1.root.json``, ``2.root.json`` … in a folder that travels with the people who sign; each next one is
signed by enough keys of the one before (TUF specification, 5.3.4), so a site that trusts one comes to trust the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from securesystemslib.signer import Key, Signer
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Role, Root
from tuf.api.serialization import DeserializationError

from doorstart.bundle import plain
from doorstart.bundle.errors import BundleError
from doorstart.bundle.keys import name_of

ROLES = ("root", "timestamp", "snapshot", "targets")
ROOT_DAYS = 3 * 365
"""How long a root counts. Longer than a bundle: renewing it needs people to meet, and nothing else runs out with it."""


def first(keys: Sequence[Key], threshold: int, days: int = ROOT_DAYS) -> Metadata[Root]:
    """The first root, not signed yet.

    Raises:
        BundleError: fewer keys than the threshold, or a threshold under two.
    """
    return Metadata(_root(1, keys, threshold, days))


def following(
    old: Metadata[Root],
    *,
    add: Sequence[Key] = (),
    remove: Iterable[str] = (),
    threshold: int = 0,
    days: int = ROOT_DAYS,
) -> Metadata[Root]:
    """The root after ``old``, not signed yet.

    Args:
        old: The newest root.
        add: Keys that count from now on.
        remove: Names of keys that no longer count: lost, or of people who left.
        threshold: How many keys a bundle needs; 0 leaves it as it is.
        days: How long the new root counts.

    Raises:
        BundleError: a name is not there, or too few keys are left.
    """
    held = {name_of(key): key for key in keys_of(old.signed)}
    for name in remove:
        if name not in held:
            raise BundleError(f"The root has no key {name}; it has {', '.join(sorted(held))}.")
        del held[name]
    for key in add:
        if name_of(key) in held:
            raise BundleError(f"The root has a key {name_of(key)} already. Make the new key under another name.")
        held[name_of(key)] = key
    wanted = threshold or old.signed.roles["targets"].threshold
    return Metadata(_root(old.signed.version + 1, list(held.values()), wanted, days))


def _root(version: int, keys: Sequence[Key], threshold: int, days: int) -> Root:
    if threshold < 2:
        raise BundleError("The threshold must be 2 or more: one person alone must not be able to change a site.")
    if len({key.keyid for key in keys}) < threshold:
        raise BundleError(f"{len(keys)} keys are too few for a threshold of {threshold}. Three keys for two are best.")
    root = Root(
        version=version,
        expires=datetime.now(UTC).replace(microsecond=0) + timedelta(days=days),
        roles={role: Role([], threshold) for role in ROLES},
        consistent_snapshot=True,
    )
    for key in keys:
        for role in ROLES:
            root.add_key(key, role)
    return root


def keys_of(root: Root) -> list[Key]:
    """The keys that count, by name."""
    return sorted((root.keys[keyid] for keyid in root.roles["targets"].keyids), key=name_of)


def sign(root: Metadata[Root], previous: Root | None, signers: Iterable[Signer]) -> None:
    """Add signatures.

    Raises:
        BundleError: a key belongs to neither this root nor the one before.
    """
    for signer in signers:
        accepted = {**root.signed.keys, **(previous.keys if previous else {})}
        if signer.public_key.keyid not in accepted:
            raise BundleError(f"The key {name_of(signer.public_key)} is not one of this root's, so it cannot sign it.")
        root.sign(signer, append=True)


def missing(root: Metadata[Root], previous: Root | None) -> int:
    """How many signatures a root still lacks; 0 when sites will take it."""
    result = root.signed.get_root_verification_result(previous, root.signed_bytes, root.signatures)
    return max(0, *(one.threshold - len(one.signed) for one in (result.first, result.second)))


def read(path: Path) -> Metadata[Root]:
    """A root file.

    Raises:
        BundleError: it cannot be read, or is no root.
    """
    try:
        return parse(plain.read(path), str(path))
    except OSError as error:
        raise BundleError(f"{path} cannot be read: {error.strerror}.") from None


def parse(content: bytes, where: str) -> Metadata[Root]:
    """A root from its bytes.

    Args:
        content: The file's.
        where: What an error calls it.

    Raises:
        BundleError: it is no root.
    """
    try:
        found = Metadata[Root].from_bytes(content)
    except (DeserializationError, RepositoryError):
        raise BundleError(f"{where} is not a root of trust, or it is damaged.") from None
    if found.signed.type != "root":
        raise BundleError(f"{where} is not a root of trust, but {found.signed.type}.")
    return found


def read_chain(folder: Path) -> list[Metadata[Root]]:
    """The roots in a folder, from the first.

    Raises:
        BundleError: there is none, one is missing, or one is no root.
    """
    versions = sorted(
        int(path.name.split(".")[0]) for path in folder.glob("*.root.json") if path.name.split(".")[0].isdecimal()
    )
    if not versions:
        raise BundleError(f"{folder} has no root of trust. Make one with: doorstart bundle trust")
    if versions != list(range(1, len(versions) + 1)):
        raise BundleError(f"{folder} lacks some of the roots 1 to {versions[-1]}. Copy the whole folder again.")
    return [read(folder / f"{version}.root.json") for version in versions]


def write(root: Metadata[Root], folder: Path) -> Path:
    """Write a root under its number; the file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{root.signed.version}.root.json"
    path.write_bytes(root.to_bytes())
    return path
