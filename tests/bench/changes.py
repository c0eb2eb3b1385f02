"""What happens to a checkout from one month to the next, done to a copy of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

UNIT = Path("courses/programming/units/03-choices/unit.en.md")
PACKAGE = "pygments==2.20.0"
"""Pure Python, in every server and kernel; another version than the locked one."""
LIBRARY = "libssl3t64"

# The archive has no two versions of a library at a time, so the one that it has becomes its own successor: another
# version, and other bytes at the end of each file that a program loads.
_SECURITY_UPDATE = f"""
set -eu
cd "$1/tmp"
APT_CONFIG="$MMDEBSTRAP_APT_CONFIG" apt-get --quiet=2 download {LIBRARY}
dpkg-deb --raw-extract {LIBRARY}_*.deb next
sed -i 's/^Version: .*/&+bench1/' next/DEBIAN/control
for file in next/usr/lib/*/*.so.3; do printf bench >> "$file"; done
dpkg-deb --build next next.deb >/dev/null
chroot "$1" dpkg --install /tmp/next.deb >/dev/null
rm -rf next next.deb {LIBRARY}_*.deb
"""


def copy(top: Path, target: Path) -> Path:
    """A copy of a checkout, which shares with it what was fetched and built before."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=top, capture_output=True, check=True).stdout
    for name in listed.decode().rstrip("\0").split("\0"):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        if (top / name).is_file():
            shutil.copy2(top / name, target / name)
    cache = top / "build" / "images"
    if cache.is_dir():
        shutil.copytree(cache, target / "build" / "images", copy_function=_share, symlinks=True)
    return target


def _share(source: str, target: str) -> None:
    """One file on disk for both where it is large; what is small may be written to in place, and is copied."""
    if Path(source).stat().st_size > 1 << 20:
        os.link(source, target)
    else:
        shutil.copy2(source, target)


def change_a_course(top: Path) -> None:
    """A teacher mends a sentence."""
    path = top / UNIT
    path.write_text(path.read_text() + "\nThink of a choice that you made today.\n")


def change_a_package(top: Path) -> None:
    """A Python package has another version; its wheel comes from the package index."""
    command = [sys.executable, "-m", "uv", "lock", "--quiet", "--upgrade-package", PACKAGE]
    subprocess.run(command, cwd=top, check=True)


@contextmanager
def security_update(scratch: Path) -> Iterator[None]:
    """While the body runs, Debian has a newer version of a library that nearly everything loads."""
    real = shutil.which("mmdebstrap")
    scratch.mkdir(parents=True)
    hook, wrapper = scratch / "hook", scratch / "mmdebstrap"
    hook.write_text(f"#!/bin/sh\n{_SECURITY_UPDATE}")
    wrapper.write_text(f'#!/bin/sh\nexec {real} --customize-hook={hook} "$@"\n')
    for script in (hook, wrapper):
        script.chmod(0o755)
    before = os.environ["PATH"]
    os.environ["PATH"] = f"{scratch}:{before}"
    try:
        yield
    finally:
        os.environ["PATH"] = before
