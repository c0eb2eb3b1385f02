"""A server in its person's language, as a Jupyter Server extension: formgrader's pages, and JupyterLab's choice.

The Hub says the language in ``DOORSTART_LANGUAGE``.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from doorstart_words.catalogue import LANGUAGES
from doorstart_words.choice import chosen, settle
from doorstart_words.templates import translate


def language() -> str:
    """The person's language as the Hub has it; English if it says none that we have."""
    said = os.environ.get("DOORSTART_LANGUAGE", "")
    return said if said in LANGUAGES else "en"


def _load_jupyter_server_extension(app: Any) -> None:
    settle(_settings(), language())


async def _start_jupyter_server_extension(app: Any) -> None:
    """When all extensions are loaded: formgrader's pages, if this server has them."""
    web = app.web_app.settings
    if "nbgrader_jinja2_env" in web:
        spoken = chosen(_settings(), language())
        translate(web["nbgrader_jinja2_env"], spoken)
        translate(web["nbgrader_exporter"].environment, spoken)


def _settings() -> Path:
    from jupyterlab.commands import get_user_settings_dir

    return Path(get_user_settings_dir())
