"""Which tools of JupyterLab this server's page has: the site's settings say it, the Hub passes it on.

To leave a tool out is comfort, so that a page has what is needed and no more; the container is the boundary. Whoever
writes an address by hand still gets a file of their own.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

TOOLS = ("terminal", "downloads", "uploads")

PLUGINS = {
    "terminal": ("@jupyterlab/terminal-extension",),
    "downloads": (
        "@jupyterlab/docmanager-extension:download",
        "@jupyterlab/filebrowser-extension:download",
        "@jupyterlab/notebook-extension:export",
    ),
    "uploads": ("@jupyterlab/filebrowser-extension:open-url",),
}
"""JupyterLab's extensions and plugins that a tool is made of.

The button that uploads, and files that are dropped or pasted, are part of larger ones: ``ui/tools.ts`` leaves them out.
"""

PageConfig = dict[str, Any]
Hook = Callable[[Any, PageConfig], PageConfig]


def shown(environment: dict[str, str] | None = None) -> list[str]:
    """The tools that the site shows.

    Args:
        environment: by default this process's.
    """
    given = dict(os.environ) if environment is None else environment
    return [tool for tool in given.get("DOORSTART_TOOLS", "").split(",") if tool in TOOLS]


def without(before: Hook | None, tools: list[str]) -> Hook:
    """A hook for JupyterLab's page that switches off the plugins of all tools but these; ``before`` is asked first.

    In a hook, because what JupyterLab reads from files comes later than its settings and would replace the list.
    """
    left_out = [plugin for tool, plugins in PLUGINS.items() if tool not in tools for plugin in plugins]

    def hook(handler: Any, page: PageConfig) -> PageConfig:
        page = before(handler, page) if before else page
        disabled = page.get("disabledExtensions") or []
        page["disabledExtensions"] = sorted({*disabled, *left_out})
        return page

    return hook
