"""What a wheel puts into an image, without running anything of it.

Installed here and not in a container, so that each package can have a layer of its own, whatever it is laid upon.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterable
from email.message import Message
from pathlib import Path
from typing import BinaryIO, Literal

from installer import install
from installer.destinations import WheelDestination
from installer.records import RecordEntry
from installer.scripts import Script
from installer.sources import WheelFile
from installer.utils import Scheme, construct_record_file, fix_shebang, parse_metadata_file
from packaging.utils import canonicalize_name

from doorstart.images.layers import File, symlink
from doorstart.images.python import PYTHON
from doorstart.images.sbom import Package
from doorstart.images.trim import wanted

VENV = "opt/venv"
SITE_PACKAGES = f"{VENV}/lib/python{PYTHON}/site-packages"
_FOLDERS = {
    "purelib": SITE_PACKAGES,
    "platlib": SITE_PACKAGES,
    "headers": f"{VENV}/include",
    "scripts": f"{VENV}/bin",
    "data": VENV,
}


def environment() -> list[File]:
    """An empty virtual environment, as ``python3 -m venv --without-pip --symlinks`` makes it."""
    settings = f"home = /usr/bin\ninclude-system-site-packages = false\nversion = {PYTHON}\n"
    return [
        File(f"{VENV}/pyvenv.cfg", settings.encode()),
        symlink(f"{VENV}/lib64", "lib"),
        symlink(f"{VENV}/bin/python", "/usr/bin/python3"),
        symlink(f"{VENV}/bin/python3", "python"),
        symlink(f"{VENV}/bin/python{PYTHON}", "python"),
    ]


class _Collected(WheelDestination):
    """Keeps what an installation writes."""

    def __init__(self) -> None:
        self.files: list[File] = []

    def _keep(self, path: str, content: bytes, executable: bool) -> None:
        self.files.append(File(path, content, 0o755 if executable else 0o644))

    def write_script(self, name: str, module: str, attr: str, section: Literal["console", "gui"]) -> RecordEntry:
        script, content = Script(name, module, attr, section).generate(f"/{VENV}/bin/python", "posix")
        self._keep(f"{_FOLDERS['scripts']}/{script}", content, executable=True)
        return RecordEntry(script, None, None)

    def write_file(
        self, scheme: Scheme, path: str | os.PathLike[str], stream: BinaryIO, is_executable: bool
    ) -> RecordEntry:
        if scheme == "scripts":
            with fix_shebang(stream, f"/{VENV}/bin/python") as fixed:
                content = fixed.read()
        else:
            content = stream.read()
        self._keep(f"{_FOLDERS[scheme]}/{os.fspath(path)}", content, is_executable or scheme == "scripts")
        return RecordEntry(os.fspath(path), None, None)

    def finalize_installation(
        self, scheme: Scheme, record_file_path: str, records: Iterable[tuple[Scheme, RecordEntry]]
    ) -> None:
        # Where importlib.metadata looks up a package's files.
        listed = construct_record_file(records, lambda one: "../../../bin/" if one == "scripts" else None)
        self._keep(f"{_FOLDERS[scheme]}/{record_file_path}", listed.read(), executable=False)


def files_of(wheel: Path) -> list[File]:
    """What a wheel installs below ``/opt/venv``, without what :mod:`doorstart.images.trim` lists."""
    collected = _Collected()
    with WheelFile.open(wheel) as source:
        install(source, collected, {"INSTALLER": b"doorstart\n"})
    return [file for file in collected.files if wanted(file.path)]


def package_of(wheel: Path, digest: str) -> Package:
    """The entry of a wheel in an image's list of packages.

    Args:
        wheel: The file.
        digest: ``sha256:…`` by which the lock names it.
    """
    with WheelFile.open(wheel) as source:
        metadata = parse_metadata_file(source.read_dist_info("METADATA"))
    name = canonicalize_name(str(metadata["Name"]))
    return Package("pypi", name, str(metadata["Version"]), licence_of(metadata), digest)


def licence_of(metadata: Message) -> str:
    """The licence that a package's metadata state: an SPDX expression, the author's words, or a trove classifier."""
    if expression := metadata["License-Expression"]:
        return str(expression).strip()
    classified = [str(line) for line in metadata.get_all("Classifier", []) if str(line).startswith("License ::")]
    words = str(metadata["License"] or "").strip()
    if words and words != "UNKNOWN" and "\n" not in words and len(words) < 80:
        return words
    names = [line.rpartition(" :: ")[2] for line in classified]
    return " OR ".join(names) if names else io.StringIO(words).readline().strip()
