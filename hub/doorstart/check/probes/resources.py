"""Probes of limits: an attack on the machine's resources is stopped, and the neighbour keeps working meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable

from doorstart.check.arena import Arena
from doorstart.check.inside import Result, files, memory
from doorstart.check.places import InServer, meanwhile
from doorstart.check.probes.base import Outcome, Probe, judged, same
from doorstart.settings import MIB

BOMB_SECONDS = 5.0
"""How long a fork bomb goes on."""
CONTROL_PROCESSES = 400
"""More than the limit of a learner's server is by default, and few enough for any machine."""
CONTROL_MEMORY = 64 * MIB


def _with_neighbour(arena: Arena, attack: Callable[[], Result], control: Callable[[], Result]) -> Outcome:
    """Run the attack, and have the neighbour work all the while and once after it."""
    running, slowest, asked = meanwhile(attack), 0.0, 0
    while True:
        over = running.done()
        slowest, asked = max(slowest, arena.neighbour_works()), asked + 1
        if over:
            break
        time.sleep(0.2)
    outcome = judged(running.result(), control())
    note = f"{outcome.detail}; the neighbour answered {asked} times, within {slowest:.1f} s"
    return Outcome(outcome.refused, outcome.control, note)


def _fork_bomb(arena: Arena) -> Outcome:
    most = max(arena.stage.running.pids_limit + 50, CONTROL_PROCESSES)
    given = {"most": most, "seconds": BOMB_SECONDS}
    return _with_neighbour(
        arena,
        lambda: arena.attacker.call(memory.fork_bomb, **given),
        lambda: arena.ordinary.call(memory.fork_bomb, **given),
    )


def _memory_hog(arena: Arena) -> Outcome:
    most = arena.stage.running.memory_limit + 256 * MIB
    return _with_neighbour(
        arena,
        lambda: arena.attacker.call(memory.take_memory, most=most),
        # That the code takes as much as it says is shown with less: the machine may be a small one.
        lambda: arena.ordinary.call(memory.take_memory, most=CONTROL_MEMORY),
    )


def _start_again(arena: Arena) -> Outcome:
    """Whether the attacked server can be stopped and started; of what happened to it nothing remains."""
    arena.person.stop_server()
    server = arena.person.start_server()
    said = server.run("print(6 * 7)").strip()
    if isinstance(arena.attacker, InServer):
        arena.server, arena.attacker = server, InServer(server)
    working = {"reached": said != "42", "detail": f"started again, and its kernel said {said}"}
    return judged(working, {"reached": True, "detail": "the same server ran before"})


PROBES = [
    Probe("fork-bomb", "make processes without end", _fork_bomb),
    Probe("memory-hog", "take memory without end", _memory_hog),
    same(
        "large-file",
        "make a file that is larger than one may be",
        files.large_file,
        lambda arena: arena.ordinary,
        lambda arena: {"folder": arena.attacker.home, "size": arena.stage.running.file_size_limit + MIB},
    ),
    same(
        "fill-tmp",
        "write more to /tmp than it may hold",
        files.fill,
        lambda arena: arena.ordinary,
        lambda arena: {"folder": "/tmp", "size": arena.stage.running.tmp_size + 16 * MIB},  # noqa: S108
    ),
    Probe("start-again", "break a server so that it cannot be started again", _start_again),
]
"""In this order: the last one looks at what the others left."""
