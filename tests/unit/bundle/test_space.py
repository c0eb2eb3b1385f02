"""Room on the disks, and what an import writes."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from doorstart.bundle import space
from doorstart.bundle.errors import RefusedError
from doorstart.bundle.planning import chains

MEMORY = Path("/dev/shm")
"""A small disk of its own on every Linux machine."""


def test_two_folders_on_one_disk_need_room_together(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    needs = {tmp_path / "one": 600 << 20, tmp_path / "not" / "there" / "yet": 600 << 20}
    space.check(needs, lambda _: 1500 << 20)
    with pytest.raises(RefusedError, match=r"needs 1\.4 GiB") as caught:
        space.check(needs, lambda _: 1400 << 20)
    assert caught.value.reason == "disk"


def test_a_disk_that_really_is_too_small_is_refused() -> None:
    with pytest.raises(RefusedError, match="/dev/shm"):
        space.check({MEMORY / "work": shutil.disk_usage(MEMORY).free})


def test_a_layer_counts_once_for_each_stack_below_it() -> None:
    # The example of the OCI image specification: a chain id is the digest of the one below it, a space, the diff id.
    one, two = "sha256:" + "1" * 64, "sha256:" + "2" * 64
    assert chains([one]) == [one]
    assert chains([one, two])[0] == one
    assert chains([one, two])[1] == "sha256:" + hashlib.sha256(f"{one} {two}".encode()).hexdigest()
    assert chains([two, one])[1] != chains([one, two])[1]
