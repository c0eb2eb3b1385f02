"""The base image, from signed Debian packages, and the packages that other images add to it.

``mmdebstrap`` runs on the host with the host's keys; nothing is pulled from a container registry.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from doorstart.images.layers import File, read_tar
from doorstart.images.trim import wanted
from doorstart.settings import settings

SUITE = "trixie"

_FIELDS = ("Package", "Version", "Architecture", "SHA256")


class DebianError(Exception):
    """The base could not be made; the message says what is missing or what mmdebstrap said."""


def sources(snapshot: str, mirror: str) -> list[str]:
    """What mmdebstrap is told about where packages come from.

    Args:
        snapshot: A date or time such as ``20260101`` or ``20260101T120000Z``; ``""`` for the host's mirror of today.
        mirror: The archive that has the snapshots, such as ``http://snapshot.debian.org/archive``.

    Raises:
        DebianError: the date is not in that form.
    """
    if not snapshot:
        return []
    if not re.fullmatch(r"\d{8}(T\d{6}Z)?", snapshot):
        raise DebianError(f"{snapshot!r} is no date of a snapshot. Write it as 20260101 or 20260101T120000Z.")
    time = snapshot if "T" in snapshot else f"{snapshot}T000000Z"
    # A snapshot's signature is checked as ever, but the day until which its lists are valid is over.
    option = '--aptopt=Acquire::Check-Valid-Until "false"'
    main, security = f"{mirror}/debian/{time}", f"{mirror}/debian-security/{time}"
    lines = [f"{main} {SUITE}", f"{main} {SUITE}-updates", f"{security} {SUITE}-security"]
    return [option, *(f"deb {line} main" for line in lines)]


@dataclass(frozen=True)
class Debian:
    """What was made of Debian packages, in a folder of the cache.

    Attributes:
        place: The folder.
    """

    place: Path

    @property
    def complete(self) -> bool:
        """Whether it is all there."""
        return (self.place / "packages.json").exists()

    def root(self) -> dict[str, File]:
        """The files of the base image."""
        with (self.place / "root.tar").open("rb") as stream:
            return read_tar(stream, wanted)

    def pool(self, image: str) -> list[Path]:
        """The ``.deb`` files that an image adds to the base."""
        return sorted((self.place / "pools" / image).glob("*.deb"))

    def digests(self) -> dict[str, str]:
        """``sha256:…`` of the ``.deb`` file of each package, by ``name=version``."""
        listed = json.loads((self.place / "packages.json").read_text())
        return {f"{one['Package']}={one['Version']}": f"sha256:{one['SHA256']}" for one in listed}

    def move(self, place: Path) -> None:
        """Put it in another place, instead of what is there."""
        shutil.rmtree(place, ignore_errors=True)
        self.place.rename(place)

    def state(self) -> str:
        """A digest of the list of packages."""
        return hashlib.sha256((self.place / "packages.json").read_bytes()).hexdigest()[:16]


def bootstrap(place: Path, include: Iterable[str], pools: Mapping[str, tuple[str, ...]], snapshot: str = "") -> Debian:
    """Make the base image's root file system, and fetch what other images add to it.

    Args:
        place: The folder it goes to; what was there is replaced.
        include: Packages beside the essential ones.
        pools: For each image the packages that it adds.
        snapshot: As for :func:`sources`.

    Raises:
        DebianError: mmdebstrap is not installed, or failed.
    """
    if not shutil.which("mmdebstrap"):
        raise DebianError("mmdebstrap is not installed. On Debian or Ubuntu: apt-get install mmdebstrap")
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent) as scratch:
        made = Path(scratch) / "made"
        made.mkdir()
        command = ["mmdebstrap", "--variant=essential", f"--include={','.join(include)}"]
        command += [f"--customize-hook={hook}" for hook in _hooks(made, pools)]
        source = sources(snapshot, settings().debian_snapshots)
        options = [one for one in source if one.startswith("--")]
        lines = [one for one in source if not one.startswith("--")]
        done = subprocess.run(
            [*command, *options, SUITE, str(made / "root.tar"), *lines], capture_output=True, text=True
        )
        if done.returncode:
            said = "\n".join(done.stderr.strip().splitlines()[-5:])
            raise DebianError(f"mmdebstrap could not make the base image:\n{said}")
        listed = _described((made / "installed").read_text())
        (made / "installed").unlink()
        listed += [_fetched(deb) for deb in sorted(made.glob("pools/*/*.deb"))]
        unique = {(one["Package"], one["Version"]): one for one in listed}
        content = json.dumps([unique[key] for key in sorted(unique)], indent=1)
        (made / "packages.json").write_text(f"{content}\n")
        shutil.rmtree(place, ignore_errors=True)
        made.rename(place)
    return Debian(place)


def _hooks(made: Path, pools: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Shell commands that mmdebstrap runs when the root file system is there; ``$1`` is its place."""
    apt = 'APT_CONFIG="$MMDEBSTRAP_APT_CONFIG"'
    archives = '"$1"/var/cache/apt/archives'
    compileall = "-I -m compileall -q -f --invalidation-mode unchecked-hash"
    hooks = [
        # Python's own byte code holds the time of each source file; in an image those are all the same.
        f'chroot "$1" env PYTHONHASHSEED=0 python3 {compileall} /usr/lib/python3 /usr/lib/python3.13',
        f"rm -f {archives}/*.deb",
    ]
    for image, packages in pools.items():
        folder = made / "pools" / image
        hooks.append(
            f"{apt} apt-get --yes --quiet=2 --download-only install {' '.join(packages)}"
            f" && mkdir -p '{folder}' && mv {archives}/*.deb '{folder}/'"
        )
    names = "$(dpkg-query --admindir=\"$1\"/var/lib/dpkg --show --showformat='${Package}=${Version} ')"
    hooks.append(f"{apt} apt-cache show {names} > '{made}/installed'")
    return hooks


def _described(text: str) -> list[dict[str, str]]:
    """Name, version, architecture and hash of each package that a mirror's lists describe."""
    found = []
    for block in text.split("\n\n"):
        fields = dict(re.findall(rf"^({'|'.join(_FIELDS)}): (.*)$", block, flags=re.M))
        if len(fields) == len(_FIELDS):
            found.append(fields)
    return found


def _fetched(deb: Path) -> dict[str, str]:
    """The same of a file in a pool, whose hash is the one that apt has just checked."""
    name, version, architecture = deb.stem.split("_")
    digest = hashlib.sha256(deb.read_bytes()).hexdigest()
    values = (name, unquote(version), architecture, digest)
    return dict(zip(_FIELDS, values, strict=True))
