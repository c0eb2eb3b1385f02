"""JupyterLab for learners, the server's side: what the side panel and the bar in the notebook ask for.

The part that runs in the browser is in ``ui/``. It is built by :mod:`doorstart.images.lab`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from doorstart_lab.desk import Desk
from doorstart_lab.handlers import routes
from doorstart_lab.options import page_options
from doorstart_lab.tools import shown, without


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "doorstart_lab"}]


def _load_jupyter_server_extension(app: Any) -> None:
    desk = Desk(Path(app.root_dir))
    app.web_app.add_handlers(".*$", routes(app.web_app.settings["base_url"], desk))
    app.web_app.settings.setdefault("page_config_data", {}).update(page_options())


async def _start_jupyter_server_extension(app: Any) -> None:
    """After all extensions are loaded: JupyterHub's sets the hook too, and comes later in the alphabet."""
    settings = app.web_app.settings
    settings["page_config_hook"] = without(settings.get("page_config_hook"), shown())
