"""What a bundle says to the person who holds it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from doorstart.bundle import packages
from doorstart.bundle.describe import describe
from doorstart.bundle.errors import BundleError

from .conftest import Team


def test_a_good_bundle_says_who_signed_it_and_until_when_it_is_valid(team: Team, trusted: Path, tmp_path: Path) -> None:
    found = describe(team.bundle(tmp_path / "stick"), trusted)
    assert (found.signers, found.needed, found.refusal, found.checked) == (["ann", "bea"], 2, "", True)
    assert found.days == 0
    assert 59 <= (found.expires - found.made).days <= 60


@pytest.mark.parametrize(("people", "days", "reason"), [(["ann"], 60, "signatures"), (["ann", "bea"], -2, "expired")])
def test_a_bad_bundle_is_described_with_the_reason(
    team: Team, trusted: Path, tmp_path: Path, people: list[str], days: float, reason: str
) -> None:
    found = describe(team.bundle(tmp_path / "stick", people, days=days), trusted)
    assert (found.reason, found.signers) == (reason, people)
    assert json.loads(json.dumps(found.plain()))["ok"] is False


def test_a_forged_signature_is_not_counted(team: Team, trusted: Path, tmp_path: Path) -> None:
    bundle = team.bundle(tmp_path / "stick")
    path = bundle / "metadata" / "1000.targets.json"
    content = path.read_bytes()
    at = content.index(b'"sig":') + 10
    path.write_bytes(content[:at] + (b"0" if content[at : at + 1] != b"0" else b"1") + content[at + 1 :])
    found = describe(bundle, trusted)
    assert len(found.signers) == 1
    assert found.reason == "changed"


def test_without_a_trusted_root_it_says_that_nothing_is_proven(team: Team, tmp_path: Path) -> None:
    found = describe(team.bundle(tmp_path / "stick"), None)
    assert (found.checked, found.refusal) == (False, "")


def test_a_folder_that_is_no_bundle_is_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="not a bundle"):
        describe(tmp_path, None)


def test_a_bundle_whose_description_is_damaged_is_an_error_in_words(team: Team, trusted: Path, tmp_path: Path) -> None:
    bundle = team.bundle(tmp_path / "stick")
    for text in ("{}", "not JSON", '{"number": 1000, "made": "yesterday"}'):
        (bundle / "contents.json").write_text(text)
        with pytest.raises(BundleError, match=r"contents\.json"):
            describe(bundle, trusted)


def test_packages_that_are_new_gone_or_changed_are_told() -> None:
    before = {"pypi pygments": "2.20.0", "pypi six": "1.17.0", "deb libssl3t64": "3.5.1"}
    after = {"pypi pygments": "2.21.0", "deb libssl3t64": "3.5.1", "deb tzdata": "2026a"}
    found = [(one.package, one.before, one.after) for one in packages.changes(before, after)]
    assert found == [("deb tzdata", "", "2026a"), ("pypi pygments", "2.20.0", "2.21.0"), ("pypi six", "1.17.0", "")]
    assert packages.changes({}, after) == []
