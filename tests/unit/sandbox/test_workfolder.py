"""Which files go along into a kernel's container."""

from __future__ import annotations

import io
import os
import socket
import tarfile
from pathlib import Path

import pytest

from doorstart_sandbox_kernel import workfolder


def packed(folder: Path, limit: int = 10**6) -> list[str]:
    archive = io.BytesIO()
    workfolder.pack(folder, archive, limit)
    archive.seek(0)
    with tarfile.open(fileobj=archive) as tar:
        return sorted(tar.getnames())


@pytest.fixture
def course(tmp_path: Path) -> Path:
    root = tmp_path / "course"
    for name in (
        "gradebook.db",
        "gradebook.db-wal",
        "backup.db",
        "rates.csv",
        "data/shop.db",
        "data/x.csv",
        "source/ps1/ps1.ipynb",
        "release/ps1/ps1.ipynb",
        "submitted/l1/ps1/ps1.ipynb",
        "submitted/l2/ps1/ps1.ipynb",
        "autograded/l1/ps1/ps1.ipynb",
        "autograded/l1/ps1/img/a.png",
        "autograded/l1/notes.txt",
        "autograded/l1/ps2/ps2.ipynb",
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("x")
    return root


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        ("autograded/l1/ps1", ["img/a.png", "ps1.ipynb"]),
        ("source/ps1", ["ps1.ipynb"]),
        ("data", ["shop.db", "x.csv"]),
        # Folders of several submissions, and the course itself: only what lies directly in them, and no database.
        ("autograded/l1", ["notes.txt"]),
        ("submitted/l1", []),
        ("submitted", []),
        ("source", []),
        (".", ["rates.csv"]),
        # From above, a course is not entered at all.
        ("..", []),
    ],
)
def test_one_assignments_folder_goes_along_and_never_others(course: Path, folder: str, expected: list[str]) -> None:
    assert packed(course / folder) == expected


def test_a_link_to_the_course_does_not_help(course: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other")
    (other / "way").symlink_to(course)
    assert packed(other / "way") == ["rates.csv"]
    assert packed(other) == []


def test_links_hidden_files_and_special_files_stay(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    (tmp_path / "link").symlink_to("/etc/passwd")
    (tmp_path / "folder").symlink_to("/etc")
    (tmp_path / ".hidden").write_text("h")
    (tmp_path / ".ipynb_checkpoints").mkdir()
    (tmp_path / ".ipynb_checkpoints" / "a.txt").write_text("old")
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(tmp_path / "sock"))
        assert packed(tmp_path) == ["a.txt"]


def test_too_much_is_told_before_it_is_sent(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(bytes(2 * 10**6))
    with pytest.raises(workfolder.WorkFolderError, match="too large for the sandbox"):
        packed(tmp_path)


def test_names_and_contents_arrive(tmp_path: Path) -> None:
    name = "café " + "x" * 120 + ".csv"
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / name).write_text("12")
    archive = io.BytesIO()
    workfolder.pack(tmp_path, archive, 100)
    archive.seek(0)
    with tarfile.open(fileobj=archive) as tar:
        file = tar.extractfile(f"sub/{name}")
        assert file is not None and file.read() == b"12"
