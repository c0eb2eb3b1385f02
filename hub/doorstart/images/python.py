"""Python packages for images: from the lock to a folder of wheels, fetched on the host.

Containers have no network and do not know an organisation's TLS-inspecting proxy; the host does.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Sequence
from pathlib import Path

from packaging.markers import Marker
from packaging.utils import canonicalize_name, parse_wheel_filename

from doorstart.images.recipe import Recipe

PYTHON = "3.13"
"""The Python of Debian trixie, which every image has."""


class FetchError(Exception):
    """A package could not be fetched; the message is pip's."""


def target_environment() -> dict[str, str]:
    """The values of PEP 508 environment markers inside an image."""
    return {
        "implementation_name": "cpython",
        "implementation_version": f"{PYTHON}.0",
        "os_name": "posix",
        "platform_machine": platform.machine(),
        "platform_python_implementation": "CPython",
        "platform_system": "Linux",
        "python_full_version": f"{PYTHON}.0",
        "python_version": PYTHON,
        "sys_platform": "linux",
        "extra": "",
    }


_ENTRY = re.compile(r"(?P<name>[^\s;]+)(?:\s*;\s*(?P<marker>.*?))?(?P<hashes>(?:\s*\\\n\s+--hash=\S+)*)\s*\Z")
"""One package of an exported lock: the name and version, perhaps a marker, and the hashes on lines of their own."""


def for_target(exported: str) -> str:
    """The lines of an exported lock that hold inside an image, without their markers.

    ``pip download --python-version`` takes wheels for another Python but evaluates markers with its own, so the
    markers are resolved here.
    """
    kept = []
    for entry in re.split(r"\n(?=\S)", re.sub(r"^\s*#.*\n", "", exported, flags=re.M)):
        match = re.match(
            r"(?P<name>[^\s;]+)(?:\s*;\s*(?P<marker>.*?))?(?P<hashes>(?:\s*\\\n\s+--hash=\S+)*)\s*\Z", entry
        )
        if not match:
            continue
        if match["marker"] is None or Marker(match["marker"]).evaluate(target_environment()):
            kept.append(match["name"] + match["hashes"] + "\n")
    return "".join(sorted(kept))


def requirements(top: Path, source: str) -> str:
    """The hashed requirements of an image, as pip reads them.

    Args:
        top: Top of the repository.
        source: ``extra:NAME`` or ``group:NAME``, as in a recipe.
    """
    kind, _, name = source.partition(":")
    choice = ["--only-group", name] if kind == "group" else ["--extra", name, "--no-default-groups"]
    command = [sys.executable, "-m", "uv", "export", "--frozen", "--quiet", "--no-emit-workspace", "--no-annotate"]
    done = subprocess.run([*command, "--no-header", *choice], cwd=top, check=True, capture_output=True, text=True)
    return for_target(done.stdout)


def sdist_only(top: Path) -> set[str]:
    """The names of locked packages that their authors publish as source only."""
    locked = tomllib.loads((top / "uv.lock").read_text())["package"]
    return {package["name"] for package in locked if "sdist" in package and not package.get("wheels")}


def fetch(wheelhouse: Path, wanted: str, source_only: set[str]) -> None:
    """Bring all wheels of ``wanted`` into the folder ``wheelhouse``; what is there is not fetched again.

    A package that is published as source only is built here, with the locked setuptools and no other build tool.

    Args:
        wheelhouse: Where the wheels go.
        wanted: Hashed requirements.
        source_only: Names of packages without wheels, from :func:`sdist_only`.

    Raises:
        FetchError: pip could not fetch one, or its hash is not the lock's.
    """
    wheelhouse.mkdir(parents=True, exist_ok=True)
    entries = re.split(r"\n(?=\S)", wanted)
    of_source = [entry for entry in entries if canonicalize_name(re.split(r"[=\[]", entry)[0]) in source_only]
    of_wheels = [entry for entry in entries if entry not in of_source]
    machine = platform.machine()
    platforms = [f"manylinux_2_{minor}_{machine}" for minor in (28, 27, 24, 17, 12, 5)] + [f"manylinux2014_{machine}"]
    target = ["--python-version", PYTHON, "--implementation", "cp", *(f"--platform={p}" for p in (*platforms, "any"))]
    _pip(wheelhouse, of_wheels, "download", "--only-binary=:all:", *target, "-d")
    missing = [entry for entry in of_source if not wheels_of(wheelhouse, entry)]
    if missing:
        _pip(wheelhouse, missing, "wheel", "--no-build-isolation", "-w")


def with_built(wheelhouse: Path, wanted: str, source_only: set[str]) -> str:
    """The requirements, where a package that was built here has the built wheel's hash instead of its source's."""
    entries = []
    for entry in re.split(r"\n(?=\S)", wanted):
        name = re.split(r"[\s=\[]", entry)[0]
        if canonicalize_name(name) in source_only:
            (wheel,) = wheels_of(wheelhouse, entry)
            digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
            entry = f"{entry.split()[0]} --hash=sha256:{digest}"
        entries.append(entry)
    return "\n".join(entries)


def _pip(wheelhouse: Path, entries: list[str], verb: str, *options: str) -> None:
    """Run pip for these requirements; ``options`` end with the one that takes the folder."""
    if not any(entry.strip() for entry in entries):
        return
    listed = wheelhouse / "requirements.txt"
    listed.write_text("\n".join(entries) + "\n")
    command = [sys.executable, "-m", "pip", verb, "--quiet", "--no-deps", "--require-hashes", *options, str(wheelhouse)]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "315532800"}
    done = subprocess.run([*command, "-r", str(listed)], capture_output=True, text=True, env=environment)
    if done.returncode:
        raise FetchError(f"Python packages could not be fetched: {done.stderr.strip().splitlines()[-1]}")


def wheels_of(wheelhouse: Path, wanted: str) -> list[Path]:
    """The wheels in a folder that a list of requirements names, one each, sorted."""
    versions = dict(re.findall(r"^([A-Za-z0-9._-]+)(?:\[.*?\])?==([^\s\\]+)", wanted, flags=re.M))
    pinned = {(canonicalize_name(name), version) for name, version in versions.items()}
    found = []
    for path in sorted(wheelhouse.glob("*.whl")):
        name, version, _, _ = parse_wheel_filename(path.name)
        if (name, str(version)) in pinned:
            found.append(path)
    return found


def build_workspace(top: Path, packages: Sequence[str], destination: Path) -> None:
    """Build this repository's own packages and lay out what they install, as it goes into ``site-packages``.

    They go into a layer of their own, above the packages from the lock, so that a change here rebuilds in seconds.
    """
    destination.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        for package in packages:
            command = [sys.executable, "-m", "uv", "build", "--quiet", "--offline", "--wheel", "--package", package]
            subprocess.run([*command, "--out-dir", scratch], cwd=top, check=True)
        for wheel in sorted(Path(scratch).glob("*.whl")):
            with zipfile.ZipFile(wheel) as content:
                content.extractall(destination)


def sources_of(top: Path, recipe: Recipe) -> list[Path]:
    """The folders whose content decides what this image's own packages are."""
    places = {"doorstart": top / "hub" / "doorstart"}
    for project in (top / "extensions").glob("*/pyproject.toml"):
        places[tomllib.loads(project.read_text(encoding="utf-8"))["project"]["name"]] = project.parent
    return [places[name] for name in recipe.workspace]
