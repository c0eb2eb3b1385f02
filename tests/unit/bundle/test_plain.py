"""Files of a stick that are no files, or have no end: nothing waits for them, and nothing reads them to the end."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from doorstart.bundle import keys, plain, signing, trust, verify
from doorstart.bundle.describe import describe
from doorstart.bundle.errors import BundleError, RefusedError

from .conftest import Team

pytestmark = pytest.mark.timeout(60)
ALL = ("contents.json", *(f"metadata/{one}.json" for one in ("1.root", "timestamp", "1000.snapshot", "1000.targets")))


def endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


def link(path: Path) -> None:
    path.rename(path.parent.parent / f"kept-{path.name}")
    path.symlink_to(path.parent.parent / f"kept-{path.name}")


def pipe(path: Path) -> None:
    os.mkfifo(path)


def huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(200 << 30)  # takes no place on the disk


KINDS = pytest.mark.parametrize("spoil", [endless, link, pipe, huge])


def spoiled(path: Path, spoil: Callable[[Path], None]) -> None:
    if spoil is not link:
        path.unlink()
    spoil(path)


@KINDS
def test_a_small_file_is_read_only_if_it_is_one(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    path = tmp_path / "folder" / "one.json"
    path.parent.mkdir()
    path.write_bytes(b"{}")
    assert plain.read(path) == b"{}"
    spoiled(path, spoil)
    with pytest.raises(OSError, match=r"not a plain file|larger than the 32 MiB"):
        plain.read(path)


@pytest.mark.parametrize("name", ALL)
@KINDS
def test_such_a_file_of_a_bundle_is_refused_by_whoever_reads_it(
    team: Team, trusted: Path, tmp_path: Path, name: str, spoil: Callable[[Path], None]
) -> None:
    bundle = team.bundle(tmp_path / "stick")
    spoiled(bundle / name, spoil)
    if name != "metadata/1.root.json":  # which a site that trusts it needs not
        with pytest.raises(RefusedError) as caught:
            verify.authenticate(bundle, trusted)
        assert caught.value.reason == ("format" if (name, spoil) in NO_BUNDLE else "changed")
    for root in (trusted, None):
        try:
            assert describe(bundle, root).reason in ("changed", "format")
        except BundleError as error:
            assert "stick" in str(error)
    if name != "contents.json":
        with pytest.raises(BundleError, match="cannot be read"):
            signing.sign(bundle, [team.signer("cleo")])


NO_BUNDLE = [("metadata/timestamp.json", one) for one in (endless, pipe)]


@KINDS
def test_roots_and_keys_that_people_bring_are_read_in_the_same_way(
    team: Team, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    file = trust.write(team.roots[0], tmp_path / "roots")
    key = team.folder / "ann.pub"
    for path in (file, key):
        spoiled(path, spoil)
    with pytest.raises(BundleError, match="cannot be read"):
        trust.read(file)
    with pytest.raises(BundleError, match="cannot be read"):
        keys.read_public(key)


def test_a_file_that_is_called_nearly_like_a_root_is_none(team: Team, tmp_path: Path) -> None:
    trust.write(team.roots[0], tmp_path)
    (tmp_path / "2nd.root.json").write_text("{}")
    assert len(trust.read_chain(tmp_path)) == 1
