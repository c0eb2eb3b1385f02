"""A bundle's TUF metadata: what is in it, signed.

Versions pin what belongs together (timestamp → snapshot → targets → every file by digest and length), and a version is
the time of making to the second, so two bundles share none. The pins carry no digests of metadata: a second person's
signature is added to these files afterwards, and would change them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from securesystemslib.signer import Signer
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp
from tuf.api.serialization import DeserializationError

from doorstart.bundle import plain, trust
from doorstart.bundle.errors import BundleError
from doorstart.bundle.keys import name_of

FOLDER = "metadata"


def write(bundle: Path, number: int, expires: datetime, roots: Sequence[Metadata[Root]]) -> None:
    """Write unsigned metadata over all files that are in a bundle.

    Args:
        bundle: The bundle's folder, complete but for its metadata.
        number: The version of all its metadata.
        expires: When the bundle stops being accepted.
        roots: The roots of trust, from the first.
    """
    targets = Targets(version=number, expires=expires)
    for path in sorted(path for path in bundle.rglob("*") if path.is_file()):
        name = path.relative_to(bundle).as_posix()
        targets.targets[name] = TargetFile.from_file(name, str(path), ["sha256"])
    snapshot = Snapshot(version=number, expires=expires, meta={"targets.json": MetaFile(number)})
    timestamp = Timestamp(version=number, expires=expires, snapshot_meta=MetaFile(number))
    folder = bundle / FOLDER
    folder.mkdir()
    for root in roots:
        trust.write(root, folder)
    (folder / f"{number}.targets.json").write_bytes(Metadata(targets).to_bytes())
    (folder / f"{number}.snapshot.json").write_bytes(Metadata(snapshot).to_bytes())
    (folder / "timestamp.json").write_bytes(Metadata(timestamp).to_bytes())


def sign(bundle: Path, signers: Iterable[Signer]) -> int:
    """Add signatures to a bundle.

    Args:
        bundle: Its folder.
        signers: Whose.

    Returns:
        How many signatures it still lacks.

    Raises:
        BundleError: its metadata cannot be read, or a key is not one of its newest root's.
    """
    root = trust.read_chain(bundle / FOLDER)[-1].signed
    files = list(_files(bundle))
    for signer in signers:
        if signer.public_key.keyid not in root.roles["targets"].keyids:
            known = ", ".join(name_of(key) for key in trust.keys_of(root))
            raise BundleError(f"The key {name_of(signer.public_key)} does not count: the bundle's root has {known}.")
        for _, metadata in files:
            metadata.sign(signer, append=True)
    for path, metadata in files:
        path.write_bytes(metadata.to_bytes())
    return max(_missing(root, metadata) for _, metadata in files)


def _files(bundle: Path) -> Iterator[tuple[Path, Metadata]]:  # type: ignore[type-arg]  # of three roles
    paths = [path for path in sorted((bundle / FOLDER).glob("*.json")) if not path.name.endswith("root.json")]
    if len(paths) != 3:
        raise BundleError(
            f"{bundle} is not a bundle, or a part of it is missing. Make it again: doorstart bundle create"
        )
    for path in paths:
        try:
            yield path, Metadata.from_bytes(plain.read(path))
        except (OSError, DeserializationError, RepositoryError):
            raise BundleError(f"{path} cannot be read. Make the bundle again: doorstart bundle create") from None


def _missing(root: Root, metadata: Metadata) -> int:  # type: ignore[type-arg]  # of three roles
    result = root.get_verification_result(metadata.signed.type, metadata.signed_bytes, metadata.signatures)
    return max(0, result.threshold - len(result.signed))
