"""Is this bundle whole, signed by enough of the trusted people, still valid, and newer than what the site has?

The checks and their order are TUF's client workflow (specification, section 5), and python-tuf does them. Here it is
fed from a folder instead of a network, and an error becomes a sentence for the person who holds the stick.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO
from urllib.parse import unquote, urlsplit

from tuf.api.exceptions import (
    DownloadError,
    DownloadHTTPError,
    LengthOrHashMismatchError,
    RepositoryError,
)
from tuf.api.metadata import Metadata, Root, TargetFile, Targets
from tuf.ngclient import Updater
from tuf.ngclient.fetcher import FetcherInterface

from doorstart.bundle import contents, signing, trust
from doorstart.bundle.contents import Contents
from doorstart.bundle.errors import BundleError, RefusedError
from doorstart.bundle.keys import name_of
from doorstart.bundle.plain import open_plain
from doorstart.bundle.refusals import changed, missing, older, refusal

KEPT = ("timestamp.json", "snapshot.json", "targets.json")
"""What a site keeps of a bundle's metadata, beside the root: the next bundle may not be older."""
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Verified:
    """A bundle whose metadata is signed as the site wants it. ``metadata``: what the site keeps, by file name."""

    contents: Contents
    expires: datetime
    signers: tuple[str, ...]
    targets: dict[str, TargetFile]
    metadata: dict[str, bytes]
    root: Root


class _Folder(FetcherInterface):
    """Gives the updater files of a folder as if they came from a server."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.last = ""

    def _fetch(self, url: str) -> Iterator[bytes]:
        self.last = unquote(urlsplit(url).path).rpartition("/")[2]
        try:
            file = open_plain(self._folder / self.last)
        except FileNotFoundError:
            raise DownloadHTTPError(f"{self.last} is not there", 404) from None
        return _chunks(file)


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    """In parts: the updater stops at the length that it allows, however long a file on the stick is."""
    with file:
        while chunk := file.read(_CHUNK):
            yield chunk


def authenticate(bundle: Path, trusted: Path) -> Verified:
    """Check all of a bundle but its large files: signatures, expiry, versions, and what it says of itself.

    Args:
        bundle: The bundle's folder.
        trusted: A folder with the site's ``root.json`` and, if a bundle was imported before, its metadata. Not changed.

    Raises:
        RefusedError: the bundle does not hold.
    """
    if not (bundle / signing.FOLDER / "timestamp.json").is_file():
        raise RefusedError("format", f"{bundle} is not a bundle: it has no metadata/timestamp.json. Give its folder.")
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch)
        for name in ("root.json", *KEPT):
            if (trusted / name).exists():
                shutil.copyfile(trusted / name, work / name)
        installed = _number(work / "timestamp.json")
        fetcher = _Folder(bundle / signing.FOLDER)
        try:
            bootstrap = (work / "root.json").read_bytes()
            updater = Updater(str(work), "file:///", fetcher=fetcher, bootstrap=bootstrap)
            updater.refresh()
        except (RepositoryError, DownloadError) as error:
            raise refusal(error, bundle / signing.FOLDER, work, fetcher.last, installed) from None
        root = trust.read((work / "root.json").resolve())  # of python-tuf, which has a link there
        metadata = {name: (work / name).read_bytes() for name in KEPT}
        targets = Metadata[Targets].from_bytes(metadata["targets.json"])
    number = targets.signed.version
    if number < installed:
        raise RefusedError("rollback", older(number, installed))
    for role in ("snapshot", "targets"):
        wanted = metadata[f"{role}.json"]
        if _read(bundle / signing.FOLDER / f"{number}.{role}.json", len(wanted)) != wanted:
            raise RefusedError("changed", changed(f"{number}.{role}.json"))
    signed_by = [
        root.signed.keys[keyid] for keyid in targets.signatures if keyid in root.signed.roles["targets"].keyids
    ]
    return Verified(
        contents=_contents(bundle, targets.signed),
        expires=targets.signed.expires,
        signers=tuple(sorted(name_of(key) for key in signed_by)),
        targets=targets.signed.targets,
        metadata={**metadata, "root.json": root.to_bytes()},
        root=root.signed,
    )


def check_files(bundle: Path, verified: Verified, say: Callable[[str], None]) -> int:
    """Check every file of the bundle against what was signed; how many bytes that were.

    Raises:
        RefusedError: a file is missing or differs in a byte.
    """
    checked = 0
    for number, (name, target) in enumerate(sorted(verified.targets.items()), 1):
        say(f"checking file {number} of {len(verified.targets)}")
        _check(bundle, name, target)
        checked += target.length
    return checked


def read_checked(bundle: Path, verified: Verified, name: str) -> bytes:
    """The content of one of the bundle's small files, as it was signed, whatever happens to the stick meanwhile.

    Raises:
        RefusedError: it is missing or differs.
    """
    return _checked(bundle, name, verified.targets.get(name))


def blob(digest: str) -> str:
    """The name of a blob's file in a bundle."""
    return f"blobs/{digest.replace(':', '/')}"


def _contents(bundle: Path, targets: Targets) -> Contents:
    content = _checked(bundle, contents.FILE, targets.targets.get(contents.FILE))
    try:
        found = contents.read(Contents, content)
    except BundleError as error:
        raise RefusedError("format", f"{error} Bring the site's own software up to date first.") from None
    if found.number != targets.version:
        raise RefusedError("mixed", f"contents.json is of bundle {found.number}, the signatures of {targets.version}.")
    return found


def _checked(bundle: Path, name: str, target: TargetFile | None) -> bytes:
    content = _read(bundle / name, target.length) if target else None
    if content is None or target is None:
        raise RefusedError("missing", missing(name))
    try:
        target.verify_length_and_hashes(content)
    except LengthOrHashMismatchError:
        raise RefusedError("changed", changed(name)) from None
    return content


def _check(bundle: Path, name: str, target: TargetFile) -> None:
    path = bundle / name
    if not path.resolve().is_relative_to(bundle.resolve()):
        raise RefusedError("format", f"The bundle names a file outside of its folder: {name}.")
    try:
        with open_plain(path) as file:
            target.verify_length_and_hashes(file)
    except LengthOrHashMismatchError:
        raise RefusedError("changed", changed(name)) from None
    except FileNotFoundError:
        raise RefusedError("missing", missing(name)) from None
    except OSError as error:
        raise RefusedError(
            "missing", f"{name} cannot be read from the stick: {error.strerror}. Copy it again."
        ) from None


def _read(path: Path, length: int) -> bytes | None:
    """A file's content, or None; of one that is longer than it may be, one byte too many; of no plain one, nothing."""
    try:
        with open_plain(path) as file:
            return file.read(length + 1)
    except FileNotFoundError:
        return None
    except OSError:
        return b""


def _number(timestamp: Path) -> int:
    """The number of the installed bundle, kept apart from TUF's rule, which forgets it when a key is replaced."""
    return Metadata.from_file(str(timestamp)).signed.version if timestamp.exists() else 0
