"""Secrets are made once, differ, and are not for everybody to read."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from doorstart import keys


def test_made_once(tmp_path: Path) -> None:
    first = keys.ensure(tmp_path / "key")
    assert len(bytes.fromhex(first)) == 32
    assert keys.ensure(tmp_path / "key") == first
    assert keys.ensure(tmp_path / "other") != first


def test_modes(tmp_path: Path) -> None:
    keys.ensure(tmp_path / "key")
    keys.ensure(tmp_path / "shared", gid=3000)
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    shared = (tmp_path / "shared").stat()
    assert (stat.S_IMODE(shared.st_mode), shared.st_gid) == (0o640, 3000)


def test_two_that_start_at_once_end_with_one_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        made = set(pool.map(lambda _: keys.ensure(tmp_path / "key"), range(64)))
    assert len(made) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["key"]
