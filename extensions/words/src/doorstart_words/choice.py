"""What somebody chose in JupyterLab's own menu of languages, and what they chose on *My account*: the later one counts.

JupyterLab keeps its choice in the person's home, where it would hide a later one on *My account* for ever. So the
language of the last start is kept beside it, and when the Hub names another one, JupyterLab's choice ends.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

CHOICE: Final = Path("@jupyterlab", "translation-extension", "plugin.jupyterlab-settings")
"""JupyterLab's file, below the folder of a person's settings."""
LAST: Final = Path("doorstart-language")


def settle(settings: Path, language: str) -> None:
    """End a choice that was made in JupyterLab before the person's language changed.

    What cannot be read or written is left alone: a full disk must not keep a server from starting.

    Args:
        settings: the folder of a person's settings of JupyterLab.
        language: from the Hub.
    """
    last, choice = settings / LAST, settings / CHOICE
    try:
        before = last.read_text(encoding="utf-8") if last.is_file() else language
        if before != language and choice.is_file():
            choice.unlink()
        if before != language or not last.is_file():
            settings.mkdir(parents=True, exist_ok=True)
            last.write_text(language, encoding="utf-8")
    except (OSError, ValueError):
        return


def chosen(settings: Path, language: str) -> str:
    """The language of a server's pages: as chosen in JupyterLab, or else the Hub's.

    Args:
        settings: the folder of a person's settings of JupyterLab.
        language: from the Hub.
    """
    try:
        kept = json.loads((settings / CHOICE).read_text(encoding="utf-8"))
        locale = kept.get("locale", "") if isinstance(kept, dict) else ""
    except (OSError, ValueError):
        return language
    return str(locale)[:2] if locale and locale != "default" else language
