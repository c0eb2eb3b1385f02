"""What the Hub says of this server in its environment, for the page: the person's language, and which tools to show."""

from __future__ import annotations

import os

LANGUAGES = ("nl", "fr", "en", "de")
TOOLS = ("terminal", "downloads", "uploads")


def page_options(environment: dict[str, str] | None = None) -> dict[str, str]:
    """Options of JupyterLab's page; the extension reads them by these names.

    Args:
        environment: by default this process's.
    """
    given = dict(os.environ) if environment is None else environment
    language = given.get("DOORSTART_LANGUAGE", "")
    tools = [tool for tool in given.get("DOORSTART_TOOLS", "").split(",") if tool in TOOLS]
    return {
        "doorstartLanguage": language if language in LANGUAGES else "en",
        "doorstartTools": ",".join(tools),
        "doorstartSimple": "no" if given.get("DOORSTART_SIMPLE") == "no" else "yes",
    }
