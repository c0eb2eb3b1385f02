"""Probes of the network: there must be none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from doorstart.check.arena import Arena
from doorstart.check.canaries import PORT
from doorstart.check.inside import Result, network
from doorstart.check.probes.base import Outcome, Probe, judged, same

DOCKER_RESOLVER = "127.0.0.11"
"""The engine's own name server, inside each container that is on a user-defined bridge."""
NOBODY = "127.0.0.1"
"""The name server of a container without network: itself, where nobody answers."""


def _nothing_there(what: str) -> Result:
    return {"reached": False, "detail": f"this machine has no {what}", "absent": True}


def _bridge_address(of: Callable[[Arena], str], what: str) -> Callable[[Arena], Outcome]:
    """Reach the canary on the bridge at one of its addresses."""

    def run(arena: Arena) -> Outcome:
        address = of(arena)
        if not address:
            nothing = _nothing_there(what)
            return judged(nothing, nothing)
        given = {"addresses": [address], "port": PORT, "token": arena.token}
        attack = arena.attacker.call(network.connect, **given)
        return judged(attack, arena.ordinary.call(network.connect, **given))

    return run


def _host_listener(
    address: Callable[[Arena], str], controls: Callable[[Arena], list[Any]]
) -> Callable[[Arena], Outcome]:
    """Reach a listener of the host; one of the controls must reach it."""

    def run(arena: Arena) -> Outcome:
        listener = arena.canaries.listeners[address(arena)]
        if listener is None:
            nothing = _nothing_there(f"address {address(arena)}")
            return judged(nothing, nothing)
        given = {"addresses": [address(arena)], "port": listener.port, "token": arena.token}
        attack = arena.attacker.call(network.connect, **given)
        reached = [place.call(network.connect, **given) for place in controls(arena)]
        return judged(attack, max(reached, key=lambda one: bool(one["reached"])))

    return run


PROBES = [
    same(
        "interfaces",
        "find a network interface other than lo, or a route",
        network.interfaces,
        lambda arena: arena.ordinary,
    ),
    Probe(
        "bridge-canary",
        "reach a container on a Docker bridge",
        _bridge_address(lambda arena: arena.canaries.bridge.address, "IPv4"),
    ),
    Probe(
        "ipv6",
        "reach a container on a Docker bridge by IPv6",
        _bridge_address(lambda arena: arena.canaries.bridge.address6, "IPv6 on bridges"),
    ),
    Probe(
        "gateway",
        "reach the host at the gateway address of a bridge",
        # A firewall on the host may keep containers out; then the host itself is the control.
        _host_listener(lambda arena: arena.canaries.bridge.gateway, lambda arena: [arena.ordinary, arena.host]),
    ),
    Probe(
        "host-loopback",
        "reach a service on the host's 127.0.0.1",
        _host_listener(lambda _: "127.0.0.1", lambda arena: [arena.host]),
    ),
    Probe(
        "host-loopback-ipv6",
        "reach a service on the host's ::1",
        _host_listener(lambda _: "::1", lambda arena: [arena.host]),
    ),
    same(
        "names",
        "have the engine's name server tell the address of a container",
        network.names,
        lambda arena: arena.ordinary,
        lambda arena: {"servers": [DOCKER_RESOLVER], "name": arena.canaries.name},
    ),
    same(
        "name-server",
        "ask a name server on a Docker bridge",
        network.names,
        lambda arena: arena.ordinary,
        lambda arena: {"servers": [arena.canaries.bridge.address], "name": "doorstart-check.invalid"},
    ),
    same(
        "resolvers",
        "learn the host's name servers and search domains",
        network.resolvers,
        lambda arena: arena.ordinary,
        lambda _: {"own": [NOBODY, "."]},
    ),
    same("raw-sockets", "open a raw socket", network.raw_sockets, lambda arena: arena.loose),
    same(
        "other-sockets",
        "open a socket that no network namespace holds, such as AF_VSOCK to the machine's own host",
        network.other_families,
        lambda arena: arena.loose,
    ),
]
