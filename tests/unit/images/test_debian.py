"""Where Debian packages come from."""

import json
from pathlib import Path

import pytest

from doorstart.images.debian import Debian, DebianError, sources

ARCHIVE = "http://archive.example"


def test_without_a_date_the_host_decides() -> None:
    assert sources("", ARCHIVE) == []


def test_a_date_takes_main_updates_and_security_of_that_time_though_their_lists_are_out_of_date() -> None:
    option, *lines = sources("20260101", ARCHIVE)
    assert option == '--aptopt=Acquire::Check-Valid-Until "false"'
    assert lines == [
        "deb http://archive.example/debian/20260101T000000Z trixie main",
        "deb http://archive.example/debian/20260101T000000Z trixie-updates main",
        "deb http://archive.example/debian-security/20260101T000000Z trixie-security main",
    ]
    assert "20260101T123456Z" in sources("20260101T123456Z", ARCHIVE)[1]


def test_what_is_no_date_is_refused_with_a_sentence() -> None:
    with pytest.raises(DebianError, match="Write it as 20260101"):
        sources("yesterday", ARCHIVE)


def test_the_list_of_packages_gives_hashes_and_a_state_that_changes_with_it(tmp_path: Path) -> None:
    entry = {"Package": "alpha", "Version": "1:2", "Architecture": "amd64", "SHA256": "aa"}
    made = Debian(tmp_path)
    assert not made.complete
    (tmp_path / "packages.json").write_text(json.dumps([entry]))
    assert made.complete
    assert made.digests() == {"alpha=1:2": "sha256:aa"}
    before = made.state()
    (tmp_path / "packages.json").write_text(json.dumps([{**entry, "SHA256": "bb"}]))
    assert made.state() != before
