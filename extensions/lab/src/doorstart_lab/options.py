"""What the Hub says of this server in its environment, for the page: the person's language, and which tools to show."""

from __future__ import annotations

import os

from doorstart_lab.tools import shown

LANGUAGES = ("nl", "fr", "en", "de")


def page_options(environment: dict[str, str] | None = None) -> dict[str, str]:
    """Options of JupyterLab's page; the extension reads them by these names.

    Args:
        environment: by default this process's.
    """
    given = dict(os.environ) if environment is None else environment
    language = given.get("DOORSTART_LANGUAGE", "")
    return {
        "doorstartLanguage": language if language in LANGUAGES else "en",
        "doorstartTools": ",".join(shown(given)),
        "doorstartSimple": "no" if given.get("DOORSTART_SIMPLE") == "no" else "yes",
    }
