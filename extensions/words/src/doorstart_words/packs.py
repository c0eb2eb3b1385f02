"""Completes JupyterLab's language packs with our sentences, and makes each the language of a server.

``python -m doorstart_words.packs SITE-PACKAGES LAB`` does so while an image is built. A pack has each domain twice:
as JSON for the page, and as ``.mo`` for what the server translates (the labels of menus and settings). Where both have
a sentence, ours counts: courses and pages must use one word for one thing.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo, write_mo

from doorstart_words.catalogue import LANGUAGES, Message, messages

LOCALES: Final = {"nl": "nl_NL", "fr": "fr_FR", "de": "de_DE"}
"""The language packs: of each language, the one that JupyterLab has."""
SETTING: Final = "@jupyterlab/translation-extension:plugin"
DOMAINS: Final = ("jupyterlab", "jupyterlab_widgets")
"""JupyterLab's own, and those of its extensions that people see."""


def complete(site_packages: Path) -> None:
    """Write our sentences into the packs; doing it twice changes nothing more.

    Raises:
        FileNotFoundError: a pack is not installed.
    """
    for language in LANGUAGES:
        locale = LOCALES[language]
        folder = site_packages / f"jupyterlab_language_pack_{locale}" / "locale" / locale / "LC_MESSAGES"
        pack = (folder / f"{DOMAINS[0]}.json").read_text(encoding="utf-8")
        for domain in DOMAINS:
            page, server = folder / f"{domain}.json", folder / f"{domain}.mo"
            ours = messages(domain, language)
            theirs = page.read_text(encoding="utf-8") if page.is_file() else header(pack, domain)
            page.write_text(for_page(theirs, ours), encoding="utf-8")
            if server.is_file():
                write_server(server, ours)


def header(pack: str, domain: str) -> str:
    """An empty domain, for one that the image has no file of."""
    return json.dumps({"": {**json.loads(pack)[""], "domain": domain}})


def write_server(server: Path, ours: tuple[Message, ...]) -> None:
    """Put our sentences into a file ``.mo``."""
    with server.open("rb") as file:
        catalogue = with_contexts(read_mo(file))
    for message in ours:
        add(catalogue, message)
    with server.open("wb") as file:
        write_mo(file, catalogue)


def for_page(pack: str, ours: tuple[Message, ...]) -> str:
    """A pack's JSON (Jed's form) with our sentences."""
    entries = json.loads(pack)
    for message in ours:
        context = f"{message.context}\x04" if message.context else ""
        entries[context + message.english] = list(message.forms)
    return json.dumps(entries, ensure_ascii=False, sort_keys=True)


def with_contexts(catalogue: Catalog) -> Catalog:
    """The catalogue with contexts that are text: Babel reads them as bytes, and cannot write what it has read."""
    for message in list(catalogue):
        context: object = message.context
        if isinstance(context, bytes):
            catalogue.delete(message.id, message.context)
            catalogue.add(message.id, message.string, context=context.decode())
    return catalogue


def add(catalogue: Catalog, message: Message) -> None:
    """Put a sentence into a pack's catalogue, in place of the one that is there."""
    context = message.context or None
    catalogue.delete(message.english, context)
    identity = (message.english, message.plural) if message.plural else message.english
    catalogue.add(identity, message.forms if message.plural else message.forms[0], context=context)


def settings_folder(lab: Path, language: str) -> Path:
    """The folder of settings (JupyterLab's ``app_settings_dir``) of a server in a language.

    Args:
        lab: JupyterLab's folder: it looks for other things beside the folder of settings.
        language: English included.
    """
    return lab / f"settings-{language}"


def write_settings(lab: Path) -> None:
    """Write the settings of a server in each language. What somebody chose in JupyterLab comes before them."""
    for language, locale in {**LOCALES, "en": "en"}.items():
        place = settings_folder(lab, language)
        place.mkdir(parents=True, exist_ok=True)
        (place / "overrides.json").write_text(json.dumps({SETTING: {"locale": locale}}))


if __name__ == "__main__":
    complete(Path(sys.argv[1]))
    write_settings(Path(sys.argv[2]))
