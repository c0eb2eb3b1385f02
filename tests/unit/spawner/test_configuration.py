"""What the site's configuration of the Hub says about servers."""

from __future__ import annotations

from pathlib import Path

import jupyterhub.handlers
import pytest
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from doorstart import names

HUB = Path(__file__).parents[3] / "hub"


@pytest.fixture
def configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    for folder in ("STATE", "RUN"):
        monkeypatch.setattr(names, folder, tmp_path)
    (tmp_path / "hub").mkdir()
    (tmp_path / "proxy").mkdir()
    monkeypatch.setattr("doorstart.keys.ensure", lambda *_, **__: "a token")
    monkeypatch.setattr(jupyterhub.handlers, "default_handlers", list(jupyterhub.handlers.default_handlers))
    return PyFileConfigLoader(str(HUB / "jupyterhub_config.py")).load_config()


def test_the_hub_refuses_nobody_for_the_length_of_the_line(configuration: Config) -> None:
    assert configuration.JupyterHub.concurrent_spawn_limit == 0
