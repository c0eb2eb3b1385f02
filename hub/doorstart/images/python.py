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
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from packaging.markers import Marker
from packaging.utils import canonicalize_name, parse_wheel_filename

from doorstart.images.recipe import Recipe
from doorstart.images.sources import content

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
        match = _ENTRY.match(entry)
        if not match:
            continue
        if match["marker"] is None or Marker(match["marker"]).evaluate(target_environment()):
            kept.append(match["name"] + match["hashes"] + "\n")
    return "".join(sorted(kept))


def requirements(top: Path, source: str) -> str:
    """The hashed requirements of an image, as pip reads them.

    They are kept below ``build/``: uv takes most of a second for each image, and they are asked for at every start.

    Args:
        top: Top of the repository.
        source: ``extra:NAME`` or ``group:NAME``, as in a recipe.
    """
    seen = hashlib.sha256(f"{source}\0{version('uv')}\0{target_environment()}\0{_ENTRY.pattern}".encode())
    for path in (top / "uv.lock", top / "pyproject.toml", *sorted((top / "extensions").glob("*/pyproject.toml"))):
        seen.update(hashlib.sha256(path.read_bytes()).digest())
    kept = top / "build" / "images" / "requirements" / seen.hexdigest()[:32]
    if kept.is_file() and kept.stat().st_size:  # nothing is in it if the machine went down while it was written
        return kept.read_text()
    found = for_target(_exported(top, source))
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=kept.parent, delete=False) as fresh:
        fresh.write(found)
    Path(fresh.name).replace(kept)
    return found


def _exported(top: Path, source: str) -> str:
    kind, _, name = source.partition(":")
    choice = ["--only-group", name] if kind == "group" else ["--extra", name, "--no-default-groups"]
    command = [sys.executable, "-m", "uv", "export", "--frozen", "--quiet", "--no-emit-workspace", "--no-annotate"]
    done = subprocess.run([*command, "--no-header", *choice], cwd=top, check=True, capture_output=True, text=True)
    return done.stdout


def sdist_only(top: Path) -> set[str]:
    """The names of locked packages that their authors publish as source only."""
    locked = tomllib.loads((top / "uv.lock").read_text())["package"]
    return {package["name"] for package in locked if "sdist" in package and not package.get("wheels")}


@dataclass(frozen=True)
class Pin:
    """One package of a list of hashed requirements.

    Attributes:
        name: Its canonical name.
        version: Its version.
        hashes: The ``sha256:…`` of the files that the lock allows.
        line: The requirement as pip reads it.
    """

    name: str
    version: str
    hashes: tuple[str, ...]
    line: str


def pins(wanted: str) -> list[Pin]:
    """The packages that hashed requirements name."""
    found = []
    for entry in re.split(r"\n(?=\S)", wanted.strip()):
        match = re.match(r"([A-Za-z0-9._-]+)(?:\[.*?\])?==([^\s\\]+)", entry)
        if match:
            hashes = tuple(re.findall(r"--hash=(sha256:[0-9a-f]{64})", entry))
            found.append(Pin(canonicalize_name(match[1]), match[2], hashes, entry))
    return found


@dataclass(frozen=True)
class Wheel:
    """A wheel on this host: its package, and the hash by which the lock names it, or the source that it was made of."""

    name: str
    path: Path
    digest: str


def fetch(
    wheelhouse: Path, wanted: Sequence[Pin], source_only: set[str], say: Callable[[str], None]
) -> dict[str, Wheel]:
    """Bring the wheels of some packages into a folder; without the network if all are there with the lock's hashes.

    A package that is published as source only is built here, with the locked setuptools and no other build tool.

    Args:
        wheelhouse: Where the wheels go.
        wanted: The packages.
        source_only: Names of packages without wheels, from :func:`sdist_only`.
        say: Called if the network is needed.

    Returns:
        The wheels by name of package.

    Raises:
        FetchError: pip could not fetch one, or its hash is not the lock's.
    """
    wheelhouse.mkdir(parents=True, exist_ok=True)
    have = _present(wheelhouse, wanted, source_only)
    missing = [pin for pin in wanted if pin.name not in have]
    if missing:
        say("fetching Python packages")
        machine = platform.machine()
        platforms = [f"manylinux_2_{minor}_{machine}" for minor in (28, 27, 24, 17, 12, 5)]
        platforms += [f"manylinux2014_{machine}", "any"]
        target = ["--python-version", PYTHON, "--implementation", "cp", *(f"--platform={one}" for one in platforms)]
        of_wheels = [pin.line for pin in missing if pin.name not in source_only]
        _pip(wheelhouse, of_wheels, "download", "--only-binary=:all:", *target, "-d")
        _pip(
            wheelhouse, [pin.line for pin in missing if pin.name in source_only], "wheel", "--no-build-isolation", "-w"
        )
        have = _present(wheelhouse, wanted, source_only)
    if gone := [pin.name for pin in wanted if pin.name not in have]:
        raise FetchError(f"The lock has no wheel of {gone[0]} for Python {PYTHON} on {platform.machine()}.")
    return have


