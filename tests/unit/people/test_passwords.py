"""One-time passwords, the rules for own ones, and hashes."""

from __future__ import annotations

import re

import pytest

from doorstart.people import passwords


def test_one_time_passwords_are_strong_readable_and_differ():
    made = {passwords.one_time() for _ in range(2000)}
    assert len(made) == 2000
    assert passwords.BITS >= 50
    assert all(re.fullmatch(r"([a-z]{5}-){3}[2-9]{2}", password) for password in made)
    assert not set("".join(made)) & set("lIoO01")
    # Every letter that the entropy counts on does occur.
    assert len(set("".join(made))) == 16 + 4 + 8 + 1
    assert all(passwords.weakness(password, "ann") is None for password in made)


@pytest.mark.parametrize(
    ("password", "weakness"),
    [
        ("vier gele fietsen", None),
        ("wachtwóórd-é-ü", None),
        ("a" * 9, "short"),
        ("négatif €", "short"),
        ("0123456789 " * 7, "long"),
        ("tab\there and there", "control"),
        ("annabel.smith", "username"),
        ("AnnaBel.Smith2026!", "username"),
        ("Password123!", "common"),
        ("1234567890", "common"),
        ("aaaabbbbab", "simple"),
    ],
)
def test_what_people_may_choose(password, weakness):
    assert passwords.weakness(password, "annabel.smith") == weakness


def test_a_username_of_digits_does_not_forbid_all_digits():
    assert passwords.weakness("8675309-24601", "12") is None


def test_hashes():
    made = passwords.hashed("vier gele fietsen", rounds=4)
    assert b"fietsen" not in made and made != passwords.hashed("vier gele fietsen", rounds=4)
    assert passwords.matches("vier gele fietsen", made)
    assert not passwords.matches("vier gele fietsen ", made)


def test_only_the_whole_password_matches_also_beyond_what_bcrypt_reads():
    made = passwords.hashed("x" * 72, rounds=4)
    assert passwords.matches("x" * 72, made)
    assert not passwords.matches("x" * 73, made)
    assert not passwords.matches("\ud800" * 80, made)
