"""Files that the learner's code writes into the examiner's folder: how much, and what is said when it is too much."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from doorstart_examiner.link import folder as folders
from doorstart_examiner.link.folder import Folder


def files(path: Path) -> set[str]:
    return {str(found.relative_to(path)) for found in path.rglob("*")}


def test_bytes_are_limited_in_total(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "MOST_TAKEN_BYTES", 100)
    folder = Folder(tmp_path, protects=True)
    assert folder.take({"a": b"x" * 60}) is None
    assert "were written at once" in (folder.take({"b": b"x" * 60, "c": b"x" * 30}) or "")
    assert files(tmp_path) == {"a", "c"}
    assert folder.take({"a": b"x" * 70}) is None  # Instead of what it was.
    assert folder.take({"a": None, "b": b"x" * 60}) is None
    assert files(tmp_path) == {"b", "c"}


def test_names_are_limited_in_total_and_folders_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "MOST_TAKEN_FILES", 4)
    folder = Folder(tmp_path, protects=True)
    assert folder.take({"a/b/c": b"", "a/b/d": b""}) is None
    assert folder.take({"e": b""}) is not None
    assert folder.take({"a/b/c": None, "a": None, "f/g/h": None, "e": b""}) is None
    assert folder.take({"i": b""}) is not None
    assert files(tmp_path) == {"a", "a/b", "a/b/d", "e"}


def test_what_a_test_writes_is_not_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "MOST_TAKEN_BYTES", 1)
    assert Folder(tmp_path, protects=False).take({"a": b"more"}) is None
    assert (tmp_path / "a").read_bytes() == b"more"


def test_a_full_disk_is_told_and_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int, mode: str) -> Any:
        os.write(descriptor, b"ha")
        os.close(descriptor)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    folder = Folder(tmp_path, protects=True)
    monkeypatch.setattr(os, "fdopen", full)
    assert folder.take({"a": b"half"}) == os.strerror(errno.ENOSPC)
    assert files(tmp_path) == set()
    monkeypatch.undo()
    assert folder.take({"a": b"half"}) is None


def test_the_instructor_is_told_of_files_that_are_not_here(grade: Any) -> None:
    learner = """
import os
def f():
    for n in range(199):
        folder = "/".join([str(n), *"abcdefghijk"])
        os.makedirs(folder)
        open(f"{folder}/file", "w").close()
    return 1
"""
    cells = grade(learner, ("test", "assert f() == 2"))["cells"]
    assert "Not all files of the learner's code are here" in cells[1]["check"]["instructor"]["message"]
    assert "more than 2000 files, or 32 MB" in cells[1]["check"]["instructor"]["message"]
