"""A learner's server as the engine and the Hub describe it, and what a learner can ask of the Hub for it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from doorstart import names
from doorstart.check.arena import Arena, server_container
from doorstart.check.client import Person
from doorstart.check.inside import relay
from doorstart.check.places import InContainer
from doorstart.check.probes.host import differences

pytestmark = [pytest.mark.engine, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def learner(arena: Arena) -> Iterator[Person]:
    """A learner without a running server."""
    with arena.stage.add("learner")() as person:
        yield person


def inspected(arena: Arena) -> dict[str, Any]:
    return dict(arena.stage.client.api.inspect_container(arena.container(arena.person).id))


def test_the_engine_confines_it(arena: Arena) -> None:
    container = inspected(arena)
    host = container["HostConfig"]
    assert host["NetworkMode"] == "none"
    assert list(container["NetworkSettings"]["Networks"]) == ["none"]
    assert container["NetworkSettings"]["IPAddress"] == container["NetworkSettings"]["GlobalIPv6Address"] == ""
    assert host["ReadonlyRootfs"] is True
    assert host["CapDrop"] == ["ALL"] and not host["CapAdd"]
    assert "no-new-privileges:true" in host["SecurityOpt"]
    assert not any("unconfined" in option for option in host["SecurityOpt"])
    assert not host["Privileged"] and not host["Devices"]
    assert host["Memory"] == host["MemorySwap"] == arena.stage.running.memory_limit > 0
    assert host["PidsLimit"] == arena.stage.running.pids_limit > 0
    assert {limit["Name"] for limit in host["Ulimits"]} == {"nofile", "fsize", "core"}
    assert (host["PidMode"], host["IpcMode"], host["UTSMode"]) == ("", "private", "")
    assert container["Config"]["User"] == "1000:1000"
    assert host["Init"] is True and host["PublishAllPorts"] is False


def test_it_sees_its_home_its_socket_and_the_relay_and_nothing_else_of_the_host(arena: Arena) -> None:
    mounts = {mount["Destination"]: mount for mount in inspected(arena)["Mounts"]}
    assert set(mounts) == {str(names.LEARNER_HOME), "/run/doorstart/server", "/run/doorstart/relay"}
    assert not mounts["/run/doorstart/relay"]["RW"]
    assert mounts[str(names.LEARNER_HOME)]["Name"] == f"{arena.stage.site}-home-{arena.person.username}"
    own = names.server_id(arena.person.username)
    assert mounts["/run/doorstart/server"]["Source"].rpartition("/")[2] == own
    assert "docker.sock" not in json.dumps(inspected(arena)["HostConfig"])


def test_it_differs_in_nothing_from_the_one_definition(arena: Arena) -> None:
    assert differences(arena.stage, arena.person.username, inspected(arena)) == []


def test_its_environment_tells_nothing_of_the_host(arena: Arena) -> None:
    environment = dict(line.split("=", 1) for line in inspected(arena)["Config"]["Env"])
    secret = {name for name in environment if "TOKEN" in name or "KEY" in name or "PASSWORD" in name}
    assert secret == {"JUPYTERHUB_API_TOKEN", "JPY_API_TOKEN"}
    assert environment["JPY_API_TOKEN"] == environment["JUPYTERHUB_API_TOKEN"]
    assert not any("proxy" in name.lower() for name in environment)


def test_its_token_is_for_its_own_server_its_own_activity_and_the_exchange(arena: Arena) -> None:
    request = [{"method": "GET", "target": "/hub/api/user"}]
    (answer,) = arena.attacker.call(relay.ask, relay=arena.attacker.relay, requests=request)
    me = arena.person.username
    assert set(json.loads(answer["body"])["scopes"]) == {
        f"access:servers!server={me}/",
        names.EXCHANGE_SCOPE,
        f"users:activity!user={me}",
        # What goes with these: the own name, the own groups, when one was last active.
        f"read:users:activity!user={me}",
        f"read:users:groups!user={me}",
        f"read:users:name!user={me}",
    }


def test_its_token_opens_nothing_in_the_sandbox(arena: Arena) -> None:
    """Even if there were a way to the sandbox: asked from within the sandbox's own container."""
    environment = dict(line.split("=", 1) for line in inspected(arena)["Config"]["Env"])
    place = InContainer(arena.stage.client, f"{arena.stage.site}-sandbox")
    requests = [{"method": "POST", "target": "/kernels"}, {"method": "GET", "target": "/kernels/0123456789abcdef"}]
    token, socket = environment["JUPYTERHUB_API_TOKEN"], str(names.SANDBOX_SOCKET)
    answers = place.call(relay.ask, relay=socket, requests=requests, token=token)
    assert [answer["status"] for answer in answers] == [403, 403]
    assert all("scope_missing" in answer["body"] for answer in answers)