def _present(wheelhouse: Path, wanted: Sequence[Pin], source_only: set[str]) -> dict[str, Wheel]:
    pinned = {(pin.name, pin.version): pin for pin in wanted}
    found = {}
    for path in sorted(wheelhouse.glob("*.whl")):
        name, version, _, _ = parse_wheel_filename(path.name)
        pin = pinned.get((name, str(version)))
        if pin and name in source_only:
            found[str(name)] = Wheel(name, path, pin.hashes[0])
        elif pin:
            digest = f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
            if digest in pin.hashes:
                found[str(name)] = Wheel(name, path, digest)
    return found


def sizes(top: Path) -> dict[str, int]:
    """About how large each locked package is, in bytes of its wheel for this machine."""
    found = {}
    for package in tomllib.loads((top / "uv.lock").read_text())["package"]:
        files = [one for one in package.get("wheels", []) if re.search(r"none-any|x86_64|aarch64", one["url"])]
        files = [one for one in files if re.search(rf"cp{PYTHON.replace('.', '')}-|abi3|none", one["url"])] or files
        found[str(package["name"])] = max((int(one.get("size", 0)) for one in files), default=0)
    return found


def _pip(wheelhouse: Path, entries: list[str], verb: str, *options: str) -> None:
    """Run pip for these requirements; ``options`` end with the one that takes the folder."""
    if not entries:
        return
    listed = wheelhouse / f"{verb}.txt"
    listed.write_text("\n".join(entries) + "\n")
    command = [sys.executable, "-m", "pip", verb, "--quiet", "--no-deps", "--require-hashes", *options, str(wheelhouse)]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "315532800"}
    done = subprocess.run([*command, "-r", str(listed)], capture_output=True, text=True, env=environment)
    if done.returncode:
        raise FetchError(f"Python packages could not be fetched: {done.stderr.strip().splitlines()[-1]}")


def build_workspace(top: Path, packages: Sequence[str], beside: Path) -> list[Wheel]:
    """Build the wheels of this repository's own packages, without the network; sorted.

    They go into a layer of their own, above the packages from the lock, so that a change here rebuilds in seconds. A
    wheel is built again only when a source of it changed.

    Args:
        top: Top of the repository.
        packages: Their names.
        beside: Wheels are kept in folders beside this one, one for each package and state of its sources.
    """
    beside.parent.mkdir(parents=True, exist_ok=True)
    places = own_packages(top)
    found = []
    for package in packages:
        made_of = hashlib.sha256(f"{version('uv')}\0".encode() + content(top, places[package]))
        kept = beside.with_name(f"{package}-{made_of.hexdigest()[:16]}")
        if not kept.is_dir():
            with tempfile.TemporaryDirectory(dir=beside.parent) as scratch:
                command = [sys.executable, "-m", "uv", "build", "--quiet", "--offline", "--wheel", "--package", package]
                subprocess.run([*command, "--out-dir", f"{scratch}/made"], cwd=top, check=True)
                (Path(scratch) / "made").rename(kept)
        (path,) = kept.glob("*.whl")
        name = str(parse_wheel_filename(path.name)[0])
        found.append(Wheel(name, path, f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"))
    return sorted(found, key=lambda wheel: wheel.path.name)


def own_packages(top: Path) -> dict[str, list[Path]]:
    """This repository's own packages: the files and folders that each is made of."""
    places = {"doorstart": [top / "hub" / "doorstart", top / "pyproject.toml"]}
    for project in (top / "extensions").glob("*/pyproject.toml"):
        places[tomllib.loads(project.read_text(encoding="utf-8"))["project"]["name"]] = [project.parent]
    return places


def sources_of(top: Path, recipe: Recipe) -> list[Path]:
    """The files and folders whose content decides what this image's own packages are."""
    places = own_packages(top)
    return [place for name in recipe.workspace for place in places[name]]
