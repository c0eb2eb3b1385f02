"""The base image, from signed Debian packages, and the packages that other images add to it.

``mmdebstrap`` runs on the host with the host's mirror and keys; nothing is pulled from a container registry.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

SUITE = "trixie"


class DebianError(Exception):
    """The base could not be made; the message says what is missing or what mmdebstrap said."""


def bootstrap(tarball: Path, include: Iterable[str], pools: dict[Path, tuple[str, ...]]) -> None:
    """Make the base image's root file system.

    Args:
        tarball: Where the root file system goes.
        include: Packages beside the minimal system.
        pools: For each folder, the packages whose ``.deb`` files, with all that they need beside the base, go there.

    Raises:
        DebianError: mmdebstrap is not installed, or failed.
    """
    if not shutil.which("mmdebstrap"):
        raise DebianError("mmdebstrap is not installed. On Debian or Ubuntu: apt-get install mmdebstrap")
    tarball.parent.mkdir(parents=True, exist_ok=True)
    command = ["mmdebstrap", "--variant=minbase", f"--include={','.join(include)}"]
    for folder, packages in pools.items():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        fetch = 'APT_CONFIG="$MMDEBSTRAP_APT_CONFIG" apt-get --yes --quiet=2 --download-only install'
        command.append(
            f"--customize-hook={fetch} {' '.join(packages)} && mv \"$1\"/var/cache/apt/archives/*.deb '{folder}/'"
        )
    done = subprocess.run([*command, SUITE, str(tarball)], capture_output=True, text=True)
    if done.returncode:
        said = "\n".join(done.stderr.strip().splitlines()[-5:])
        raise DebianError(f"mmdebstrap could not make the base image:\n{said}")
