"""The language of a server: the later of two choices counts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from doorstart_words import server
from doorstart_words.choice import CHOICE, chosen, settle


def choose(settings: Path, locale: str) -> None:
    """As JupyterLab's menu does it."""
    (settings / CHOICE).parent.mkdir(parents=True, exist_ok=True)
    (settings / CHOICE).write_text(json.dumps({"locale": locale}))


def test_a_choice_in_jupyterlab_lasts_while_the_hub_says_the_same(tmp_path: Path) -> None:
    settle(tmp_path, "nl")
    choose(tmp_path, "fr_FR")
    settle(tmp_path, "nl")
    assert chosen(tmp_path, "nl") == "fr"


def test_a_later_choice_on_the_hubs_page_ends_it(tmp_path: Path) -> None:
    settle(tmp_path, "nl")
    choose(tmp_path, "fr_FR")
    settle(tmp_path, "de")
    assert chosen(tmp_path, "de") == "de"
    choose(tmp_path, "en")
    settle(tmp_path, "de")
    assert chosen(tmp_path, "de") == "en"


def test_a_choice_from_before_there_was_a_note_of_it_stays(tmp_path: Path) -> None:
    choose(tmp_path, "fr_FR")
    settle(tmp_path, "nl")
    assert chosen(tmp_path, "nl") == "fr"


@pytest.mark.parametrize("kept", ["", "[]", '{"locale": "default"}', "// only a remark"])
def test_what_says_no_language_is_no_choice(tmp_path: Path, kept: str) -> None:
    choose(tmp_path, "")
    (tmp_path / CHOICE).write_text(kept)
    assert chosen(tmp_path, "nl") == "nl"


def test_a_home_that_cannot_be_written_keeps_no_server_from_starting(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settle(tmp_path / "file" / "below", "nl")


def test_a_language_that_we_do_not_have_is_english(monkeypatch: pytest.MonkeyPatch) -> None:
    for said, spoken in {"nl": "nl", "pl": "en", "": "en", "../x": "en"}.items():
        monkeypatch.setenv("DOORSTART_LANGUAGE", said)
        assert server.language() == spoken
