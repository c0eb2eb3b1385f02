"""JupyterLab's language packs with our sentences, as JupyterLab's own server reads them."""

from __future__ import annotations

import gettext
import importlib.util
import json
import shutil
import time
from pathlib import Path

import pytest

from doorstart_words.catalogue import LANGUAGES, messages
from doorstart_words.packs import LOCALES, complete, settings_folder, write_settings


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    """A folder with the language packs as they are published."""
    for locale in LOCALES.values():
        name = f"jupyterlab_language_pack_{locale}"
        found = importlib.util.find_spec(name)
        assert found and found.origin
        shutil.copytree(Path(found.origin).parent, tmp_path / name)
    return tmp_path


def folder(packs: Path, language: str) -> Path:
    locale = LOCALES[language]
    return packs / f"jupyterlab_language_pack_{locale}" / "locale" / locale / "LC_MESSAGES"


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_and_server_say_our_sentences_and_keep_the_others(packs: Path, language: str) -> None:
    before = json.loads((folder(packs, language) / "jupyterlab.json").read_text())
    complete(packs)
    page = json.loads((folder(packs, language) / "jupyterlab.json").read_text())
    assert set(before) <= set(page)
    with (folder(packs, language) / "jupyterlab.mo").open("rb") as file:
        server = gettext.GNUTranslations(file)
    ours = messages("jupyterlab", language)
    assert ours
    for message in ours:
        key = f"{message.context}\x04{message.english}" if message.context else message.english
        assert page[key] == list(message.forms)
        if message.plural and not message.context:
            assert server.ngettext(message.english, message.plural, 2) == message.forms[1]
        elif message.context:
            assert server.pgettext(message.context, message.english) == message.forms[0]
        else:
            assert server.gettext(message.english) == message.forms[0]
    for label in {"File", "Edit", "View", "Run", "Settings"}:
        assert server.pgettext("menu", label) != label


def test_the_same_bytes_come_out_each_time(packs: Path) -> None:
    complete(packs)
    once = {path: path.read_bytes() for path in packs.rglob("jupyterlab.*")}
    time.sleep(1.1)  # a time in the file would have a second as its smallest part
    complete(packs)
    assert {path: path.read_bytes() for path in once} == once


def test_each_language_has_settings_of_a_server(tmp_path: Path) -> None:
    write_settings(tmp_path)
    for language, locale in {**LOCALES, "en": "en"}.items():
        kept = json.loads((settings_folder(tmp_path, language) / "overrides.json").read_text())
        assert kept == {"@jupyterlab/translation-extension:plugin": {"locale": locale}}
