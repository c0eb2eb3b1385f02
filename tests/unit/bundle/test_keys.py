"""Keys and the root of trust."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from doorstart.bundle import keys, trust
from doorstart.bundle.errors import BundleError

from .conftest import PASSPHRASE, Team


def test_a_private_key_is_for_its_owner_only_and_locked(tmp_path: Path) -> None:
    keys.make(tmp_path, "education-1", PASSPHRASE)
    private = tmp_path / "education-1.key"
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert b"ENCRYPTED" in private.read_bytes()
    with pytest.raises(BundleError, match="passphrase is wrong"):
        keys.read_signer(private, "another passphrase")


def test_both_files_of_a_key_have_the_same_fingerprint_and_name(tmp_path: Path) -> None:
    made = keys.make(tmp_path, "education-1", PASSPHRASE)
    signer = keys.read_signer(tmp_path / "education-1.key", PASSPHRASE)
    public = keys.read_public(tmp_path / "education-1.pub")
    assert keys.fingerprint(made) == keys.fingerprint(public) == keys.fingerprint(signer.public_key)
    assert keys.name_of(public) == keys.name_of(signer.public_key) == "education-1"


@pytest.mark.parametrize(("name", "passphrase"), [("Ann Smith", PASSPHRASE), ("../ann", PASSPHRASE), ("ann", "short")])
def test_a_name_or_passphrase_that_will_not_do_makes_no_key(tmp_path: Path, name: str, passphrase: str) -> None:
    with pytest.raises(BundleError):
        keys.make(tmp_path, name, passphrase)
    assert not list(tmp_path.iterdir())


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    keys.make(tmp_path, "ann", PASSPHRASE)
    before = (tmp_path / "ann.key").read_bytes()
    with pytest.raises(BundleError, match="already"):
        keys.make(tmp_path, "ann", PASSPHRASE)
    assert (tmp_path / "ann.key").read_bytes() == before


def test_a_damaged_public_key_is_not_taken(tmp_path: Path) -> None:
    keys.make(tmp_path, "ann", PASSPHRASE)
    other = keys.make(tmp_path, "bea", PASSPHRASE)
    path = tmp_path / "ann.pub"
    path.write_text((tmp_path / "bea.pub").read_text().replace(other.keyid, "0" * 64))
    with pytest.raises(BundleError, match="damaged"):
        keys.read_public(path)


def test_a_root_counts_once_enough_of_its_keys_signed_it(team: Team) -> None:
    root = trust.first([team.key(name) for name in ("ann", "bea", "cleo")], 2)
    assert trust.missing(root, None) == 2
    trust.sign(root, None, [team.signer("cleo")])
    assert trust.missing(root, None) == 1
    trust.sign(root, None, [team.signer("ann")])
    assert trust.missing(root, None) == 0


def test_the_next_root_needs_old_and_new_keys(team: Team) -> None:
    old = team.roots[0]
    root = trust.following(old, add=[team.key("dan"), team.key("eve")], remove=["bea", "cleo"])
    trust.sign(root, old.signed, [team.signer("dan"), team.signer("eve")])
    assert trust.missing(root, old.signed) == 2
    trust.sign(root, old.signed, [team.signer("bea"), team.signer("cleo")])
    assert trust.missing(root, old.signed) == 0


def test_a_stranger_cannot_sign_a_root(team: Team) -> None:
    root = trust.first([team.key("ann"), team.key("bea")], 2)
    with pytest.raises(BundleError, match="zoe is not one of"):
        trust.sign(root, None, [team.signer("zoe")])


def test_one_key_alone_is_never_enough(team: Team) -> None:
    with pytest.raises(BundleError, match="2 or more"):
        trust.first([team.key("ann")], 1)
    with pytest.raises(BundleError, match="too few"):
        trust.first([team.key("ann"), team.key("ann")], 2)
    with pytest.raises(BundleError, match="too few"):
        trust.following(team.roots[0], remove=["ann", "bea"])


def test_a_chain_of_roots_has_no_gap(team: Team, tmp_path: Path) -> None:
    folder = tmp_path / "trust"
    second = trust.following(team.roots[0], add=[team.key("dan")])
    trust.write(second, folder)
    with pytest.raises(BundleError, match="lacks some"):
        trust.read_chain(folder)
    trust.write(team.roots[0], folder)
    assert [root.signed.version for root in trust.read_chain(folder)] == [1, 2]


def test_a_file_that_is_no_root_is_said_to_be_none(tmp_path: Path) -> None:
    path = tmp_path / "1.root.json"
    for content in ("{}", "no JSON", '{"signed": {"_type": "root"}, "signatures": []}'):
        path.write_text(content)
        with pytest.raises(BundleError, match="not a root of trust"):
            trust.read(path)
