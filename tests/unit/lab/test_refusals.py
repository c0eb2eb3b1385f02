"""What the page is told when something was refused: which word, and the name of which file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from doorstart.exchange.errors import BadArchive, UnknownCourse
from doorstart.exchange.filenames import ALLOWED_TYPES, NameRules
from doorstart_exchange_client.client import ExchangeClientError
from doorstart_exchange_client.wire import ArchiveError, pack, read_folder, unpack
from doorstart_lab.refusals import Refusal, by_archive, by_exchange

from . import answers


def refused(*names: str) -> Refusal:
    """What the page is told when the exchange is sent files of these names, and refuses the last one."""
    rules = NameRules(ALLOWED_TYPES)
    for name in names[:-1]:
        rules.file(name.encode())
    with pytest.raises(BadArchive) as raised:
        rules.file(names[-1].encode("utf-8", "surrogateescape"))
    return by_exchange(ExchangeClientError(raised.value.code, raised.value.message))


@pytest.mark.parametrize("name", ["letter.docx", "it's mine.docx", '"a" isn\'t b.zip', "data/réponse №1.rar"])
def test_a_file_of_a_wrong_kind_is_named(name: str) -> None:
    told = refused(name)
    assert (told.error, told.file) == ("file_type", name)
    assert told.message.startswith("The file ")


@pytest.mark.parametrize(
    ("names", "file"),
    [
        (["a\\b.csv"], "a\\b.csv"),
        (["<img src=x>\n.csv"], "<img src=x>\N{REPLACEMENT CHARACTER}.csv"),
        (["\u202evsc.exe.csv"], "\N{REPLACEMENT CHARACTER}vsc.exe.csv"),
        (["x" * 300 + ".csv"], "x" * 300 + ".csv"),
        ([" a.csv"], " a.csv"),
    ],
)
def test_a_bad_name_is_shown_and_what_cannot_be_seen_in_it_too(names: list[str], file: str) -> None:
    told = refused(*names)
    assert (told.error, told.file) == ("bad_file_name", file)


def test_a_name_that_is_there_twice_is_shown() -> None:
    assert refused("Sales.csv", "sales.CSV")[::2] == ("duplicate_name", "sales.CSV")


def test_what_is_about_no_file_names_none() -> None:
    assert by_exchange(ExchangeClientError(UnknownCourse.code, str(UnknownCourse("bookkeeping")))).file == ""
    assert by_exchange(ExchangeClientError("file_type", "Something else, and 'no end.")).file == ""


def sent(folder: Path, most: int = 100) -> Refusal:
    with pytest.raises(ArchiveError) as raised:
        pack(read_folder(folder, lambda _: False, lambda _: None, most))
    return by_archive(raised.value, sending=True)


def test_what_cannot_be_sent_is_told_by_its_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    long = f"{'x' * 120}.csv"
    (tmp_path / long).write_text("1")
    assert sent(tmp_path)[::2] == ("bad_file_name", long)
    (tmp_path / long).unlink()
    (tmp_path / "big.csv").write_text("1" * 101)
    assert sent(tmp_path)[::2] == ("too_large", "")

    def broken(*_: Any) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.open", broken)
    assert sent(tmp_path)[::2] == ("unreadable", "big.csv")


def test_what_arrived_damaged_is_no_fault_of_the_learners_files(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError) as raised:
        unpack(b"no archive at all", tmp_path / "one")
    assert by_archive(raised.value, sending=False).error == "damaged"
    (tmp_path / "ps1.ipynb").mkdir()
    with pytest.raises(ArchiveError) as raised:
        unpack(pack({"ps1.ipynb": b"{}"}), tmp_path)
    assert by_archive(raised.value, sending=False).error == "files"


def test_words_are_found_in_all_sources() -> None:
    """Or the test that each has a sentence would see none of them, and pass."""
    assert {"file_type", "empty", "too_large", "scope_missing", "internal_error"} <= answers.of_the_exchange()
    assert {"forbidden", "status_413", "status_500"} <= answers.of_the_relay()
    assert {"unreachable", "not_fetched", "wrong_receipt", "unreadable"} <= answers.of_the_server()
