"""The file with new passwords to print, and the words on it."""

from __future__ import annotations

import re
import stat

import pytest

from doorstart.people.printable import Slip, slips, write

ANN = Slip("ann", "Ann <i>Ç", "nl", "tabif-munek-divat-47")
SITE = "https://learn.example/"


@pytest.mark.parametrize("ending", ["html", "txt"])
def test_one_slip_a_person_in_the_persons_language(tmp_path, ending):
    path = tmp_path / f"slips.{ending}"
    write(path, [ANN, Slip("bob", "Bob", "de", "rizun-kabef-sutim-92", one_time=False)], SITE)
    text = path.read_text(encoding="utf-8")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for word in ("Gebruikersnaam", "Benutzername", "tabif-munek-divat-47", "rizun-kabef-sutim-92", SITE):
        assert word in text
    assert "maar één keer" in text and "gilt nur einmal" not in text
    assert ("<i>" in text) == (ending == "txt")
    assert not re.search(r"(src|href)=", text)
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_a_file_that_is_there_is_never_replaced_unless_asked(tmp_path):
    path = tmp_path / "slips.txt"
    path.write_text("the only copy")
    with pytest.raises(FileExistsError, match="only copy"):
        write(path, [ANN], SITE)
    assert path.read_text() == "the only copy"
    write(path, [ANN], SITE, overwrite=True)
    assert "munek" in path.read_text() and stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_link_is_not_followed(tmp_path):
    path = tmp_path / "slips.txt"
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        write(path, [ANN], SITE)
    write(path, [ANN], SITE, overwrite=True)
    assert not (tmp_path / "elsewhere").exists() and not path.is_symlink()


def test_another_ending_is_refused(tmp_path):
    with pytest.raises(ValueError, match="neither"):
        write(tmp_path / "slips.pdf", [ANN], SITE)


def test_slips_come_from_the_answer_of_the_hub():
    answer = {
        "passwords": [{"username": "ann", "display_name": "Ann", "language": "nl", "password": "x", "one_time": True}]
    }
    assert slips(answer) == [Slip("ann", "Ann", "nl", "x")]
