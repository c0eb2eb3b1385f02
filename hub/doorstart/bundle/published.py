"""A bundle in a registry of the building's own: one machine got the stick and publishes it, the others import it there.

The registry is only another way to carry it: signatures, expiry, numbers and every byte are proven as on a stick. Since
everything is there under its digest, a machine fetches only what it lacks.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from tuf.api.exceptions import LengthOrHashMismatchError
from tuf.api.metadata import TargetFile

from doorstart.bundle import contents, plain, signing
from doorstart.bundle.container_registry import ContainerRegistry
from doorstart.bundle.errors import BundleError, RefusedError
from doorstart.bundle.layout import Blob
from doorstart.bundle.plain import LARGEST
from doorstart.bundle.refusals import changed, missing
from doorstart.bundle.source import Say
from doorstart.bundle.verify import Verified

_METADATA = re.compile(rf"{signing.FOLDER}/([0-9]{{1,20}}\.)?(root|targets|snapshot|timestamp)\.json")


def publish(bundle: Path, verified: Verified, registry: ContainerRegistry, say: Say = lambda _: None) -> int:
    """Put a bundle into a registry, for other machines.

    Args:
        bundle: Its folder.
        verified: What it is; its files were checked.
        registry: Where it goes.
        say: Told what is being done.

    Returns:
        How many bytes the registry did not have yet.

    Raises:
        RefusedError: a file of its metadata cannot be read.
        BundleError: the registry did not take it.
    """
    sent = 0
    files: dict[str, Blob] = {}
    for at, (name, target) in enumerate(sorted(verified.targets.items()), 1):
        say(f"sending file {at} of {len(verified.targets)}")
        # By the digest that was signed, which the registry compares: nothing else gets there.
        files[name] = Blob(f"sha256:{target.hashes['sha256']}", target.length)
        sent += files[name].length if registry.upload(files[name], bundle / name) else 0
    for path in sorted((bundle / signing.FOLDER).iterdir()):
        name = f"{signing.FOLDER}/{path.name}"
        if _METADATA.fullmatch(name):
            try:
                content = plain.read(path)
            except OSError:
                raise RefusedError("changed", changed(name)) from None
            files[name] = Blob(f"sha256:{hashlib.sha256(content).hexdigest()}", len(content))
            sent += files[name].length if registry.upload(files[name], content) else 0
    registry.write(verified.contents.number, files)
    return sent


class Published:
    """A bundle of a registry, of which this machine fetches what it lacks.

    Args:
        registry: Where it is.
        folder: Where fetched files go; what an import left there that broke off is used again.
        number: Which one; None for the newest.
    """

    whole = False

    def __init__(self, registry: ContainerRegistry, folder: Path, number: int | None = None) -> None:
        self.registry = registry
        self.folder = folder
        self.number = number

    def open(self, say: Say) -> None:
        """Fetch the metadata, and what the bundle says of itself.

        Raises:
            RefusedError: the registry has no bundle.
            BundleError: it cannot be asked.
        """
        say("asking the registry")
        if self.number is None:
            there = self.registry.numbers()
            if not there:
                raise RefusedError(
                    "missing",
                    f"{self.registry.address} has no bundle. On the machine that has one: doorstart bundle publish DIR",
                )
            self.number = there[-1]
        shutil.rmtree(self.folder / signing.FOLDER, ignore_errors=True)
        (self.folder / contents.FILE).unlink(missing_ok=True)
        for name, blob in self.registry.files(self.number).items():
            if _METADATA.fullmatch(name) or name == contents.FILE:
                if blob.length > LARGEST:
                    raise RefusedError("format", f"{name} is larger than it can be in a bundle.")
                self.registry.download(blob, self.folder / name)

    def fetch(self, verified: Verified, names: Sequence[str], say: Say) -> None:
        """Fetch files, by the digests that were signed.

        Raises:
            RefusedError: the registry lacks one, or has other bytes.
            BundleError: it cannot be asked.
        """
        blobs = self.folder / "blobs" / "sha256"
        for path in blobs.iterdir() if blobs.is_dir() else ():
            if f"blobs/sha256/{path.name}" not in names:
                path.unlink()
        for at, name in enumerate(names, 1):
            say(f"fetching file {at} of {len(names)}")
            target = verified.targets.get(name)
            if target is None:
                raise RefusedError("missing", missing(name))
            path = self.folder / name
            if not _holds(path, target):
                self.registry.download(Blob(f"sha256:{target.hashes['sha256']}", target.length), path)

    def discard(self) -> None:
        """Remove what was fetched."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _holds(path: Path, target: TargetFile) -> bool:
    """Whether a file is there as it was signed."""
    try:
        with path.open("rb") as content:
            target.verify_length_and_hashes(content)
    except (OSError, LengthOrHashMismatchError):
        return False
    return True


def open_registry(address: str, authority: Path | None, login: Path | None) -> ContainerRegistry:
    """The registry of the settings.

    Raises:
        BundleError: none is set, or it cannot be used like this.
    """
    if not address:
        raise BundleError(
            "No registry is set. Give the bundle's folder; or, where several machines share a registry, set "
            "DOORSTART_BUNDLE_REGISTRY in doorstart.env, for example https://updates.lan:5000/doorstart"
        )
    return ContainerRegistry(address, authority, login)
