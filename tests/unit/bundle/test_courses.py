"""Folders of courses as they travel."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path

import pytest

from doorstart.bundle import courses
from doorstart.bundle.contents import BundledCourse
from doorstart.bundle.courses import Packed
from doorstart.bundle.errors import BundleError, RefusedError
from doorstart.site.place import TOP


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    law = tmp_path / "courses" / "law"
    (law / "old").mkdir(parents=True)
    (law / "vat.toml").write_text("rate = 21\n")
    (law / "old" / "vat.toml").write_text("rate = 19\n")
    return tmp_path / "courses"


def bundled(packed: Packed) -> BundledCourse:
    return BundledCourse(name=packed.name, digest=packed.digest)


def test_the_same_content_is_the_same_whenever_and_wherever_it_was_written(folder: Path) -> None:
    before = courses.pack(folder)["law"].digest
    os.utime(folder / "law" / "vat.toml", (1, 1))
    (folder / "law" / "vat.toml").chmod(0o600)
    (folder / "law" / "__pycache__").mkdir()
    (folder / "law" / "__pycache__" / "x.pyc").write_bytes(b"x")
    assert courses.pack(folder)["law"].digest == before
    (folder / "law" / "vat.toml").write_text("rate = 6\n")
    assert courses.pack(folder)["law"].digest != before


def test_what_was_packed_is_what_is_unpacked_and_nothing_older_stays(folder: Path, tmp_path: Path) -> None:
    packed = courses.pack(folder)["law"]
    target = tmp_path / "site"
    (target / "law").mkdir(parents=True)
    (target / "law" / "gone.toml").write_text("of an older version")
    courses.unpack(target, bundled(packed), packed.compressed())
    assert courses.pack(target)["law"].digest == packed.digest
    assert not (target / "law" / "gone.toml").exists()


def test_other_content_than_the_bundle_says_is_refused_and_nothing_is_written(folder: Path, tmp_path: Path) -> None:
    packed = courses.pack(folder)["law"]
    other = Packed("law", [], b"another tar file")
    with pytest.raises(RefusedError, match="not what the bundle says"):
        courses.unpack(tmp_path / "site", bundled(packed), other.compressed())
    assert not (tmp_path / "site").exists()


def test_a_link_does_not_travel(folder: Path) -> None:
    (folder / "law" / "link").symlink_to("/etc/passwd")
    with pytest.raises(BundleError, match="link"):
        courses.pack(folder)


def test_all_courses_of_this_checkout_and_what_they_share_travel() -> None:
    packed = courses.pack(TOP / "courses")
    assert {"accounting", "programming", "stock-management", "firm", "law", "shared"} <= packed.keys()
    assert packed["accounting"].languages
    assert not packed["law"].languages


@pytest.mark.parametrize(
    ("name", "kind"), [("../outside", tarfile.REGTYPE), ("link", tarfile.SYMTYPE), ("/x", tarfile.REGTYPE)]
)
def test_an_archive_that_reaches_outside_of_its_folder_is_refused(tmp_path: Path, name: str, kind: bytes) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        entry = tarfile.TarInfo(name)
        entry.type, entry.linkname = kind, "/etc/passwd"
        archive.addfile(entry)
    packed = Packed("law", [], buffer.getvalue())
    with pytest.raises(RefusedError, match="cannot be unpacked"):
        courses.unpack(tmp_path / "site", bundled(packed), packed.compressed())
    assert not list(tmp_path.iterdir())
