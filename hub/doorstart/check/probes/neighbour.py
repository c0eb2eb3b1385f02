"""Probes of other learners: their sockets, homes, processes and memory, on the same machine."""

from __future__ import annotations

from doorstart import names
from doorstart.check.arena import Arena, server_container
from doorstart.check.canaries import ENGINE_CANARY
from doorstart.check.inside import files, memory, network, privileges
from doorstart.check.probes.base import Outcome, Probe, judged, same


def _neighbours_socket(arena: Arena) -> Outcome:
    sid = names.server_id(arena.neighbour.username)
    there = str(names.SERVERS / sid / names.SERVER_SOCKET.name)
    given = {"requests": [arena.neighbour_server.path + "api"], "places": [there]}
    own = [str(names.SERVER_SOCKET), arena.attacker.relay]
    attack = arena.attacker.call(network.unix_sockets, own=own, **given)
    return judged(attack, arena.ordinary.call(network.unix_sockets, own=[ENGINE_CANARY], **given))


def _trace(arena: Arena) -> Outcome:
    # The number that the neighbour's canary has on the host, whose name space a learner must not see.
    top = server_container(arena.stage, arena.neighbour.username).top(ps_args="-eo pid,args")
    pid = next(int(line[0]) for line in top["Processes"] if arena.token in " ".join(line[1:]))
    given = {"token": arena.token, "pid": pid}
    attack = arena.attacker.call(privileges.trace_process, **given)
    return judged(attack, arena.joined.call(privileges.trace_process, **given))


PROBES = [
    Probe("neighbours-socket", "use the socket of another learner's server", _neighbours_socket),
    same(
        "neighbours-home",
        "read a file in another learner's home",
        files.find,
        lambda arena: arena.ordinary,
        lambda arena: {"name": f"{arena.token}.txt", "token": arena.token},
    ),
    same(
        "neighbours-process",
        "see a process of another learner",
        privileges.see_process,
        lambda arena: arena.joined,
        lambda arena: {"token": arena.token},
    ),
    Probe("ptrace", "attach a debugger to a process of another learner", _trace),
    same(
        "abstract-socket",
        "connect to an abstract Unix socket of another learner",
        network.abstract_socket,
        lambda arena: arena.joined,
        lambda arena: {"name": arena.token, "token": arena.token},
    ),
    same(
        "shared-memory",
        "find shared memory of another learner",
        memory.shared_memory,
        lambda arena: arena.joined,
        lambda arena: {"key": arena.canaries.key, "token": arena.token},
    ),
]
