"""What a site refuses, and why: no engine needed, for nothing of it gets that far."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tuf.api.metadata import Metadata

from doorstart.bundle import signing, trust, verify
from doorstart.bundle.errors import RefusedError

from .conftest import Team


def accept(bundle: Path, trusted: Path) -> verify.Verified:
    verified = verify.authenticate(bundle, trusted)
    verify.check_files(bundle, verified, lambda _: None)
    return verified


def refused(bundle: Path, trusted: Path) -> RefusedError:
    before = {path: path.read_bytes() for path in trusted.rglob("*")}
    with pytest.raises(RefusedError) as caught:
        accept(bundle, trusted)
    assert {path: path.read_bytes() for path in trusted.rglob("*")} == before
    return caught.value


def install(verified: verify.Verified, trusted: Path) -> None:
    for name, content in verified.metadata.items():
        (trusted / name).write_bytes(content)


def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def test_a_bundle_signed_by_two_of_three_is_accepted(team: Team, trusted: Path, tmp_path: Path) -> None:
    verified = accept(team.bundle(tmp_path / "stick"), trusted)
    assert verified.contents.number == 1000
    assert verified.signers == ("ann", "bea")


def test_the_same_bundle_is_accepted_again(team: Team, trusted: Path, tmp_path: Path) -> None:
    bundle = team.bundle(tmp_path / "stick")
    install(accept(bundle, trusted), trusted)
    assert accept(bundle, trusted).contents.number == 1000


@pytest.mark.parametrize("name", ["blobs/one", "contents.json"])
def test_one_flipped_bit_in_a_file_is_refused(team: Team, trusted: Path, tmp_path: Path, name: str) -> None:
    bundle = team.bundle(tmp_path / "stick")
    flip(bundle / name, 7)
    error = refused(bundle, trusted)
    assert error.reason == "changed"
    assert name in str(error)


@pytest.mark.parametrize(
    "name", [*(f"metadata/{one}" for one in ("2.root.json", "timestamp.json", "1000.snapshot.json")), "contents.json"]
)
def test_a_file_that_would_fill_the_memory_is_refused_before_it_is_read(
    team: Team, trusted: Path, tmp_path: Path, name: str
) -> None:
    bundle = team.bundle(tmp_path / "stick")
    with (bundle / name).open("ab") as file:
        file.truncate(1 << 40)  # takes no place on the disk
    assert refused(bundle, trusted).reason == "changed"


@pytest.mark.parametrize("name", ["timestamp.json", "1000.snapshot.json", "1000.targets.json"])
@pytest.mark.parametrize("part", ["signed", "signatures", "punctuation"])
@pytest.mark.parametrize("again", [False, True])
def test_one_flipped_bit_in_the_metadata_is_refused(
    team: Team, trusted: Path, tmp_path: Path, name: str, part: str, again: bool
) -> None:
    bundle = team.bundle(tmp_path / "stick")
    if again:
        install(accept(bundle, trusted), trusted)
    path = bundle / "metadata" / name
    places: dict[str, Callable[[bytes], int]] = {
        "signed": lambda text: text.index(b"expires") + 14,
        "signatures": lambda text: text.index(b'"sig"') + 10,
        "punctuation": lambda text: 0,
    }
    flip(path, places[part](path.read_bytes()))
    error = refused(bundle, trusted)
    assert error.reason == "changed"
    assert name in str(error)


@pytest.mark.parametrize(
    "name", ["blobs/one", "contents.json", "metadata/1000.snapshot.json", "metadata/1000.targets.json"]
)
def test_a_missing_file_is_refused(team: Team, trusted: Path, tmp_path: Path, name: str) -> None:
    bundle = team.bundle(tmp_path / "stick")
    (bundle / name).unlink()
    error = refused(bundle, trusted)
    assert error.reason == "missing"
    assert name in str(error)


@pytest.mark.parametrize(("place", "reason"), [("elsewhere", "format"), ("stick/blobs/kept", "missing")])
def test_a_link_in_place_of_a_file_is_refused(
    team: Team, trusted: Path, tmp_path: Path, place: str, reason: str
) -> None:
    bundle = team.bundle(tmp_path / "stick")
    (bundle / "blobs" / "one").rename(tmp_path / place)
    (bundle / "blobs" / "one").symlink_to(tmp_path / place)
    assert refused(bundle, trusted).reason == reason


def test_one_signature_is_too_few(team: Team, trusted: Path, tmp_path: Path) -> None:
    error = refused(team.bundle(tmp_path / "stick", ["ann"]), trusted)
    assert error.reason == "signatures"
    assert "1 of the 2 signatures" in str(error)
    assert "ann" in str(error)


def test_a_second_person_adds_the_missing_signature(team: Team, trusted: Path, tmp_path: Path) -> None:
    bundle = team.bundle(tmp_path / "stick", ["ann"])
    assert signing.sign(bundle, [team.signer("cleo")]) == 0
    assert accept(bundle, trusted).signers == ("ann", "cleo")


def test_the_same_person_twice_is_one_signature(team: Team, trusted: Path, tmp_path: Path) -> None:
    bundle = team.bundle(tmp_path / "stick", ["ann"])
    assert signing.sign(bundle, [team.signer("ann")]) == 1
    assert refused(bundle, trusted).reason == "signatures"


def test_a_bundle_of_strangers_is_refused(team: Team, trusted: Path, tmp_path: Path) -> None:
    strangers = Team(tmp_path / "strangers", [])
    root = trust.first([strangers.key("ann"), strangers.key("bea")], 2)
    trust.sign(root, None, [strangers.signer("ann"), strangers.signer("bea")])
    strangers.roots.append(root)
    error = refused(strangers.bundle(tmp_path / "stick"), trusted)
    assert error.reason == "signatures"
    assert "2 by keys that it does not trust" in str(error)


def test_an_expired_bundle_is_refused(team: Team, trusted: Path, tmp_path: Path) -> None:
    error = refused(team.bundle(tmp_path / "stick", days=-1), trusted)
    assert error.reason == "expired"
    assert "clock" in str(error)


def test_an_older_bundle_than_the_installed_is_refused(team: Team, trusted: Path, tmp_path: Path) -> None:
    install(accept(team.bundle(tmp_path / "new", number=2000), trusted), trusted)
    error = refused(team.bundle(tmp_path / "old", number=1000), trusted)
    assert error.reason == "rollback"
    assert "2000" in str(error)


@pytest.mark.parametrize("role", ["timestamp", "snapshot", "targets"])
def test_metadata_of_two_bundles_is_refused(team: Team, trusted: Path, tmp_path: Path, role: str) -> None:
    one, two = team.bundle(tmp_path / "one", number=1000), team.bundle(tmp_path / "two", number=2000, text="b")
    for path in (two / "metadata").glob(f"*{role}.json"):
        path.unlink()
    for path in (one / "metadata").glob(f"*{role}.json"):
        shutil.copy(path, two / "metadata")
    assert refused(two, trusted).reason == "mixed"


def test_metadata_of_another_bundle_under_the_right_name_is_refused(team: Team, trusted: Path, tmp_path: Path) -> None:
    one, two = team.bundle(tmp_path / "one", number=1000), team.bundle(tmp_path / "two", number=2000, text="b")
    shutil.copy(one / "metadata" / "1000.targets.json", two / "metadata" / "2000.targets.json")
    assert refused(two, trusted).reason == "mixed"


def test_files_of_another_bundle_are_refused(team: Team, trusted: Path, tmp_path: Path) -> None:
    one, two = team.bundle(tmp_path / "one", number=1000), team.bundle(tmp_path / "two", number=2000, text="b")
    shutil.copy(one / "blobs" / "one", two / "blobs" / "one")
    assert refused(two, trusted).reason == "changed"


def rekeyed(team: Team, signers: list[str], *, remove: str, add: str) -> None:
    root = trust.following(team.roots[-1], add=[team.key(add)], remove=[remove])
    trust.sign(root, team.roots[-1].signed, [team.signer(name) for name in signers])
    team.roots.append(root)


def test_a_new_root_comes_along_in_the_bundle(team: Team, trusted: Path, tmp_path: Path) -> None:
    rekeyed(team, ["ann", "bea"], remove="cleo", add="dan")
    verified = accept(team.bundle(tmp_path / "stick", ["ann", "dan"]), trusted)
    assert verified.root.version == 2
    assert verified.signers == ("ann", "dan")


def test_a_removed_key_no_longer_counts(team: Team, trusted: Path, tmp_path: Path) -> None:
    rekeyed(team, ["ann", "bea"], remove="cleo", add="dan")
    bundle = team.bundle(tmp_path / "stick", ["ann"])
    for path in sorted((bundle / "metadata").glob("*.json")):
        metadata: Metadata = Metadata.from_file(str(path))  # type: ignore[type-arg]
        if metadata.signed.type != "root":
            metadata.sign(team.signer("cleo"), append=True)
            metadata.to_file(str(path))
    assert refused(bundle, trusted).reason == "signatures"


def test_a_new_root_that_too_few_old_keys_signed_is_refused(team: Team, trusted: Path, tmp_path: Path) -> None:
    rekeyed(team, ["ann", "dan"], remove="cleo", add="dan")
    error = refused(team.bundle(tmp_path / "stick", ["ann", "dan"]), trusted)
    assert error.reason == "signatures"
    assert "2.root.json" in str(error)


def test_an_older_bundle_is_refused_also_after_a_key_was_replaced(team: Team, trusted: Path, tmp_path: Path) -> None:
    old = team.bundle(tmp_path / "old", ["ann", "bea"], number=1000)
    install(accept(team.bundle(tmp_path / "new", ["ann", "cleo"], number=2000), trusted), trusted)
    rekeyed(team, ["ann", "bea"], remove="cleo", add="dan")
    team.roots[-1].to_file(str(trusted / "root.json"))
    error = refused(old, trusted)
    assert error.reason == "rollback"
