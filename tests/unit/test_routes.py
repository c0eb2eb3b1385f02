"""What the Hub hears from the proxy when it looks at the routes."""

from __future__ import annotations

from typing import Any

import pytest
from jupyterhub.proxy import ConfigurableHTTPProxy

from doorstart import routes
from doorstart.routes import Proxy

HUB = {"/": {"target": "http://hub", "data": {"hub": True}}}


@pytest.fixture
def activity(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """When each server was last used, as the proxy says it."""
    used: dict[str, str] = {}

    async def all_routes(_: ConfigurableHTTPProxy) -> dict[str, Any]:
        servers = {
            f"/user/{name}/": {
                "target": "http://server",
                "data": {"user": name, "server_name": "", "last_activity": at},
            }
            for name, at in used.items()
        }
        return {**HUB, **servers}

    monkeypatch.setattr(ConfigurableHTTPProxy, "get_all_routes", all_routes)
    return used


async def told(proxy: Proxy) -> dict[str, str]:
    """Of whose activity the Hub hears now."""
    found = await proxy.get_all_routes()
    data = [one["data"] for one in found.values()]
    assert found["/"] == HUB["/"]
    return {one["user"]: one["last_activity"] for one in data if "last_activity" in one}


async def test_the_hub_hears_of_each_activity_once(activity: dict[str, str]) -> None:
    proxy = Proxy()
    activity.update(ann="10:00", bob="10:01")
    assert await told(proxy) == activity
    assert await told(proxy) == {}
    activity["bob"] = "10:02"
    assert await told(proxy) == {"bob": "10:02"}
    assert len(await proxy.get_all_routes()) == 3, "the routes are all there, whatever is told of them"


async def test_a_server_that_stops_and_starts_again_is_told_of(activity: dict[str, str]) -> None:
    proxy = Proxy()
    activity["ann"] = "10:00"
    await told(proxy)
    del activity["ann"]
    assert await told(proxy) == {}
    activity["ann"] = "10:00"
    assert await told(proxy) == {"ann": "10:00"}


async def test_of_many_that_are_all_at_work_each_has_its_turn(activity: dict[str, str]) -> None:
    proxy, heard = Proxy(), set()
    for look in range(5):
        activity.update({f"learner-{number}": f"10:{look:02}" for number in range(4 * routes.AT_ONCE + 1)})
        now = await told(proxy)
        assert len(now) <= routes.AT_ONCE
        heard |= now.keys()
    assert heard == activity.keys()
