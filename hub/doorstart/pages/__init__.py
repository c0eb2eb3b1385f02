"""What all pages of the Hub have in common, the Hub's own included: language, look, and what a browser may load.

The pages themselves are in ``hub/templates``, their style and scripts in ``hub/static``. :func:`dress` brings them into
the Hub's configuration.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jupyterhub.handlers
from jupyterhub.handlers.static import CacheControlStaticFilesHandler

from doorstart import names
from doorstart.language.templates import Translated
from doorstart.pages.admin import AdminPage
from doorstart.pages.page import ASSETS, EXCHANGE_SETTING, STATIC_SETTING, dressed


def dress(config: Any, folder: Path, exchange: str = str(names.EXCHANGE_SOCKET)) -> None:
    """Give the Hub our templates, styles and scripts, and every page of it a language and a policy.

    Args:
        config: The ``c`` of a Hub's configuration. Call this when ``jupyterhub.handlers.default_handlers`` is complete.
        folder: Has ``templates`` and ``static``.
        exchange: Path of the exchange's socket.
    """
    static = str(folder / "static")
    config.JupyterHub.template_paths = [str(folder / "templates")]
    config.JupyterHub.jinja_environment_options = {"extensions": [Translated]}
    config.JupyterHub.tornado_settings = {STATIC_SETTING: static, EXCHANGE_SETTING: exchange}
    assets = (rf"/{ASSETS}/(.*)", CacheControlStaticFilesHandler, {"path": static})
    handlers = [(path, dressed(handler), *more) for path, handler, *more in jupyterhub.handlers.default_handlers]
    jupyterhub.handlers.default_handlers[:] = [assets, (r"/admin", AdminPage), *handlers]
    # The Hub appends these two itself, by their names in this module.
    jupyterhub.handlers.Template404 = dressed(jupyterhub.handlers.Template404)
    jupyterhub.handlers.PrefixRedirectHandler = dressed(jupyterhub.handlers.PrefixRedirectHandler)
