"""Taking in a working folder: what is refused, and that nothing lands outside."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from doorstart.sandbox import unpack

LIMIT = 1024 * 1024


def member(name: str, content: bytes = b"", **changes: object) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    for key, value in changes.items():
        setattr(info, key, value)
    return info, content


def archive(*members: tuple[tarfile.TarInfo, bytes]) -> io.BytesIO:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:") as tar:
        for info, content in members:
            tar.addfile(info, io.BytesIO(content))
    file.seek(0)
    return file


def test_files_and_folders_arrive_readable_by_everybody(tmp_path: Path) -> None:
    unpack.unpack(
        archive(member("a/b.txt", b"hi", mode=0o4000, uid=7), member("c", type=tarfile.DIRTYPE, mode=0)),
        tmp_path,
        LIMIT,
    )
    assert (tmp_path / "a" / "b.txt").read_text() == "hi"
    assert (tmp_path / "a" / "b.txt").stat().st_mode & 0o7777 == 0o644
    assert (tmp_path / "a" / "b.txt").stat().st_uid != 7
    assert (tmp_path / "c").stat().st_mode & 0o7777 == 0o755


def test_an_empty_archive_is_an_empty_folder(tmp_path: Path) -> None:
    unpack.unpack(io.BytesIO(), tmp_path, LIMIT)
    unpack.unpack(archive(), tmp_path, LIMIT)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/../../x"])
def test_nothing_lands_outside(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    try:
        unpack.unpack(archive(member(name, b"x")), folder, LIMIT)
    except unpack.UnpackError:
        assert list(folder.iterdir()) == []
    assert list(tmp_path.iterdir()) == [folder]
    assert not Path("/etc/x").exists()


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE], ids=repr
)
def test_only_files_and_folders(tmp_path: Path, kind: bytes) -> None:
    with pytest.raises(unpack.UnpackError, match="neither a file nor a folder"):
        unpack.unpack(archive(member("x", type=kind, linkname="/etc/passwd")), tmp_path, LIMIT)
    assert list(tmp_path.iterdir()) == []


def test_sizes_and_counts_have_limits(tmp_path: Path) -> None:
    with pytest.raises(unpack.UnpackError, match="larger than 1 MB"):
        unpack.unpack(archive(member("x", bytes(LIMIT)), member("y", b"1")), tmp_path, LIMIT)
    many = [member(f"f{number}") for number in range(unpack.MAX_FILES + 1)]
    with pytest.raises(unpack.UnpackError, match="more than 1000 files"):
        unpack.unpack(archive(*many), tmp_path, LIMIT)


@pytest.mark.parametrize(
    "damage",
    [lambda whole: whole[:700], lambda whole: b"\x1f\x8b" + whole, lambda _: b"not an archive" * 100],
    ids=["truncated", "compressed", "other"],
)
def test_damaged_archives_are_refused(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    whole = archive(member("x", bytes(5000))).getvalue()
    with pytest.raises(unpack.UnpackError, match="could not be unpacked"):
        unpack.unpack(io.BytesIO(damage(whole)), tmp_path, LIMIT)


def test_a_name_that_is_a_file_and_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(unpack.UnpackError, match="could not be unpacked"):
        unpack.unpack(archive(member("x", b"1"), member("x/y", b"2")), tmp_path, LIMIT)
