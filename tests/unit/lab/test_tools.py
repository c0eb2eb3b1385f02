"""Which tools JupyterLab's page has, by the site's settings."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from doorstart_lab.tools import PLUGINS, TOOLS, shown, without

STATIC = Path(sys.prefix) / "share" / "jupyter" / "lab" / "static"
EVERY = {plugin for plugins in PLUGINS.values() for plugin in plugins}


def test_the_environment_names_the_tools() -> None:
    assert shown({}) == []
    assert shown({"DOORSTART_TOOLS": "uploads,terminal,wings"}) == ["uploads", "terminal"]


def test_what_is_not_shown_is_switched_off() -> None:
    def before(handler: Any, page: dict[str, Any]) -> dict[str, Any]:
        return page | {"hubUser": handler}

    page = without(before, ["uploads"])("ann", {"disabledExtensions": ["@jupyterlab/extensionmanager-extension"]})
    assert page["hubUser"] == "ann"
    kept = {"@jupyterlab/extensionmanager-extension"}
    assert set(page["disabledExtensions"]) == kept | set(PLUGINS["terminal"]) | set(PLUGINS["downloads"])
    assert without(None, list(TOOLS))(None, {}) == {"disabledExtensions": []}
    assert set(without(None, [])(None, {})["disabledExtensions"]) == EVERY


@pytest.mark.parametrize("plugin", sorted(EVERY))
def test_jupyterlab_has_this_plugin(plugin: str) -> None:
    """Another name would switch nothing off, and say nothing."""
    assert any(f'"{plugin}"' in path.read_text(encoding="utf-8") for path in STATIC.glob("*.js"))
