"""npm packages for images: from the lock to a folder, on the host, without running any script of theirs."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from doorstart.images.sbom import Package


class NpmError(Exception):
    """npm packages could not be fetched; the message says what is missing or what npm said."""


def fetch(recipe: Path, modules: Path, say: Callable[[str], None]) -> None:
    """Install the packages of a ``package-lock.json`` into a folder, if they are not in it yet.

    Args:
        recipe: The folder with ``package.json`` and ``package-lock.json``.
        modules: The folder ``node_modules`` that is made, and nothing else goes beside it.
        say: Called if it takes more than a moment.

    Raises:
        NpmError: npm is not installed, or failed.
    """
    if modules.exists():
        return
    say("fetching npm packages")
    if not shutil.which("npm"):
        raise NpmError("npm is not installed. On Debian or Ubuntu: apt-get install npm")
    command = ["npm", "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    modules.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=modules.parent.parent) as scratch:
        for name in ("package.json", "package-lock.json"):
            shutil.copy2(recipe / name, scratch)
        done = subprocess.run(command, cwd=scratch, capture_output=True, text=True)
        if done.returncode:
            raise NpmError(f"npm packages could not be fetched: {done.stderr.strip()[-500:]}")
        # npm's own note of what it installed has times in it.
        (Path(scratch) / "node_modules" / ".package-lock.json").unlink(missing_ok=True)
        (Path(scratch) / "node_modules").rename(modules)


def packages(lock: Path, modules: Path) -> list[Package]:
    """The packages that a ``package-lock.json`` names, with the digests by which npm checks them.

    Args:
        lock: The file.
        modules: The folder ``node_modules`` that was made from it.
    """
    found = set()
    for path, entry in json.loads(lock.read_text())["packages"].items():
        if not path or entry.get("dev"):
            continue
        name = str(entry.get("name") or path.rpartition("node_modules/")[2])
        algorithm, _, value = str(entry.get("integrity", "")).partition("-")
        digest = f"{algorithm}:{base64.b64decode(value).hex()}" if value else ""
        found.add(Package("npm", name, str(entry["version"]), _licence(modules.parent / path, entry), digest))
    return sorted(found)


def _licence(folder: Path, entry: dict[str, object]) -> str:
    said = entry.get("license")
    manifest = folder / "package.json"
    if not said and manifest.exists():
        said = json.loads(manifest.read_text()).get("license")
    return str(said) if isinstance(said, str) else ""
