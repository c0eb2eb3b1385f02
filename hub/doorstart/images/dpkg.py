"""What dpkg's records in a root file system say: which packages there are, whose a file is, under which licence."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from doorstart.images.layers import File
from doorstart.images.sbom import Package

RECORDS = "var/lib/dpkg"
_MERGED = re.compile(r"^(bin|sbin|lib|lib64)/")
"""Folders that are links into ``usr``; packages may still list their files there."""


def installed(files: Mapping[str, File]) -> list[tuple[str, str]]:
    """Name and version of each package that is installed."""
    status = files[f"{RECORDS}/status"].content.decode()
    found = []
    for block in status.split("\n\n"):
        fields = dict(re.findall(r"^(Package|Version|Status): (.*)$", block, flags=re.M))
        if fields.get("Status", "").endswith(" installed"):
            found.append((fields["Package"], fields["Version"]))
    return sorted(found)


def packages(files: Mapping[str, File], digests: Mapping[str, str]) -> list[Package]:
    """The Debian packages of an image.

    Args:
        files: All Debian files of the image.
        digests: Of the ``.deb`` files, by ``name=version``.
    """
    return [
        Package("deb", name, version, licence(files, name), digests.get(f"{name}={version}", ""))
        for name, version in installed(files)
    ]


def licence(files: Mapping[str, File], name: str) -> str:
    """The licences that a package's copyright file names, if it is in the form that machines can read (DEP 5)."""
    folder = f"usr/share/doc/{name}"
    if folder in files and files[folder].target:  # the documentation of another package of the same source
        folder = os.path.normpath(f"usr/share/doc/{files[folder].target}")
    file = files.get(f"{folder}/copyright")
    text = file.content.decode(errors="replace") if file else ""
    if not re.match(r"\s*Format(-Specification)?:", text):
        return ""
    names = {
        line.strip()
        for paragraph in re.split(r"\n\s*\n", text)
        if re.search(r"^Files:", paragraph, flags=re.M)
        for line in re.findall(r"^License:[ \t]*(\S.*)$", paragraph, flags=re.M)
    }
    return " AND ".join(f"({one})" if " " in one and len(names) > 1 else one for one in sorted(names))


def owners(files: Mapping[str, File]) -> dict[str, str]:
    """The package that each file belongs to; ``""`` for what no package lists, such as the list of packages itself."""
    listed: dict[str, str] = {}
    for path, file in files.items():
        match = re.fullmatch(rf"{RECORDS}/info/([^/:]+)(:[^/]+)?\.list", path)
        if match:
            for line in file.content.decode().splitlines():
                listed[_MERGED.sub(r"usr/\1/", line.strip("/"))] = match[1]
    return {path: _owner(path, file, listed) for path, file in files.items()}


def _owner(path: str, file: File, listed: Mapping[str, str]) -> str:
    about = re.fullmatch(rf"{RECORDS}/info/([^/:]+)(:[^/]+)?\.[a-z0-9]+", path)
    if about:
        return about[1]
    compiled = PurePosixPath(path)
    if compiled.parent.name == "__pycache__":
        path = str(compiled.parent.parent / (compiled.name.partition(".")[0] + ".py"))
    return listed.get(path, "")
