"""The check can fail: where the confinement is broken in one way, the probes of that way report that they got through.

And where it is not broken, in a container made like a learner's, none of them does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from docker.types import Mount

from doorstart import names
from doorstart.check.arena import Arena, office, release
from doorstart.check.canaries import UNFILTERED
from doorstart.check.inside import files
from doorstart.check.inside import network as ways
from doorstart.check.isolation import find
from doorstart.check.places import PYTHON, InContainer, Inside
from doorstart.check.probes import PROBES, Outcome, exchange, host, hub, neighbour, network

pytestmark = [pytest.mark.engine, pytest.mark.timeout(180)]

ROOT = "0:0"
PLAIN = (PYTHON,)
"""Python without the filter that servers have over them."""
Start = Callable[..., InContainer]


def got_through(arena: Arena, attacker: Inside, *wanted: str) -> None:
    """Assert that these probes, with this place as the attacker's, say that the attack succeeded."""
    assert not [name for name in wanted if outcome_of(arena, attacker, name).refused]


def outcome_of(arena: Arena, attacker: Inside, name: str) -> Outcome:
    (probe,) = [probe for probe in PROBES if probe.name == name]
    outcome = find(probe, replace(arena, attacker=attacker)).outcome
    assert "could not be run" not in outcome.detail, outcome.detail
    return outcome


def test_nothing_gets_through_where_nothing_is_broken(arena: Arena, confined: Start) -> None:
    attacker = confined("unbroken")
    # What is asked of the relay and the Hub needs a server; and the engine's description is that of the real one.
    mine = [probe for probe in (*network.PROBES, *neighbour.PROBES, *host.PROBES) if probe.name != "inspect"]
    outcomes = {probe.name: outcome_of(arena, attacker, probe.name) for probe in mine}
    assert {name: outcome.detail for name, outcome in outcomes.items() if not outcome.ok} == {}


def test_a_bridge(arena: Arena, confined: Start) -> None:
    attacker = confined("bridge", network_mode=arena.canaries.bridge.network.name)
    got_through(arena, attacker, "interfaces", "bridge-canary", "names", "name-server", "resolvers")
    if arena.canaries.bridge.address6:
        got_through(arena, attacker, "ipv6")
    # A firewall may keep containers from the host; where it does not, the probe says so.
    reached = find(next(probe for probe in PROBES if probe.name == "gateway"), replace(arena, attacker=arena.ordinary))
    if not reached.outcome.refused:
        got_through(arena, attacker, "gateway")


def test_the_hosts_own_network(arena: Arena, confined: Start) -> None:
    got_through(arena, confined("host", network_mode="host"), "interfaces", "host-loopback", "host-loopback-ipv6")


def test_a_writable_root(arena: Arena, confined: Start) -> None:
    got_through(arena, confined("writable", read_only=False, user=ROOT), "write")


def test_capabilities(arena: Arena, confined: Start) -> None:
    attacker = confined("capable", cap_drop=[], user=ROOT, python=PLAIN)
    got_through(arena, attacker, "raw-sockets", "capabilities", "devices")


def test_a_way_to_new_privileges(arena: Arena, confined: Start) -> None:
    got_through(arena, confined("privileges", security_opt=[], cap_drop=[], python=PLAIN), "set-user-id")


def test_no_filter_of_system_calls(arena: Arena, confined: Start) -> None:
    attacker = confined("unfiltered", security_opt=["no-new-privileges:true", *UNFILTERED], python=PLAIN)
    got_through(arena, attacker, "namespaces", "keyring", "io-uring")
    if not arena.loose.call(ways.other_families).get("absent"):
        got_through(arena, attacker, "other-sockets")


def test_an_administrators_rights(arena: Arena, confined: Start) -> None:
    attacker = confined(
        "admin", user=ROOT, cap_drop=[], cap_add=["SYS_ADMIN"], security_opt=UNFILTERED, read_only=False, python=PLAIN
    )
    got_through(arena, attacker, "mount", "system-settings")


def test_the_namespaces_of_another(arena: Arena, confined: Start) -> None:
    attacker = confined("joined", **arena.canaries.joining(), hostname=None, dns=None, dns_search=None, shm_size=None)
    # The same user as the neighbour's processes: no capability is needed to look into them.
    got_through(arena, attacker, "neighbours-process", "neighbours-home", "abstract-socket", "shared-memory")
    root = confined(
        "tracer", pid_mode=arena.canaries.joining()["pid_mode"], user=ROOT, cap_drop=[], cap_add=["SYS_PTRACE"]
    )
    got_through(arena, root, "ptrace")


def test_what_is_mounted(arena: Arena, confined: Start) -> None:
    got_through(arena, confined("home", mounts=[arena.canaries.neighbours_home()]), "neighbours-home")
    got_through(arena, confined("engine", mounts=[arena.canaries.engine_socket()]), "engine-socket")
    attacker = confined("socket", mounts=[arena.canaries.neighbours_socket()], user=ROOT)
    got_through(arena, attacker, "neighbours-socket")


def test_a_folder_that_is_not_sealed(arena: Arena, confined: Start) -> None:
    folder = str(names.SERVER_SOCKET.parent)
    attacker = confined("unsealed", tmpfs={folder: "rw,mode=0777"})
    attacker.call(files.make_socket, path=str(names.SERVER_SOCKET))
    got_through(arena, attacker, "own-socket")


def test_no_limits(arena: Arena, confined: Start) -> None:
    attacker = confined(
        "unlimited", pids_limit=None, ulimits=[], mem_limit=None, memswap_limit=None, tmpfs={"/tmp": "rw,mode=1777"}
    )
    attacker.home = "/tmp"
    got_through(arena, attacker, "fork-bomb", "memory-hog", "large-file", "fill-tmp")


def test_the_hub_without_the_relay(arena: Arena, confined: Start) -> None:
    token = next(line for line in arena.container(arena.person).attrs["Config"]["Env"] if "HUB_API_TOKEN=" in line)
    sockets = Mount("/run/doorstart/hub", f"{arena.stage.site}-hub", type="volume", read_only=True)
    attacker = confined("hub", mounts=[sockets], environment=[token])
    attacker.relay = "/run/doorstart/hub/hub.sock"
    got_through(arena, attacker, "hub-api")


def test_the_rights_of_others(arena: Arena) -> None:
    """The owner of the work, the instructor, an admin: for them it is no attack, and the probes must see that."""
    neighbour_person = replace(arena, attacker=arena.neighbour_inside, person=arena.neighbour)
    assert not exchange._others_work(neighbour_person).refused
    assert not exchange._others_servers(neighbour_person).refused
    try:
        assert not exchange._change(replace(arena, attacker=office(arena.stage, arena.instructor.username))).refused
    finally:
        release(arena.stage)
    with arena.stage.add("admin")() as admin:
        assert not hub._user_list(replace(arena, person=admin)).refused


def test_a_probe_that_cannot_be_run_proves_nothing(arena: Arena) -> None:
    gone = InContainer(arena.stage.client, "no-such-container")
    outcome = find(PROBES[0], replace(arena, attacker=gone)).outcome
    assert not outcome.ok and "could not be run" in outcome.detail


def test_a_control_that_fails_proves_nothing(arena: Arena, confined: Start, monkeypatch: Any) -> None:
    monkeypatch.setitem(vars(arena.canaries), "ordinary", confined("deaf"))
    outcome = outcome_of(arena, arena.attacker, "bridge-canary")
    assert outcome.refused and not outcome.control and not outcome.ok
