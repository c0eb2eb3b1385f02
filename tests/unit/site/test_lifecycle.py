"""The order in which a site is stopped, on an engine of the test: what matters is what starts while something stops."""

from __future__ import annotations

from typing import Any

import pytest

from doorstart import names
from doorstart.images.registry import SERVICES
from doorstart.settings import Settings
from doorstart.site import engine as engine_module
from doorstart.site import lifecycle


class Container:
    """One container of an engine."""

    def __init__(self, engine: Engine, name: str, role: str) -> None:
        self.engine, self.name = engine, name
        self.labels = {names.LABEL_SITE: "little", names.LABEL_ROLE: role}

    def stop(self, timeout: int) -> None:
        self.engine.stopped.append(self.name)

    def remove(self) -> None:
        self.engine.all.remove(self)
        self.engine.somebody_waits()


class Engine:
    """The engine of a running site whose Hub has a line of starts: when a server goes, the next one comes."""

    def __init__(self) -> None:
        self.stopped: list[str] = []
        self.all = [Container(self, f"little-{service}", service) for service in SERVICES]
        self.all += [Container(self, f"little-server-{who}", "learner") for who in ("ann", "bea")]
        self.containers = self.networks = self

    def somebody_waits(self) -> None:
        if any(one.name == "little-hub" for one in self.all):
            self.all.append(Container(self, f"little-server-{len(self.stopped)}", "learner"))

    def list(self, *, filters: dict[str, str] | None = None, **_: Any) -> list[Container]:
        name = (filters or {}).get("name", "").strip("^$")
        if filters is None:  # of networks
            return []
        return [one for one in self.all if name in ("", one.name)]


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    found = Engine()
    monkeypatch.setattr(engine_module, "connect", lambda: found)
    return found


def test_down_leaves_no_server_that_the_hub_started_meanwhile(
    engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    lifecycle.down(Settings(site="little"))
    assert engine.all == []
    assert engine.stopped == [
        "little-hub",
        "little-server-ann",
        "little-server-bea",
        "little-sandbox",
        "little-exchange",
        "little-relay",
        "little-proxy",
    ]
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(" (")[0] for line in lines if line.startswith("✓")] == ["✓ Servers: 2 stopped", "✓ Services"]


def test_down_is_safe_to_run_twice(engine: Engine) -> None:
    lifecycle.down(Settings(site="little"))
    lifecycle.down(Settings(site="little"))
    assert engine.all == [] and len(engine.stopped) == 7