def test_options_in_a_request_change_nothing(arena: Arena, learner: Person) -> None:
    wishes: dict[str, Any] = {
        "image": arena.stage.images["instructor"],
        "opt-image": "busybox",
        "mem_limit": "8G",
        "cmd": ["sh"],
        "network_mode": "host",
        "extra_host_config": {"network_mode": "host", "privileged": True},
        "environment": {"PYTHONSTARTUP": "/home/learner/x.py"},
        "volumes": {"/": "/host"},
    }
    assert learner.hub("POST", f"/users/{learner.username}/server", json=wishes).status_code in (201, 202)
    learner.start_server()
    assert_unchanged(arena, learner)
    learner.stop_server()


def test_options_in_an_address_change_nothing(arena: Arena, learner: Person) -> None:
    image = arena.stage.images["instructor"]
    learner.http.get(f"/hub/spawn/{learner.username}?opt-image={image}&image={image}&opt-mem_limit=8G")
    learner.start_server()
    assert_unchanged(arena, learner)
    learner.stop_server()


def assert_unchanged(arena: Arena, learner: Person) -> None:
    container = server_container(arena.stage, learner.username)
    assert differences(arena.stage, learner.username, container.attrs) == []
    assert not any("PYTHONSTARTUP" in line for line in container.attrs["Config"]["Env"])
    assert container.attrs["Config"]["Cmd"][-1] == "doorstart_lab.singleuser"


@pytest.mark.parametrize("name", ["isolation-en", "programming-en", "second", "..%2f..", "%2e%2e"])
def test_a_learner_has_no_other_server(arena: Arena, learner: Person, name: str) -> None:
    before = containers(arena)
    answer = learner.hub("POST", f"/users/{learner.username}/servers/{name}")
    assert answer.status_code in (400, 403, 404), answer.text
    assert containers(arena) == before


def test_a_learner_starts_and_stops_nobody_elses_server(arena: Arena, learner: Person) -> None:
    course = names.server_name(arena.stage.course)
    others = [
        f"/users/{arena.neighbour.username}/server",
        f"/users/{arena.instructor.username}/servers/{course}",
        f"/users/{arena.neighbour.username}/servers/",
    ]
    before = containers(arena)
    answers = [learner.hub(method, path) for path in others for method in ("POST", "DELETE")]
    assert all(answer.status_code in (403, 404) for answer in answers)
    assert containers(arena) == before


def containers(arena: Arena) -> set[str]:
    """The names of the site's servers."""
    site = {"label": [f"{names.LABEL_SITE}={arena.stage.site}"]}
    return {str(one.name) for one in arena.stage.client.containers.list(ignore_removed=True, all=True, filters=site)}


@pytest.mark.parametrize("page", ["/hub/token", "/hub/accept-share", "/hub/admin", "/hub/signup", "/hub/authorize"])
def test_pages_for_others_are_closed(learner: Person, page: str) -> None:
    answer = learner.http.get(page)
    assert answer.status_code in (403, 404) or answer.url.path != page, answer.url


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/users"),
        ("GET", "/users/{other}"),
        ("GET", "/users/{other}/activity"),
        ("GET", "/groups"),
        ("GET", "/proxy"),
        ("GET", "/services"),
        ("GET", "/info"),
        ("POST", "/users/{self}/tokens"),
        ("POST", "/users/{other}/tokens"),
        ("POST", "/shares/{self}/"),
        ("POST", "/share-codes/{self}/"),
        ("POST", "/users"),
        ("PATCH", "/users/{self}"),
        ("POST", "/shutdown"),
        ("GET", "/doorstart/people"),
        ("POST", "/doorstart/roster"),
        ("POST", "/doorstart/people/{other}/password"),
    ],
)
def test_the_hub_refuses_to_a_browser(arena: Arena, learner: Person, method: str, path: str) -> None:
    body = {"scopes": ["admin:users"]} if method != "GET" else None

    def ask(other: str) -> tuple[int, str]:
        answer = learner.hub(method, path.format(self=learner.username, other=other), json=body)
        return answer.status_code, answer.text.replace(other, "…")

    status, text = ask(arena.neighbour.username)
    assert status in (403, 404, 405), f"{status}: {text}"
    assert ask("nobody-at-all") == (status, text), "the answer tells who is on the site"


def test_the_browsers_cookie_opens_nothing_at_another_host(arena: Arena) -> None:
    """A page of a server must not be able to ask in the name of whoever opens it: another origin is refused."""
    answer = arena.person.http.post(
        f"/hub/api/users/{arena.person.username}/server", headers={"Origin": "http://evil.invalid", "Referer": ""}
    )
    assert answer.status_code == httpx.codes.FORBIDDEN
